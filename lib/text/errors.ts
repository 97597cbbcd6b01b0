// Errors for the user, and exit codes.

/** Exit codes of `claude-multi`. `run` exits with the code of `claude`. */
export const EXIT = {
  ok: 0,
  failed: 1,
  usage: 2,
  noAccount: 3,
  login: 4,
  refused: 5,
  cancelled: 130,
} as const;

/** One of the documented exit codes. */
type ExitCode = typeof EXIT[keyof typeof EXIT];

/** What each exit code means, for help, the man page and the README. */
export const EXIT_MEANINGS: ReadonlyArray<readonly [ExitCode, string]> = [
  [EXIT.ok, "done"],
  [EXIT.failed, "failed; the message says what went wrong and what to do"],
  [EXIT.usage, "invalid command, option, value or configuration"],
  [EXIT.noAccount, "no account has quota left, or none is set up"],
  [EXIT.login, "the account must log in first"],
  [EXIT.refused, "refused for safety; nothing was changed"],
  [EXIT.cancelled, "cancelled, by Ctrl-C or by your answer"],
];

/** What can accompany the message of a {@link UserError}. */
interface UserErrorOptions {
  /** What to type next, without a prompt sign. */
  hint?: string;
  /** Exit code; default: 1. */
  exit?: ExitCode;
  /** A word of the command line that names nothing, the names that there are, and which it is `now` if that is known. */
  unknown?: { word: string; among: readonly string[]; now?: string };
  /** The error behind it, shown only with CLAUDE_MULTI_DEBUG=1. */
  cause?: unknown;
}

/**
 * An error for the user: one line in lower case that says what is wrong, with values in double quotes.
 * The entry prints it as `claude-multi: …` and `try: …`.
 */
export class UserError extends Error {
  readonly hint: string | null;
  readonly exit: ExitCode;
  readonly unknown: NonNullable<UserErrorOptions["unknown"]> | null;

  constructor(message: string, options: UserErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "UserError";
    this.hint = options.hint ?? null;
    this.exit = options.exit ?? EXIT.failed;
    this.unknown = options.unknown ?? null;
  }
}

/** An error in what the user typed or configured; `hint` is what to type instead. */
export function usageError(message: string, hint: string): UserError {
  return new UserError(message, { hint, exit: EXIT.usage });
}

/** The message of anything thrown, on one line. Invalid JSON isn't quoted: it may contain a secret. */
export function messageOf(error: unknown): string {
  if (error instanceof SyntaxError) {
    const at = /at position (\d+)/.exec(error.message)?.[1];
    return at === undefined ? "invalid JSON" : `invalid JSON at character ${Number(at) + 1}`;
  }
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s*\n\s*/g, " ");
}
