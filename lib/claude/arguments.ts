// Parses the official client's own arguments, as far as a launch depends on them.
import { CLIENT_FLAGS, type ClientFlag } from "./flags.ts";

/** First words that make the client run a command instead of a conversation (CONTRACT §9). */
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

/** A flag with its values, or a word of the prompt. */
interface Part {
  /** Long name of the flag; null for a word that isn't a flag. */
  flag: string | null;
  /** Its first value, or the word itself; null for a flag without a value. */
  value: string | null;
  /** As typed. */
  words: string[];
}

/** What the client's own arguments say about the launch. */
export interface ClientArguments {
  /** `command`: runs on the account but isn't a conversation; `info`: --help or --version. */
  kind: "interactive" | "print" | "command" | "info";
  /** Session id or name after --resume; "" if it has none. */
  resume: string | null;
  /** --continue: the newest conversation in the folder. */
  continues: boolean;
  /** The value of the last --model; null without one. */
  model: string | null;
  /** The flag that continues a conversation which only the client can find, or null. */
  finds: "--from-pr" | "--teleport" | null;
  /** The value of the last --settings, which is the only one that the client reads. */
  settings: string | null;
  /** The arguments without any --settings, except one without a value: the client reports that. */
  rest: string[];
}

const FINDERS = ["--from-pr", "--teleport"] as const;

/** Parses the client's arguments. */
export function readClientArguments(args: readonly string[]): ClientArguments {
  const parts = partsOf(args);
  const has = (effect: ClientFlag["effect"]) => parts.some((part) => effectOf(part) === effect);
  const first = parts.find((part) => part.flag === null)?.value ?? "";
  if (CLIENT_SUBCOMMANDS.includes(first)) {
    const none = { resume: null, continues: false, model: null, finds: null, settings: null };
    return { kind: "command", ...none, rest: [...args] };
  }
  const isSettings = ({ flag, value }: Part) => flag === "--settings" && value !== null;
  const lastOf = (flag: string) => parts.findLast((part) => part.flag === flag);
  const resume = lastOf("--resume");
  return {
    kind: has("info") ? "info" : has("print") ? "print" : "interactive",
    resume: resume === undefined ? null : resume.value ?? "",
    continues: parts.some(({ flag }) => flag === "--continue"),
    model: lastOf("--model")?.value ?? null,
    finds: FINDERS.find((name) => parts.some(({ flag }) => flag === name)) ?? null,
    settings: parts.findLast(isSettings)?.value ?? null,
    rest: parts.filter((part) => !isSettings(part)).flatMap((part) => part.words),
  };
}

/**
 * The arguments that continue a conversation: the original ones, without the first prompt, which must
 * not be sent twice, and without flags that selected the conversation or where it starts.
 */
export function resumeArguments(args: ClientArguments, clientSessionId: string): ClientArguments {
  const kept = partsOf(args.rest).filter((part) =>
    part.flag !== null && effectOf(part) !== "conversation"
  );
  // Variadic flags would swallow what follows them, so the id comes first. Combined short flags are
  // split, because only some of them may be kept.
  const flags = kept.flatMap(({ flag, value, words }) =>
    words[0]?.startsWith("--") ? words : [flag ?? "", ...value === null ? [] : [value]]
  );
  const rest = ["--resume", clientSessionId, ...flags];
  return { ...args, resume: clientSessionId, continues: false, finds: null, rest };
}

/** The arguments with their --resume and --continue replaced by the id of the conversation they mean. */
export function withConversation(args: ClientArguments, clientSessionId: string): ClientArguments {
  const selects = ({ flag }: Part) => flag === "--resume" || flag === "--continue";
  const parts = partsOf(args.rest);
  const first = parts.findIndex(selects);
  const rest = parts.flatMap((part, index) => {
    if (index === first) return ["--resume", clientSessionId];
    if (selects(part)) return [];
    const { flag, value, words } = part;
    const isSplit = flag !== null && words[0]?.startsWith("--") !== true;
    return isSplit ? [flag, ...value === null ? [] : [value]] : words;
  });
  return { ...args, resume: clientSessionId, continues: false, rest };
}

/** The arguments with another model. */
export function withModel(args: ClientArguments, model: string): ClientArguments {
  const parts = partsOf(args.rest).filter((part) => part.flag !== "--model");
  // Whatever follows a prompt or a variadic flag may be taken for a part of it.
  return { ...args, model, rest: ["--model", model, ...parts.flatMap((part) => part.words)] };
}

/** Modes that every supported client takes by these names. */
const NAMED_MODES = ["plan", "acceptEdits"];

/**
 * The arguments for a conversation that was in a permission mode last, whichever they name: a flag is
 * stronger than what the client remembers of the conversation (run on 2.1.332), and a prompt that was typed
 * in plan mode must not be sent in another.
 */
export function withPermissionMode(args: ClientArguments, mode: string): ClientArguments {
  const parts = partsOf(args.rest);
  const isMode = ({ flag }: Part) => flag === "--permission-mode";
  const isSkip = ({ flag }: Part) => flag === "--dangerously-skip-permissions";
  const named = parts.some(isSkip) ? "bypassPermissions" : parts.findLast(isMode)?.value ?? mode;
  if (named === mode) return args;
  const rest = parts.filter((part) => !isMode(part)).flatMap((part) =>
    isSkip(part) ? ["--allow-dangerously-skip-permissions"] : part.words
  );
  // Other modes have had several names, and the client remembers them.
  const flag = NAMED_MODES.includes(mode) ? ["--permission-mode", mode] : [];
  return { ...args, rest: [...flag, ...rest] };
}

/**
 * The arguments with a prompt at their end. It follows `--`, so that one that begins with a dash is no
 * flag, and a flag with many values doesn't swallow it.
 */
export function withPrompt(args: ClientArguments, prompt: string): ClientArguments {
  return { ...args, rest: [...args.rest, "--", prompt] };
}

/** Linux takes at most 128 KiB for one argument. */
const LONGEST_PROMPT_BYTES = 100_000;

/**
 * Why a text can't be passed on as a prompt in the arguments, as in `it is too long`; null if it can. Even
 * after `--`, the client takes the name of one of its commands for that command (run on 2.1.332).
 */
export function unfitAsPrompt(text: string): string | null {
  if (text.trim() === "") return "it is empty";
  if (CLIENT_SUBCOMMANDS.includes(text.trim())) return "claude would take it for a command";
  if (text.includes("\0")) return "it has a zero byte";
  if (!text.isWellFormed()) return "it has half a character";
  return new TextEncoder().encode(text).length > LONGEST_PROMPT_BYTES ? "it is too long" : null;
}

/** The prompt in the arguments; null if there is none, or more than one word of it. */
export function promptIn(args: ClientArguments): string | null {
  const words = partsOf(args.rest).filter(({ flag }) => flag === null).map(({ value }) => value);
  const [prompt = null, ...more] = words[0] === "--" ? words.slice(1) : words;
  return more.length === 0 ? prompt : null;
}

/** Whether the arguments start a conversation of their own: they name one or have a prompt. */
export function namesConversation(args: ClientArguments): boolean {
  return partsOf(args.rest).some((part) => part.flag === null || effectOf(part) === "conversation");
}

/** Whether the conversation goes on in a copy with a new id. */
export function forksConversation(args: ClientArguments): boolean {
  return partsOf(args.rest).some(({ flag }) => flag === "--fork-session");
}

/** Whether a printed reply is streamed, so that it can't be taken back. */
export function isStreaming(args: ClientArguments): boolean {
  return partsOf(args.rest).some((part) =>
    part.flag === "--output-format" && part.value === "stream-json"
  );
}

/** The arguments that repeat a request with -p; a session id can be used only once. */
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
    const isLong = word.startsWith("--");
    const equals = isLong ? word.indexOf("=") : -1;
    if (equals !== -1) {
      parts.push({ flag: word.slice(0, equals), value: word.slice(equals + 1), words: [word] });
      continue;
    }
    const flags = isLong ? [word] : shortFlags(word);
    const flag = flags.at(-1) ?? word;
    for (const other of flags.slice(0, -1)) parts.push({ flag: other, value: null, words: [] });
    const attached = !isLong && takes(flag) ? word.slice(1 + flags.length) : "";
    const values = attached === "" ? valuesOf(flag, args.slice(i + 1)) : [];
    i += values.length;
    parts.push({ flag, value: attached || (values[0] ?? null), words: [word, ...values] });
  }
  return parts;
}

/** `-cp` is `-c -p`; whatever follows a short flag that takes a value is its value: `-rID`. */
function shortFlags(word: string): string[] {
  const flags: string[] = [];
  for (const letter of word.slice(1)) {
    const flag = flagOfLetter(letter);
    if (flag === null) return [word];
    flags.push(flag);
    if (takes(flag)) break;
  }
  return flags;
}

function valuesOf(flag: string, following: readonly string[]): string[] {
  switch (takes(flag)) {
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

function effectOf({ flag }: Part): ClientFlag["effect"] {
  return CLIENT_FLAGS[flag ?? ""]?.effect;
}

function takes(flag: string): ClientFlag["takes"] {
  return CLIENT_FLAGS[flag]?.takes;
}

function flagOfLetter(letter: string): string | null {
  return Object.keys(CLIENT_FLAGS).find((flag) => CLIENT_FLAGS[flag]?.short === letter) ?? null;
}
