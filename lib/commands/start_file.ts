// The one place that edits a shell's start file: one marked line, with a backup.
import type { Context } from "../context.ts";
import { quoted } from "../core/account.ts";
import { EXIT, messageOf, UserError } from "../core/errors.ts";
import { tildePath } from "../core/paths.ts";
import { fishQuoted, shellQuoted } from "../core/quoting.ts";
import { hasStartLine, startLine, withoutStartLine, withStartLine } from "../core/start_files.ts";
import type { Shell } from "../shells.ts";
import { SHELLS } from "../shells.ts";

/** The start file that a new terminal of this shell reads. */
export function startFileOf(context: Context, shell: Shell): string {
  const { env, layout, processes } = context;
  if (shell === "zsh") return `${layout.home}/.zshrc`;
  if (shell === "fish") {
    const config = env.get("XDG_CONFIG_HOME");
    return `${config?.startsWith("/") ? config : `${layout.home}/.config`}/fish/config.fish`;
  }
  return `${layout.home}/${processes.system === "darwin" ? ".bash_profile" : ".bashrc"}`;
}

/** The shell that the user logs in with, when we have a snippet for it. */
export function loginShell(context: Context): Shell | null {
  const name = (context.env.get("SHELL") ?? "").split("/").at(-1);
  return SHELLS.find((shell) => shell === name) ?? null;
}

/**
 * Reads a shell named by the user; `auto` is the login shell.
 * @throws UserError (usage) listing the shells.
 */
export function parseShell(context: Context, text: string): Shell | null {
  if (text === "none") return null;
  const found = text === "auto" ? loginShell(context) : SHELLS.find((shell) => shell === text);
  if (found) return found;
  const why = text === "auto"
    ? `SHELL is ${quoted(context.env.get("SHELL") ?? "")}`
    : "there is no snippet for it";
  throw new UserError(`Cannot set up the shell ${quoted(text)}: ${why}`, {
    hint: `claude-multi setup --shell ${SHELLS.join("|")}`,
    exit: EXIT.usage,
  });
}

/** Whether the start file of a shell loads our snippet. */
export function isInStartFile(context: Context, shell: Shell): boolean {
  const text = readStartFile(context, startFileOf(context, shell)) ?? "";
  return hasStartLine(text, initFileOf(context, shell));
}

/** The line that loads our snippet. */
export function lineFor(context: Context, shell: Shell): string {
  const path = initFileOf(context, shell);
  return startLine(shell, shell === "fish" ? fishQuoted(path) : shellQuoted(path));
}

/**
 * Adds our line to the start file unless it is there; returns whether it was added.
 * @throws UserError when the file cannot be written: nothing is changed then.
 */
export function addToStartFile(context: Context, shell: Shell): boolean {
  const { files, layout } = context;
  const path = startFileOf(context, shell);
  return files.locked(`${layout.root}/start-file.lock`, () => {
    const text = readStartFile(context, path);
    if (hasStartLine(text ?? "", initFileOf(context, shell))) return false;
    try {
      if (text === null) makeParents(context, path);
      else files.backUp(path);
      files.writeText(path, withStartLine(text ?? "", lineFor(context, shell)), ...modeOf(text));
    } catch (cause) {
      throw new UserError(
        `Cannot add the line to "${tildePath(path, layout.home)}": ${messageOf(cause)}`,
        { hint: `add it yourself: ${lineFor(context, shell)}`, cause },
      );
    }
    return true;
  });
}

/** Start files that have our line. */
export function markedStartFiles(context: Context): string[] {
  return SHELLS.map((shell) => startFileOf(context, shell)).filter((path) => {
    const text = readStartFile(context, path);
    return text !== null && withoutStartLine(text) !== text;
  });
}

/** Takes our line out again; a file that held nothing else goes. */
export function removeFromStartFile(context: Context, path: string): void {
  const { files } = context;
  const text = readStartFile(context, path) ?? "";
  const rest = withoutStartLine(text);
  if (rest === text) return;
  files.backUp(path);
  if (rest === "" && files.kind(path) === "file") files.remove(path);
  else files.writeText(path, rest);
}

function readStartFile(context: Context, path: string): string | null {
  try {
    return context.files.readText(path);
  } catch {
    return null;
  }
}

function makeParents(context: Context, path: string): void {
  const parent = path.slice(0, path.lastIndexOf("/"));
  if (context.files.resolve(parent) === null) context.files.makePrivateDirectory(parent);
}

function modeOf(text: string | null): [] | [number] {
  return text === null ? [0o644] : [];
}

function initFileOf(context: Context, shell: Shell): string {
  return `${context.layout.shell}/init.${shell}`;
}
