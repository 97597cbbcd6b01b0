// The one place that reads the official client's own arguments, as far as a launch depends on them.

/** First words of the client that are commands and not conversations (CONTRACT §9). */
export const CLIENT_SUBCOMMANDS: readonly string[] = [
  "agents",
  "attach",
  "auth",
  "auto-mode",
  "daemon",
  "design-login",
  "doctor",
  "gateway",
  "import",
  "install",
  "kill",
  "logs",
  "mcp",
  "plugin",
  "plugins",
  "project",
  "purge",
  "rc",
  "remote",
  "remote-control",
  "respawn",
  "rm",
  "sandbox",
  "self-hosted-runner",
  "setup-token",
  "stop",
  "ultrareview",
  "update",
  "upgrade",
  "workspace-trust",
];

/** How many of the following words belong to a flag (`claude --help`, 2.1.328). */
const VALUES: Readonly<Record<string, "one" | "maybe" | "many">> = {
  "--add-dir": "many",
  "--agent": "one",
  "--agents": "one",
  "--allowedTools": "many",
  "--allowed-tools": "many",
  "--append-system-prompt": "one",
  "--append-system-prompt-file": "one",
  "--autocompact": "one",
  "--betas": "many",
  "--cloud": "maybe",
  "--debug": "maybe",
  "--debug-file": "one",
  "--disallowedTools": "many",
  "--disallowed-tools": "many",
  "--effort": "one",
  "--environment": "one",
  "--fallback-model": "one",
  "--file": "many",
  "--from-pr": "maybe",
  "--input-format": "one",
  "--json-schema": "one",
  "--max-budget-usd": "one",
  "--max-turns": "one",
  "--mcp-config": "many",
  "--model": "one",
  "--name": "one",
  "--output-format": "one",
  "--permission-mode": "one",
  "--permission-prompt-tool": "one",
  "--permission-prompts": "one",
  "--plugin-dir": "one",
  "--plugin-url": "one",
  "--prompt-suggestions": "maybe",
  "--remote-control": "maybe",
  "--remote-control-session-name-prefix": "one",
  "--resume": "maybe",
  "--session-id": "one",
  "--setting-sources": "one",
  "--settings": "one",
  "--system-prompt": "one",
  "--system-prompt-file": "one",
  "--system-prompt-snapshot": "one",
  "--teleport": "maybe",
  "--tools": "many",
  "--worktree": "maybe",
};

/** Short flags and what they stand for; `-cp` stands for `-c -p`. */
const SHORT: Readonly<Record<string, string>> = {
  c: "--continue",
  d: "--debug",
  h: "--help",
  n: "--name",
  p: "--print",
  r: "--resume",
  v: "--version",
  w: "--worktree",
};

/** Flags that say which conversation it is, or start it elsewhere: a continuation has its own. */
const CONVERSATION_FLAGS: readonly string[] = [
  "--background",
  "--bg",
  "--cloud",
  "--continue",
  "--desktop",
  "--fork-session",
  "--from-pr",
  "--resume",
  "--session-id",
  "--teleport",
  "--tmux",
  "--worktree",
];

/** A flag with what belongs to it, or a word of the prompt. */
interface Part {
  /** Long name of the flag; null for a word that is none. */
  flag: string | null;
  /** Its first value, or the word itself; null for a flag without one. */
  value: string | null;
  /** As typed. */
  words: string[];
}

/** What the client's own arguments say about the launch. */
export interface ClientArguments {
  /** `command`: runs under the account but is no conversation; `info`: --help or --version. */
  kind: "interactive" | "print" | "command" | "info";
  /** Session id or name after --resume; "" when given without one. */
  resume: string | null;
  /** --continue: the newest conversation of the folder. */
  continues: boolean;
  /** The value of the last --settings, which is the only one that the client reads. */
  settings: string | null;
  /** The arguments without any --settings, but for one whose value is missing: the client says so. */
  rest: string[];
}

/** Reads the client's arguments as far as the launch depends on them. */
export function readClientArguments(args: readonly string[]): ClientArguments {
  const parts = partsOf(args);
  const has = (flag: string): boolean => parts.some((part) => part.flag === flag);
  const first = parts.find((part) => part.flag === null)?.value ?? "";
  if (CLIENT_SUBCOMMANDS.includes(first)) {
    return { kind: "command", resume: null, continues: false, settings: null, rest: [...args] };
  }
  const isSettings = ({ flag, value }: Part) => flag === "--settings" && value !== null;
  const resume = parts.findLast((part) => part.flag === "--resume");
  return {
    kind: has("--help") || has("--version") ? "info" : has("--print") ? "print" : "interactive",
    resume: resume === undefined ? null : resume.value ?? "",
    continues: has("--continue"),
    settings: parts.findLast(isSettings)?.value ?? null,
    rest: parts.filter((part) => !isSettings(part)).flatMap((part) => part.words),
  };
}

/**
 * The arguments that go on with a conversation: the original ones without its first prompt, which
 * must not be sent twice, and without the flags that chose or placed the conversation.
 */
export function resumeArguments(args: ClientArguments, clientSessionId: string): ClientArguments {
  const kept = partsOf(args.rest).filter((part) =>
    part.flag !== null && !CONVERSATION_FLAGS.includes(part.flag)
  );
  // Variadic flags would swallow what follows them, so the id comes first. Joined short flags
  // come apart, since only some of them may be kept.
  const flags = kept.flatMap(({ flag, value, words }) =>
    words[0]?.startsWith("--") ? words : [flag ?? "", ...value === null ? [] : [value]]
  );
  const rest = ["--resume", clientSessionId, ...flags];
  return { ...args, resume: clientSessionId, continues: false, rest };
}

/** Whether the arguments begin a conversation of their own: they name one, or hold a prompt. */
export function namesConversation(args: ClientArguments): boolean {
  return partsOf(args.rest).some((part) =>
    part.flag === null || CONVERSATION_FLAGS.includes(part.flag)
  );
}

/** Whether a printed answer comes piece by piece, so that nothing of it can be taken back. */
export function isStreaming(args: ClientArguments): boolean {
  return partsOf(args.rest).some((part) =>
    part.flag === "--output-format" && part.value === "stream-json"
  );
}

/** The arguments that send a printed request once more: a session id can be used only once. */
export function retryArguments(args: ClientArguments): ClientArguments {
  const kept = partsOf(args.rest).filter((part) => part.flag !== "--session-id");
  return { ...args, rest: kept.flatMap((part) => part.words) };
}

function partsOf(args: readonly string[]): Part[] {
  const parts: Part[] = [];
  for (let i = 0; i < args.length; i++) {
    const word = args[i] ?? "";
    if (word === "--") {
      parts.push(...args.slice(i).map((w) => ({ flag: null, value: w, words: [w] })));
      break;
    }
    if (!word.startsWith("-") || word === "-") {
      parts.push({ flag: null, value: word, words: [word] });
      continue;
    }
    const equals = word.startsWith("--") ? word.indexOf("=") : -1;
    if (equals > 0) {
      parts.push({ flag: word.slice(0, equals), value: word.slice(equals + 1), words: [word] });
      continue;
    }
    const flags = word.startsWith("--") ? [word] : shortFlags(word);
    for (const flag of flags.slice(0, -1)) parts.push({ flag, value: null, words: [] });
    const flag = flags.at(-1) ?? word;
    const attached = attachedValue(word);
    const values = attached === null ? valuesOf(flag, args.slice(i + 1)) : [];
    i += values.length;
    parts.push({ flag, value: attached ?? values[0] ?? null, words: [word, ...values] });
  }
  return parts;
}

/** `-cp` is `-c -p`; what follows a short flag that takes a value is its value: `-rID`. */
function shortFlags(word: string): string[] {
  const flags: string[] = [];
  for (const letter of word.slice(1)) {
    const flag = SHORT[letter];
    if (flag === undefined) return [word];
    flags.push(flag);
    if (VALUES[flag] !== undefined) break;
  }
  return flags;
}

function attachedValue(word: string): string | null {
  const letters = [...word.slice(1)];
  const at = letters.findIndex((letter) => VALUES[SHORT[letter] ?? ""] !== undefined);
  const isShort = !word.startsWith("--") && letters.slice(0, at + 1).every((l) => l in SHORT);
  return at >= 0 && isShort && at + 1 < letters.length ? letters.slice(at + 1).join("") : null;
}

function valuesOf(flag: string, following: readonly string[]): string[] {
  switch (VALUES[flag]) {
    case "one":
      return following.slice(0, 1);
    case "maybe":
      return following[0]?.startsWith("-") === false ? following.slice(0, 1) : [];
    case "many": {
      const end = following.findIndex((word) => word.startsWith("-"));
      return following.slice(0, end < 0 ? following.length : end);
    }
    default:
      return [];
  }
}
