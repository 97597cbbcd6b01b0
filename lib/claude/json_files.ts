// Reads and changes JSON files with one object in them, most of which are the client's.
import type { Context } from "../ports/context.ts";
import { UserError } from "../text/errors.ts";
import { objectIn } from "../text/json_object.ts";

/** Reads a JSON object from a file; null if that is missing, can't be read or has something else. */
export function readObject(
  { files }: { files: Pick<Context["files"], "readText"> },
  path: string,
): Record<string, unknown> | null {
  try {
    return objectIn(files.readText(path));
  } catch {
    return null;
  }
}

/**
 * Changes a JSON object in a file, whose lock the caller has. `edit` gets the current object, empty
 * if the file is missing, and returns the new one, or null for no change.
 * @throws UserError if the file isn't a JSON object; nothing is written then.
 */
export function editObject(
  { files }: Pick<Context, "files">,
  { path, edit }: {
    path: string;
    edit: (current: Record<string, unknown>) => Record<string, unknown> | null;
  },
): void {
  const text = files.readText(path);
  const current = text === null || text.trim() === "" ? {} : objectIn(text);
  if (current === null) {
    throw new UserError(`cannot change "${path}": it isn't a JSON object`, {
      hint: "claude doctor",
    });
  }
  const changed = edit(current);
  if (changed !== null) files.writeText(path, `${JSON.stringify(changed, null, 2)}\n`);
}
