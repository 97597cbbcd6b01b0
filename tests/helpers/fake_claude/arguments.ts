// The stand-in's command line, as far as it follows the client's.

/** A parsed command line. */
export interface Arguments {
  /** The first word, if it is a subcommand. */
  command: string | null;
  /** Words after the subcommand. */
  words: string[];
  print: boolean;
  prompt: string | null;
  sessionId: string | null;
  /** The id after --resume; "" without one. */
  resume: string | null;
  continues: boolean;
  forks: boolean;
  /** The last --settings; only that one counts (CONTRACT §6). */
  settings: string | null;
  outputFormat: string;
  model: string;
  name: string | null;
  version: boolean;
  help: boolean;
}

/** Words that are commands of the client, not prompts (CONTRACT §9). */
const COMMANDS =
  "agents attach auth auto-mode daemon design-login doctor gateway import install logs mcp plugin plugins project purge respawn rm sandbox self-hosted-runner setup-token stop kill ultrareview update upgrade workspace-trust"
    .split(" ");

/** Flags with one value that the stand-in ignores. */
const IGNORED_WITH_VALUE =
  "--permission-mode --append-system-prompt --system-prompt --effort --max-turns --input-format --fallback-model --agents --agent --plugin-dir --setting-sources"
    .split(" ");

/** Flags with any number of values. */
const VARIADIC =
  "--add-dir --allowedTools --allowed-tools --disallowedTools --disallowed-tools --mcp-config --tools --betas"
    .split(" ");

/** Reads a command line. */
export function readArguments(argv: readonly string[]): Arguments {
  const args: Arguments = {
    command: null,
    words: [],
    print: false,
    prompt: null,
    sessionId: null,
    resume: null,
    continues: false,
    forks: false,
    settings: null,
    outputFormat: "text",
    model: "claude-haiku-4-5",
    name: null,
    version: false,
    help: false,
  };
  const first = argv[0] ?? "";
  if (COMMANDS.includes(first)) return { ...args, command: first, words: argv.slice(1) };
  const rest = argv.flatMap((arg) => {
    const equals = arg.match(/^(--[a-zA-Z-]+)=([^]*)$/);
    return equals ? [equals[1] ?? "", equals[2] ?? ""] : [arg];
  });
  const prompts: string[] = [];
  for (let i = 0; i < rest.length; i++) {
    const arg = rest[i] ?? "";
    const value = (): string => rest[++i] ?? "";
    if (arg === "--") {
      prompts.push(...rest.slice(i + 1));
      break;
    } else if (arg === "-p" || arg === "--print") args.print = true;
    else if (arg === "-c" || arg === "--continue") args.continues = true;
    else if (arg === "--fork-session") args.forks = true;
    else if (arg === "-v" || arg === "--version") args.version = true;
    else if (arg === "-h" || arg === "--help") args.help = true;
    else if (arg === "--session-id") args.sessionId = value();
    else if (arg === "--settings") args.settings = value();
    else if (arg === "--output-format") args.outputFormat = value();
    else if (arg === "--model") args.model = value();
    else if (arg === "-n" || arg === "--name") args.name = value();
    else if (arg === "-r" || arg === "--resume") {
      args.resume = (rest[i + 1] ?? "-").startsWith("-") ? "" : value();
    } else if (IGNORED_WITH_VALUE.includes(arg)) i++;
    else if (VARIADIC.includes(arg)) { while (!(rest[i + 1] ?? "-").startsWith("-")) i++; }
    else if (!arg.startsWith("-") || arg === "-") prompts.push(arg);
  }
  args.prompt = prompts[0] ?? null;
  return args;
}
