// What we created or edited outside our own folder, recorded in made.json so that it can be undone.
import type { Context } from "../ports/context.ts";
import { readObject } from "../claude/json_files.ts";

/**
 * The lists in made.json: folders that we created in the shared home, by name; other paths that we
 * created; shell start files that have our line, and those whose last line got a newline from us.
 */
type UndoList = "folders" | "paths" | "edited" | "ended";

/** An entry of a list. */
interface Undoable {
  list: UndoList;
  name: string;
}

/** The entries of a list. */
export function undoables(context: Context, list: UndoList): string[] {
  const found = readObject(context, pathOf(context))?.[list];
  return Array.isArray(found) ? found.filter((name) => typeof name === "string") : [];
}

/** Whether we did this. */
export function isOurs(context: Context, { list, name }: Undoable): boolean {
  return undoables(context, list).includes(name);
}

/** Records something; to be called before it is done. */
export function recordOurs(context: Context, { list, name }: Undoable): void {
  if (!isOurs(context, { list, name })) write(context, list, [...undoables(context, list), name]);
}

/** Forgets something that was undone: whatever appears there later isn't ours. */
export function forgetOurs(context: Context, { list, name }: Undoable): void {
  if (!isOurs(context, { list, name })) return;
  write(context, list, undoables(context, list).filter((other) => other !== name));
}

function write(context: Context, list: UndoList, names: readonly string[]): void {
  const made = { ...readObject(context, pathOf(context)), version: 1, [list]: names };
  context.files.writeText(pathOf(context), `${JSON.stringify(made)}\n`, 0o600);
}

function pathOf(context: Context): string {
  return `${context.layout.root}/made.json`;
}
