// The one place that lists the official client's common flags for completion (`claude --help`, 2.1.328).

/** A flag of the client. */
export interface ClientFlag {
  name: string;
  about: string;
  /** Whether the next word belongs to it. */
  takes: boolean;
  /** Words that it takes, where they are few. */
  values: readonly string[];
}

const flag = (name: string, about: string): ClientFlag => ({
  name,
  about,
  takes: false,
  values: [],
});
const valued = (name: string, about: string, values: readonly string[] = []): ClientFlag => ({
  name,
  about,
  takes: true,
  values,
});

/** What a person types after `cl`; rare and hidden flags work as well, they are only not offered. */
export const CLIENT_FLAGS: readonly ClientFlag[] = [
  flag("--continue", "go on with the newest conversation of this folder"),
  valued("--resume", "go on with a conversation, by its id or from a list"),
  flag("--print", "print the answer and end"),
  valued("--model", "the model, by an alias or its full name", ["opus", "sonnet", "fable"]),
  valued("--effort", "how hard it thinks", ["low", "medium", "high", "xhigh", "max"]),
  valued("--permission-mode", "what is allowed without a question", [
    "acceptEdits",
    "auto",
    "bypassPermissions",
    "manual",
    "dontAsk",
    "plan",
  ]),
  valued("--add-dir", "more folders that it may work in"),
  valued("--agent", "the agent of this session"),
  valued("--agents", "agents as JSON"),
  valued("--allowedTools", "tools that need no question"),
  valued("--disallowedTools", "tools that it must not use"),
  valued("--tools", "the built-in tools that there are"),
  valued("--append-system-prompt", "text after the system prompt"),
  valued("--system-prompt", "another system prompt"),
  flag("--background", "start in the background"),
  flag("--bare", "without hooks, plugins, memory and the like"),
  flag("--chrome", "with Claude in Chrome"),
  flag("--no-chrome", "without Claude in Chrome"),
  flag("--dangerously-skip-permissions", "never ask; for sandboxes only"),
  valued("--debug", "debugging output, of some categories"),
  valued("--debug-file", "where that goes"),
  flag("--disable-slash-commands", "without skills and commands"),
  valued("--fallback-model", "models for when the first is busy"),
  flag("--fork-session", "go on in a copy with an id of its own"),
  valued("--from-pr", "the session of a pull request"),
  flag("--help", "the help of claude"),
  flag("--ide", "connect to the editor"),
  valued("--input-format", "with --print: what stdin holds", ["text", "stream-json"]),
  valued("--json-schema", "with --print: the shape of the answer"),
  valued("--max-budget-usd", "with --print: the most it may cost"),
  valued("--mcp-config", "MCP servers from files or JSON"),
  valued("--name", "a name for the session"),
  flag("--no-session-persistence", "with --print: keep nothing on disk"),
  valued("--output-format", "with --print: what is printed", ["text", "json", "stream-json"]),
  valued("--plugin-dir", "a plugin for this session"),
  valued("--remote-control", "can be controlled from elsewhere"),
  flag("--safe-mode", "without any customization"),
  valued("--session-id", "the id that the session gets"),
  valued("--setting-sources", "which settings count", ["user", "project", "local"]),
  valued("--settings", "more settings, a file or JSON"),
  flag("--strict-mcp-config", "only the MCP servers of --mcp-config"),
  flag("--tmux", "a tmux session for the worktree"),
  flag("--verbose", "tell more"),
  flag("--version", "the version of claude"),
  valued("--worktree", "in a git worktree of its own"),
];
