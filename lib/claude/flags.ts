// The official client's flags (`claude --help`, 2.1.328): one table for launches and for completion.

/** A flag of the client. */
export interface ClientFlag {
  /** Its letter; `-cp` stands for `-c -p`. */
  readonly short?: string;
  /** How many of the following words are its values; default: none. */
  readonly takes?: "one" | "maybe" | "many";
  /**
   * What it does to a launch. `conversation`: selects the conversation or where it starts, so that a
   * continuation needs its own; `print`: prints a reply and exits; `info`: starts nothing.
   */
  readonly effect?: "conversation" | "print" | "info";
  /** What completion says about it; a flag without this works too, but isn't offered. */
  readonly about?: string;
  /** The words that it accepts, if there are only a few. */
  readonly values?: readonly string[];
}

/** The flags by their long names, in the order in which completion offers them. */
export const CLIENT_FLAGS: Readonly<Record<string, ClientFlag>> = {
  "--continue": {
    short: "c",
    effect: "conversation",
    about: "continue the newest conversation in this folder",
  },
  "--resume": {
    short: "r",
    takes: "maybe",
    effect: "conversation",
    about: "continue a conversation, by id or from a list",
  },
  "--print": { short: "p", effect: "print", about: "print the reply and exit" },
  "--model": {
    takes: "one",
    about: "the model, by alias or full name",
    values: ["opus", "sonnet", "fable"],
  },
  "--effort": {
    takes: "one",
    about: "how hard Claude thinks",
    values: ["low", "medium", "high", "xhigh", "max"],
  },
  "--permission-mode": {
    takes: "one",
    about: "what Claude may do without asking",
    values: ["acceptEdits", "auto", "bypassPermissions", "manual", "dontAsk", "plan"],
  },
  "--add-dir": { takes: "many", about: "additional folders that Claude may work in" },
  "--agent": { takes: "one", about: "the agent for this session" },
  "--agents": { takes: "one", about: "agents as JSON" },
  "--allowedTools": { takes: "many", about: "tools that Claude may use without asking" },
  "--disallowedTools": { takes: "many", about: "tools that Claude must not use" },
  "--tools": { takes: "many", about: "the available built-in tools" },
  "--append-system-prompt": { takes: "one", about: "add text to the system prompt" },
  "--system-prompt": { takes: "one", about: "replace the system prompt" },
  "--background": { effect: "conversation", about: "start in the background" },
  "--bare": { about: "without hooks, plugins, memory and so on" },
  "--chrome": { about: "with Claude in Chrome" },
  "--no-chrome": { about: "without Claude in Chrome" },
  "--dangerously-skip-permissions": { about: "never ask; for sandboxes only" },
  "--debug": { short: "d", takes: "maybe", about: "print debug output, optionally by category" },
  "--debug-file": { takes: "one", about: "write debug output to a file" },
  "--disable-slash-commands": { about: "without skills and commands" },
  "--fallback-model": { takes: "one", about: "models to use while the first one is overloaded" },
  "--fork-session": { effect: "conversation", about: "continue in a copy with a new id" },
  "--from-pr": { takes: "maybe", effect: "conversation", about: "the session of a pull request" },
  "--help": { short: "h", effect: "info", about: "show the help of claude" },
  "--ide": { about: "connect to the editor" },
  "--input-format": {
    takes: "one",
    // The Agent SDK leaves --print out: such input never reaches a screen.
    effect: "print",
    about: "with --print: format of stdin",
    values: ["text", "stream-json"],
  },
  "--json-schema": { takes: "one", about: "with --print: JSON schema of the reply" },
  "--max-budget-usd": { takes: "one", about: "with --print: maximum cost in US dollars" },
  "--mcp-config": { takes: "many", about: "MCP servers from files or JSON" },
  "--name": { short: "n", takes: "one", about: "name the session" },
  "--no-session-persistence": { about: "with --print: save nothing to disk" },
  "--output-format": {
    takes: "one",
    about: "with --print: format of the output",
    values: ["text", "json", "stream-json"],
  },
  "--plugin-dir": { takes: "one", about: "load a plugin for this session" },
  "--remote-control": { takes: "maybe", about: "allow remote control of the session" },
  "--safe-mode": { about: "without any customization" },
  "--session-id": { takes: "one", effect: "conversation", about: "the id for the session" },
  "--setting-sources": {
    takes: "one",
    about: "which settings files to load",
    values: ["user", "project", "local"],
  },
  "--settings": { takes: "one", about: "additional settings, from a file or as JSON" },
  "--strict-mcp-config": { about: "use only the MCP servers from --mcp-config" },
  "--tmux": { effect: "conversation", about: "create a tmux session for the worktree" },
  "--verbose": { about: "print more" },
  "--version": { short: "v", effect: "info", about: "show the version of claude" },
  "--worktree": {
    short: "w",
    takes: "maybe",
    effect: "conversation",
    about: "work in a new git worktree",
  },
  // Rare and hidden flags.
  "--allowed-tools": { takes: "many" },
  "--append-system-prompt-file": { takes: "one" },
  "--autocompact": { takes: "one" },
  "--betas": { takes: "many" },
  "--bg": { effect: "conversation" },
  "--cloud": { takes: "maybe", effect: "conversation" },
  "--desktop": { effect: "conversation" },
  "--disallowed-tools": { takes: "many" },
  "--environment": { takes: "one" },
  "--file": { takes: "many" },
  "--max-thinking-tokens": { takes: "one" },
  "--max-turns": { takes: "one" },
  "--permission-prompt-tool": { takes: "one" },
  "--permission-prompts": { takes: "one" },
  "--plugin-url": { takes: "one" },
  "--prompt-suggestions": { takes: "maybe" },
  "--remote-control-session-name-prefix": { takes: "one" },
  "--resume-session-at": { takes: "one" },
  "--system-prompt-file": { takes: "one" },
  "--system-prompt-snapshot": { takes: "one" },
  "--teleport": { takes: "maybe", effect: "conversation" },
};
