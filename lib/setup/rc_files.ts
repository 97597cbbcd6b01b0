// The start files of shells: finds them, and adds or removes our marked line after a backup.
import type { Context } from "../ports/context.ts";
import { quoted } from "../text/escape.ts";
import { messageOf, usageError, UserError } from "../text/errors.ts";
import { parentOf, tildePath } from "../config/paths.ts";
import { orList } from "../text/format.ts";
import { fishQuoted, shellQuoted } from "../text/shell_quote.ts";
import {
  CREATED_BASH_PROFILE,
  hasStartLine,
  inBytes,
  lacksEnd,
  reads,
  startLine,
  withNewerLine,
  withoutStartLine,
  withStartLine,
} from "./rc_lines.ts";
import type { Shell } from "./shells.ts";
import { initFileOf, SHELLS } from "./shells.ts";
import { forgetOurs, isOurs, recordOurs, undoables } from "../accounts/undo_log.ts";

/** A login bash reads the first of these that exists. */
const BASH_LOGIN_FILES = [".bash_profile", ".bash_login", ".profile"] as const;

/**
 * The files that need our line so that every new terminal with this shell reads it. A login bash
 * doesn't read ~/.bashrc by itself, so its own file needs it too, unless that reads ~/.bashrc.
 */
export function startFilesOf(context: Context, shell: Shell): string[] {
  const { env, layout } = context;
  const folder = (name: string, standard: string) => {
    const value = env.get(name);
    return value?.startsWith("/") ? value : standard;
  };
  if (shell === "zsh") return [`${folder("ZDOTDIR", layout.home)}/.zshrc`];
  if (shell === "fish") {
    return [`${folder("XDG_CONFIG_HOME", `${layout.home}/.config`)}/fish/config.fish`];
  }
  const bashrc = `${layout.home}/.bashrc`;
  const login = BASH_LOGIN_FILES.map((name) => `${layout.home}/${name}`)
    .find((path) => readStartFile(context, path) !== null);
  if (login === undefined) return [bashrc, `${layout.home}/.bash_profile`];
  return leadsToBashrc(context, login) ? [bashrc] : [bashrc, login];
}

function leadsToBashrc(context: Context, path: string): boolean {
  const text = readStartFile(context, path) ?? "";
  if (reads(text, ".bashrc")) return true;
  const profile = `${context.layout.home}/.profile`;
  return path !== profile && reads(text, ".profile") &&
    reads(readStartFile(context, profile) ?? "", ".bashrc");
}

/** The shell in `$SHELL` if we support it; else null. */
export function loginShell(context: Context): Shell | null {
  const name = (context.env.get("SHELL") ?? "").split("/").at(-1);
  return SHELLS.find((shell) => shell === name) ?? null;
}

/** The shells of `auto`: the one in `$SHELL`, or every supported shell on PATH if `$SHELL` isn't one. */
export function usualShells(context: Context): Shell[] {
  const shell = loginShell(context);
  if (shell !== null) return [shell];
  return SHELLS.filter((name) => context.processes.find(name, () => true) !== null);
}

/** The shells that somebody uses here: {@link usualShells}, and those that have a start file. */
export function everyShell(context: Context): Shell[] {
  const usual = usualShells(context);
  return SHELLS.filter((shell) =>
    usual.includes(shell) ||
    startFilesOf(context, shell).some((path) => readStartFile(context, path) !== null)
  );
}

/**
 * Reads a shell name given by the user; `auto` means {@link usualShells}, `all` {@link everyShell}.
 * @throws UserError (usage) that lists the shells.
 */
export function parseShell(context: Context, text: string): Shell[] {
  if (text === "none") return [];
  const named = SHELLS.filter((shell) => shell === text);
  const found = text === "auto"
    ? usualShells(context)
    : text === "all"
    ? everyShell(context)
    : named;
  if (found.length > 0) return found;
  const message = text === "auto" || text === "all"
    ? `no supported shell: $SHELL is not ${orList(SHELLS)}, and none of them is on PATH`
    : `invalid value ${quoted(text)} for --shell: use ${
      orList([...SHELLS, "auto", "all", "none"])
    }`;
  throw usageError(message, `claude-multi setup --shell ${SHELLS[0]}`);
}

/** Whether the start files of a shell load our snippet. */
export function isInStartFile(context: Context, shell: Shell): boolean {
  return startFilesOf(context, shell).every((path) =>
    hasStartLine(readStartFile(context, path) ?? "", inBytes(initFileOf(context, shell)))
  );
}

/** The line that loads our snippet. */
export function lineFor(context: Context, shell: Shell, path?: string): string {
  const init = initFileOf(context, shell);
  const kind = path?.endsWith("/.profile") ? "sh" : shell;
  return startLine(kind, shell === "fish" ? fishQuoted(init) : shellQuoted(init));
}

/** What to type to load our snippet in an open shell. */
export function loadingCommand(context: Context, shell: Shell): string {
  const path = initFileOf(context, shell);
  const shown = tildePath(path, context.layout.home);
  const word = /^~[\w@%+=:,./-]+$/.test(shown)
    ? shown
    : shell === "fish"
    ? fishQuoted(path)
    : shellQuoted(path);
  return `${shell === "fish" ? "source" : "."} ${word}`;
}

/**
 * Adds our line to the start files that don't have it, or have an older form of it; returns those.
 * @throws UserError if a file can't be written; it is then unchanged.
 */
export function addToStartFile(context: Context, shell: Shell): string[] {
  const { files, layout } = context;
  return files.locked(
    `${layout.root}/start-file.lock`,
    () => startFilesOf(context, shell).filter((path) => addLine(context, { shell, path })),
  );
}

function addLine(context: Context, options: { shell: Shell; path: string }): boolean {
  const { files, layout } = context;
  const { shell, path } = options;
  const line = lineFor(context, shell, path);
  const text = readStartFile(context, path);
  const newer = withNewerLine(text ?? "", inBytes(line));
  if (newer === text && hasStartLine(text, inBytes(initFileOf(context, shell)))) return false;
  try {
    if (text !== null && newer !== text) {
      files.backUp(path);
      files.writeBytes(path, newer);
      return true;
    }
    recordOurs(context, { list: "edited", name: path });
    if (text !== null) {
      (lacksEnd(text) ? recordOurs : forgetOurs)(context, { list: "ended", name: path });
      files.backUp(path);
      files.writeBytes(path, withStartLine(text, inBytes(line)));
    } else {
      if (files.kind(path) !== "missing") throw new Error("it can't be read");
      makeParents(context, path);
      recordOurs(context, { list: "paths", name: path });
      const created = path.endsWith("/.bash_profile")
        ? CREATED_BASH_PROFILE
        : withStartLine("", line);
      files.writeText(path, created, 0o644);
    }
  } catch (cause) {
    throw new UserError(
      `cannot add our line to "${tildePath(path, layout.home)}": ${messageOf(cause)}`,
      { hint: `add it yourself: ${line}`, cause },
    );
  }
  return true;
}

/** The start files of all shells that have our line. */
export function markedStartFiles(context: Context): string[] {
  const { home } = context.layout;
  const all = new Set([
    ...SHELLS.flatMap((shell) => startFilesOf(context, shell)),
    ...[...BASH_LOGIN_FILES, ".zshrc", ".config/fish/config.fish"].map((name) => `${home}/${name}`),
    ...undoables(context, "edited"),
  ]);
  return [...all].filter((path) => {
    const text = readStartFile(context, path);
    return text !== null && withoutStartLine(text) !== text;
  });
}

/** Whether a start file is entirely ours: we created it, and nobody has added to it. */
export function isOurStartFile(context: Context, path: string): boolean {
  const text = readStartFile(context, path) ?? "";
  return context.files.kind(path) === "file" && isOurs(context, { list: "paths", name: path }) &&
    withoutStartLine(text) === "";
}

/** Removes our line; a file of ours with nothing else in it is deleted, with folders that we created. */
export function removeFromStartFile(context: Context, path: string): void {
  const { files } = context;
  const text = readStartFile(context, path) ?? "";
  if (withoutStartLine(text) === text) return;
  files.backUp(path);
  if (!isOurStartFile(context, path)) {
    const end = { list: "ended", name: path } as const;
    files.writeBytes(path, withoutStartLine(text, { endAdded: isOurs(context, end) }));
    return forgetOurs(context, end);
  }
  files.remove(path);
  forgetOurs(context, { list: "paths", name: path });
  for (
    let dir = parentOf(path);
    isOurs(context, { list: "paths", name: dir });
    dir = parentOf(dir)
  ) {
    if (files.list(dir).length > 0) break;
    files.remove(dir);
    forgetOurs(context, { list: "paths", name: dir });
  }
}

/** The bytes of a start file, which may not be UTF-8; null if it can't be read. */
function readStartFile(context: Context, path: string): string | null {
  try {
    return context.files.readBytes(path);
  } catch {
    return null;
  }
}

function makeParents(context: Context, path: string): void {
  const parent = parentOf(path);
  if (context.files.resolve(parent) !== null) return;
  makeParents(context, parent);
  recordOurs(context, { list: "paths", name: parent });
  context.files.makePrivateDirectory(parent);
}
