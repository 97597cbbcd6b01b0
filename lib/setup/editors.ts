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

/** The title of each editor, and its folders: of its settings, and in the home of a machine that it connects to. */
const FOLDERS = {
  vscode: { title: "VS Code", user: "Code", server: ".vscode-server" },
  cursor: { title: "Cursor", user: "Cursor", server: ".cursor-server" },
  windsurf: { title: "Windsurf", user: "Windsurf", server: ".windsurf-server" },
  vscodium: { title: "VSCodium", user: "VSCodium", server: ".vscodium-server" },
} as const;

/** What the settings file of a profile has in its path, and that of the user doesn't. */
const PROFILE = /\/profiles\/[^/]+(?=\/settings\.json$)/;

/** An editor that we can set up. */
export type Editor = keyof typeof FOLDERS;

/** Their names, as typed. */
export const EDITORS = Object.keys(FOLDERS) as Editor[];

/** The name of an editor in a sentence. */
export function editorTitle(editor: Editor): string {
  return FOLDERS[editor].title;
}

/** Where an editor keeps settings on this machine: its folder, and the file in it. */
function placesOf(
  { env, layout, processes }: Context,
  editor: Editor,
): Record<"root" | "path", string>[] {
  const { user, server } = FOLDERS[editor];
  const xdg = env.get("XDG_CONFIG_HOME");
  const settings = processes.system === "darwin"
    ? `${layout.home}/Library/Application Support`
    : xdg?.startsWith("/")
    ? xdg
    : `${layout.home}/.config`;
  return [
    { root: `${settings}/${user}`, path: `${settings}/${user}/User/settings.json` },
    {
      root: `${layout.home}/${server}`,
      path: `${layout.home}/${server}/data/Machine/settings.json`,
    },
  ];
}

/**
 * The settings files of an editor on this machine: those of the user and of its server, through which an
 * editor elsewhere uses this machine or WSL, whether they exist or not; and those of the user's profiles,
 * which read settings of machine scope, as ours is, from their own file alone (VS Code's PROFILE_SCOPES).
 * Empty if the editor isn't here.
 */
export function settingsFilesOf(context: Context, editor: Editor): string[] {
  const { files } = context;
  return placesOf(context, editor).filter(({ root }) => files.resolve(root) !== null).flatMap(
    ({ path }) => {
      const profiles = `${parentOf(path)}/profiles`;
      const theirs = files.list(profiles).map((name) => `${profiles}/${name}/settings.json`);
      return [path, ...theirs.filter((path) => files.kind(path) !== "missing")];
    },
  );
}

/** Says that an editor has never run here. */
export function missingEditor(context: Context, editor: Editor): UserError {
  const { home } = context.layout;
  const shown = placesOf(context, editor).map(({ root }) => tildePath(root, home)).join(" nor ");
  return new UserError(
    `cannot set up ${editor}: there is neither ${shown} (start ${editor} once)`,
    {
      hint: `claude-multi setup --editor ${editor}`,
    },
  );
}

/** The editors here that could start claude through us, and don't, at least in one settings file. */
export function editorsToOffer(context: Context): Editor[] {
  if (ownWrapper(context) === null) return [];
  return EDITORS.filter((editor) =>
    settingsFilesOf(context, editor).some((path) => namedIn(context, path) === null)
  );
}

/**
 * The path of claude-multi-ide: next to this program, or to the link that outlives an upgrade, or on PATH.
 * @throws UserError if it isn't there.
 */
export function wrapperPath(context: Context): string {
  const path = ownWrapper(context);
  if (path !== null) return path;
  throw new UserError(
    `cannot set up an editor: there is no "${parentOf(lastingPath(context))}/claude-multi-ide"`,
    { hint: "make install", exit: EXIT.failed },
  );
}

function ownWrapper(context: Context): string | null {
  const { processes } = context;
  const path = `${parentOf(lastingPath(context))}/claude-multi-ide`;
  return processes.isExecutable(path) ? path : processes.find("claude-multi-ide", () => true);
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

/**
 * The settings files that still name our wrapper: those that we changed, and others in which somebody has
 * put it, such as a new profile that the editor copied: without the program, it couldn't start claude.
 */
export function filesWithWrapper(context: Context): string[] {
  const changed = [...editorChanges(context).keys()];
  const own = ownWrapper(context);
  const others = EDITORS.flatMap((editor) => settingsFilesOf(context, editor)).filter((path) =>
    !changed.includes(path) && own !== null && namedIn(context, path) === own
  );
  return [...changed.filter((path) => namedIn(context, path) !== null), ...others];
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

/** Editors that we set up and that no longer start claude through us, at least in a profile. */
export function* editorProblems(context: Context): Generator<Problem> {
  const { files, layout, processes } = context;
  const changed = [...editorChanges(context).keys()];
  // A profile that was deleted needs nothing; one that was made since may need our setting.
  const still = changed.filter((path) => !PROFILE.test(path) || files.kind(path) !== "missing");
  const profiles = EDITORS.flatMap((editor) => settingsFilesOf(context, editor)).filter((path) =>
    PROFILE.test(path) && !changed.includes(path) && changed.includes(path.replace(PROFILE, ""))
  );
  for (const path of [...still, ...profiles]) {
    const named = namedIn(context, path);
    const shown = tildePath(path, layout.home);
    const fix = fixOf(context, path);
    if (named === null) {
      const has = changed.includes(path) ? "no longer has" : "is a profile's and doesn't have";
      const message = `${shown} ${has} ${WRAPPER_KEY}: the editor starts claude without cl`;
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
