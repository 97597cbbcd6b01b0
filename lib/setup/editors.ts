// VS Code and its relatives: where their settings are, and which of them have our wrapper.
import type { Context } from "../ports/context.ts";
import { objectOf, textOf } from "../text/json_object.ts";
import { parentOf, tildePath } from "../config/paths.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { readObject } from "../claude/json_files.ts";
import type { Problem } from "./folder_checks.ts";
import { readable } from "./repair.ts";
import { lastingPath } from "./shells.ts";

/** The setting that names the program with which the extension starts claude (CONTRACT §13). */
export const WRAPPER_KEY = "claudeCode.claudeProcessWrapper";

/** The folders of each editor: of its settings, and in the home of a machine that it connects to. */
const FOLDERS = {
  vscode: { user: "Code", server: ".vscode-server" },
  cursor: { user: "Cursor", server: ".cursor-server" },
  windsurf: { user: "Windsurf", server: ".windsurf-server" },
  vscodium: { user: "VSCodium", server: ".vscodium-server" },
} as const;

/** An editor that we can set up. */
export type Editor = keyof typeof FOLDERS;

/** Their names, as typed. */
export const EDITORS = Object.keys(FOLDERS) as Editor[];

/**
 * The settings files of an editor on this machine, whether they exist or not: those of the user, and of
 * its server, through which an editor elsewhere uses this machine or WSL.
 * @throws UserError if the editor has neither.
 */
export function settingsFilesOf(context: Context, editor: Editor): string[] {
  const { env, files, layout, processes } = context;
  const { user, server } = FOLDERS[editor];
  const xdg = env.get("XDG_CONFIG_HOME");
  const settings = processes.system === "darwin"
    ? `${layout.home}/Library/Application Support`
    : xdg?.startsWith("/")
    ? xdg
    : `${layout.home}/.config`;
  const places = [
    { root: `${settings}/${user}`, path: `${settings}/${user}/User/settings.json` },
    {
      root: `${layout.home}/${server}`,
      path: `${layout.home}/${server}/data/Machine/settings.json`,
    },
  ];
  const found = places.filter(({ root }) => files.resolve(root) !== null);
  if (found.length > 0) return found.map(({ path }) => path);
  const shown = places.map(({ root }) => tildePath(root, layout.home)).join(" nor ");
  throw new UserError(`cannot set up ${editor}: there is neither ${shown} (start ${editor} once)`, {
    hint: `claude-multi setup --editor ${editor}`,
  });
}

/**
 * The path of claude-multi-ide: next to this program, or to the link that outlives an upgrade, or on PATH.
 * @throws UserError if it isn't there.
 */
export function wrapperPath(context: Context): string {
  const { processes } = context;
  const path = `${parentOf(lastingPath(context))}/claude-multi-ide`;
  if (processes.isExecutable(path)) return path;
  const other = processes.find("claude-multi-ide", () => true);
  if (other !== null) return other;
  throw new UserError(`cannot set up an editor: there is no "${path}"`, {
    hint: "make install",
    exit: EXIT.failed,
  });
}

/** What we changed in a settings file: `before` became `after`. Both have one character for each byte. */
export interface Change {
  before: string;
  after: string;
  /** Whether the file is ours. */
  created: boolean;
}

/** Our changes by the path of the file. */
export function editorChanges(context: Context): Map<string, Change> {
  const entries = Object.entries(readObject(context, recordPath(context)) ?? {});
  return new Map(entries.flatMap(([path, value]) => {
    const { before, after, created } = objectOf(value);
    return typeof before === "string" && typeof after === "string"
      ? [[path, { before, after, created: created === true }]]
      : [];
  }));
}

/** Records a change before it is made; null forgets it after it was undone. */
export function recordChange(context: Context, path: string, change: Change | null): void {
  const changes = editorChanges(context);
  if (change === null) changes.delete(path);
  else changes.set(path, change);
  const { files } = context;
  if (changes.size === 0) files.remove(recordPath(context));
  else {
    files.writeText(recordPath(context), `${JSON.stringify(Object.fromEntries(changes))}\n`, 0o600);
  }
}

function recordPath({ layout }: Context): string {
  return `${layout.root}/editors.json`;
}

/** The settings files that still name our wrapper. */
export function filesWithWrapper(context: Context): string[] {
  return [...editorChanges(context).keys()].filter((path) => namedIn(context, path) !== null);
}

/** The claude-multi-ide that a settings file names last, or null. A line of comment doesn't count. */
function namedIn(context: Context, path: string): string | null {
  const text = readable(context, path) ?? "";
  const pattern = /^(?![ \t]*\/\/).*"claudeCode\.claudeProcessWrapper"\s*:\s*("(?:[^"\\]|\\.)*")/gm;
  const named = [...text.matchAll(pattern)].at(-1)?.[1];
  if (named === undefined) return null;
  try {
    const value = textOf(JSON.parse(named));
    return value?.endsWith("/claude-multi-ide") ? value : null;
  } catch {
    return null;
  }
}

/** Editors that we set up and that no longer start claude through us. */
export function* editorProblems(context: Context): Generator<Problem> {
  const { layout, processes } = context;
  for (const path of editorChanges(context).keys()) {
    const named = namedIn(context, path);
    const shown = tildePath(path, layout.home);
    const fix = fixOf(context, path);
    if (named === null) {
      const message = `${shown} no longer has ${WRAPPER_KEY}: the editor starts claude without cl`;
      yield { id: "editor", message, fix };
    } else if (!processes.isExecutable(named)) {
      const message =
        `${shown} names "${named}", which is no program: the editor can't start claude`;
      yield { id: "editor", message, fix };
    }
  }
}

/** The command that sets up the editor of a settings file again. */
function fixOf({ layout }: Context, path: string): string {
  const editor = EDITORS.find((name) =>
    path.includes(`/${FOLDERS[name].user}/User/`) ||
    path.startsWith(`${layout.home}/${FOLDERS[name].server}/`)
  );
  return `claude-multi setup --editor ${editor ?? EDITORS[0]}`;
}
