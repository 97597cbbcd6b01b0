// What we created or edited outside our own folder, recorded in made.json so that it can be undone.
import type { Context } from "../ports/context.ts";
import { readObject } from "../claude/running.ts";

/**
 * The lists in made.json: folders in the shared home and other paths that we created, start files we
 * edited, and those of them to whose last line we added a newline.
 */
type MadeKey = "folders" | "paths" | "edited" | "ended";

/** Names of folders we created in the shared home; `uninstall` removes those that are still empty. */
export function madeFolders(context: Context): string[] {
  return madeList(context, "folders");
}

/** Remembers, before it is created, that a folder in the shared home is ours to remove. */
export function rememberMadeFolder(context: Context, name: string): void {
  writeMade(context, "folders", [...new Set([...madeFolders(context), name])]);
}

/** Whether a path outside our folder, such as a start file, only exists because we created it. */
export function isMadePath(context: Context, path: string): boolean {
  return madeList(context, "paths").includes(path);
}

/** Remembers, before it is created, that a path is ours to remove. */
export function rememberMadePath(context: Context, path: string): void {
  writeMade(context, "paths", [...new Set([...madeList(context, "paths"), path])]);
}

/** Forgets a path that is gone; whatever is created there later isn't ours. */
export function forgetMadePath(context: Context, path: string): void {
  writeMade(context, "paths", madeList(context, "paths").filter((made) => made !== path));
}

/** Start files that have our line, wherever $ZDOTDIR and others pointed at the time. */
export function editedFiles(context: Context): string[] {
  return madeList(context, "edited");
}

/** Remembers, before it is written, that a start file has our line. */
export function rememberEdited(context: Context, path: string): void {
  writeMade(context, "edited", [...new Set([...editedFiles(context), path])]);
}

/** Whether we added a newline to the last line of a start file, before our own line. */
export function isEndAdded(context: Context, path: string): boolean {
  return madeList(context, "ended").includes(path);
}

/** Remembers, before it is written, whether we add that newline. */
export function rememberEndAdded(context: Context, end: { path: string; added: boolean }): void {
  if (isEndAdded(context, end.path) === end.added) return;
  const others = madeList(context, "ended").filter((path) => path !== end.path);
  writeMade(context, "ended", end.added ? [...others, end.path] : others);
}

function madeList(context: Context, key: MadeKey): string[] {
  const made = readObject(context, `${context.layout.root}/made.json`)?.[key];
  return Array.isArray(made) ? made.filter((name) => typeof name === "string") : [];
}

function writeMade(context: Context, key: MadeKey, list: readonly string[]): void {
  const path = `${context.layout.root}/made.json`;
  const text = JSON.stringify({ ...readObject(context, path), version: 1, [key]: list });
  context.files.writeText(path, `${text}\n`, 0o600);
}
