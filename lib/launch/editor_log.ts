// The log of launches for editors, whose stderr belongs to claude alone.
import type { Context } from "../ports/context.ts";
import { harmless } from "../text/escape.ts";

/** A fuller log becomes the old one, which replaces the one before: at most twice this is kept. */
const MOST_BYTES = 64 * 1024;

/** The path of the log. */
export function editorLog({ layout }: Pick<Context, "layout">): string {
  return `${layout.root}/ide.log`;
}

/** Adds a line with the time and the process; a log that can't be written stops nothing. */
export function logForEditor(context: Context, text: string): void {
  const { clock, files, processes } = context;
  const path = editorLog(context);
  const time = new Date(clock.nowMs()).toISOString();
  try {
    if ((files.size(path) ?? 0) > MOST_BYTES) files.rename(path, `${path}.old`);
    files.append(path, `${time} ${processes.ownPid} ${harmless(text).replaceAll("\n", " ")}\n`);
  } catch {
    // A full or read-only disk: the launch matters more.
  }
}
