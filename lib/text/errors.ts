// Errors that a person reads, and exit codes.

/** Exit codes of `claude-multi`, as documented in the README. `run` passes on `claude`'s own code. */
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
  [EXIT.failed, "failed; the message says what and what to do"],
  [EXIT.usage, "wrong command, flag, value or configuration"],
  [EXIT.noAccount, "no account has room, or none is set up"],
  [EXIT.login, "the account needs a login first"],
  [EXIT.refused, "refused for safety; nothing was changed"],
  [EXIT.cancelled, "cancelled, with Ctrl-C or by the answer"],
];

/** What can follow the message of a {@link UserError}. */
interface UserErrorOptions {
  /** What to type next, without a prompt sign. */
  hint?: string;
  /** Exit code; default: 1. */
  exit?: ExitCode;
  /** What made this fail, shown only with CLAUDE_MULTI_DEBUG=1. */
  cause?: unknown;
}

/**
 * An error that the user reads: one line, action first, values in double quotes, then the present
 * state. The entry prints it once, as `claude-multi: …` and `try: …`.
 */
export class UserError extends Error {
  readonly hint: string | null;
  readonly exit: ExitCode;

  constructor(message: string, options: UserErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "UserError";
    this.hint = options.hint ?? null;
    this.exit = options.exit ?? EXIT.failed;
  }
}

/**
 * The message of anything thrown, on one line. Text that isn't JSON is not quoted: it may contain a
 * secret.
 */
export function messageOf(error: unknown): string {
  if (error instanceof SyntaxError) {
    const at = /at position (\d+)/.exec(error.message)?.[1];
    return at === undefined ? "invalid JSON" : `invalid JSON at character ${Number(at) + 1}`;
  }
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/\s*\n\s*/g, " ");
}
