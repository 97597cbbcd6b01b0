// What accounts share in their config dirs, and what each account keeps to itself.

/** An entry of a config dir. */
export interface SharedEntry {
  name: string;
  kind: "file" | "directory";
  why: string;
}

/** Entries that each account links to the shared home; the client writes through them (CONTRACT §1, §2). */
export const LINKED_ENTRIES: readonly SharedEntry[] = [
  { name: "settings.json", kind: "file", why: "settings, hooks, theme" },
  { name: "CLAUDE.md", kind: "file", why: "your instructions" },
  { name: "keybindings.json", kind: "file", why: "your keys" },
  { name: "history.jsonl", kind: "file", why: "prompt history" },
  { name: "skills", kind: "directory", why: "your skills" },
  { name: "agents", kind: "directory", why: "your agents" },
  { name: "commands", kind: "directory", why: "your commands" },
  { name: "hooks", kind: "directory", why: "hook scripts" },
  { name: "output-styles", kind: "directory", why: "output styles" },
  { name: "themes", kind: "directory", why: "themes" },
  { name: "workflows", kind: "directory", why: "workflows" },
  { name: "rules", kind: "directory", why: "rules" },
  { name: "routines", kind: "directory", why: "routines" },
  { name: "projects", kind: "directory", why: "conversations and memory" },
  { name: "file-history", kind: "directory", why: "checkpoints of conversations" },
  { name: "todos", kind: "directory", why: "to-do lists of conversations" },
  { name: "tasks", kind: "directory", why: "tasks of conversations" },
  { name: "plans", kind: "directory", why: "plans of conversations" },
  {
    name: "plugins",
    kind: "directory",
    why: "plugins, as one folder: they contain absolute paths",
  },
];

/** Entries that stay with the account, so that a login is in exactly one place. */
export const ISOLATED_ENTRIES: ReadonlyArray<readonly [string, string]> = [
  [".credentials.json", "the login itself"],
  [".claude.json", "identity and caches; chosen keys are mirrored"],
  ["backups", "copies of .claude.json, which contain the identity"],
  ["sessions", "records of running sessions"],
  ["shell-snapshots", "run by the client before commands"],
  ["session-env", "run by the client before commands"],
  ["daemon", "background sessions"],
  ["jobs", "background sessions"],
  ["ide", "lock files of editors"],
  ["telemetry", "cache"],
  ["cache", "cache"],
  ["statsig", "cache"],
  ["debug", "logs"],
];
