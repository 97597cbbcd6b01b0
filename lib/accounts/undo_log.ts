// What we created or edited outside our own folder, recorded in made.json so that it can be undone.
import type { Context } from "../ports/context.ts";
import { readObject } from "../claude/running.ts";

/**
 * The lists in made.json: names of folders that we created in the shared home, other paths that we
 * created, start files with our line, and those of them to whose last line we added a newline.
 */
export type UndoList = "folders" | "paths" | "edited" | "ended";

/** An entry of a list. */
export interface Undoable {
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

/** Records something before it is done. */
export function recordOurs(context: Context, { list, name }: Undoable): void {
  if (!isOurs(context, { list, name })) write(context, list, [...undoables(context, list), name]);
}

/** Forgets something that was undone: whatever is there later isn't ours. */
export function forgetOurs(context: Context, { list, name }: Undoable): void {
  if (!isOurs(context, { list, name })) return;
  write(context, list, undoables(context, list).filter((other) => other !== name));
}

function write(context: Context, list: UndoList, names: readonly string[]): void {
  const text = JSON.stringify({
    ...readObject(context, pathOf(context)),
    version: 1,
    [list]: names,
  });
  context.files.writeText(pathOf(context), `${text}\n`, 0o600);
}

function pathOf(context: Context): string {
  return `${context.layout.root}/made.json`;
}
