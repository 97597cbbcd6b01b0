// Puts claude-multi-ide into the settings of editors, and takes it out again, byte for byte.
import * as jsonc from "jsonc-parser";
import type { Context } from "../ports/context.ts";
import { parentOf, tildePath } from "../config/paths.ts";
import { UserError } from "../text/errors.ts";
import { shellWord } from "../text/shell_quote.ts";
import { objectOf } from "../text/json_object.ts";
import { inBytes } from "./rc_lines.ts";
import type { Change, Editor } from "./editors.ts";
import {
  editorChanges,
  editorTitle,
  missingEditor,
  recordChange,
  settingsFilesOf,
  WRAPPER_KEY,
  wrapperPath,
} from "./editors.ts";

/** How many links are followed at most. */
const MOST_LINKS = 40;

/** Settings may end their lists with a comma, and a file of comments alone has none. */
const SETTINGS = { allowTrailingComma: true, allowEmptyContent: true } as const;

/** How bytes of a byte order mark look, which some editors begin a file with. */
const MARK = "\u00ef\u00bb\u00bf";

/**
 * Adds the setting to every settings file of an editor, and prints it. Each file is backed up, and its
 * comments and layout stay.
 * @throws UserError if the editor isn't here or a file isn't valid, before any is changed; or if one can't
 * be written.
 */
export function addToEditor(context: Context, editor: Editor): void {
  whileLocked(context, () => addWhileLocked(context, editor));
}

/** Two setups at once would forget a change of each other, and it could not be undone. */
function whileLocked(context: Context, action: () => void): void {
  const { files, layout } = context;
  files.makePrivateDirectory(layout.root);
  files.locked(`${layout.root}/editors.json.lock`, action);
}

function addWhileLocked(context: Context, editor: Editor): void {
  const { files, layout, terminal } = context;
  const value = wrapperPath(context);
  const paths = settingsFilesOf(context, editor);
  if (paths.length === 0) throw missingEditor(context, editor);
  const planned = paths.map((path) => ({
    path,
    place: placeOf(context, path),
    ...withWrapper(context, { path, value }),
  }));
  for (const { path, place, text, base, edit } of planned) {
    const shown = tildePath(path, layout.home);
    const setting = `${JSON.stringify(WRAPPER_KEY)}: ${JSON.stringify(value)}`;
    if (edit === null) {
      terminal.print(`editor    ${shown} has ${setting}`);
      continue;
    }
    const before = base.slice(edit.offset, edit.offset + edit.length);
    const known = editorChanges(context).get(path) ?? null;
    const created = text === null || (known?.created ?? false);
    recordChange(context, path, { before, after: edit.content, created });
    try {
      if (text !== null) files.backUp(path, `${editor}-settings.json`);
      else if (files.resolve(parentOf(place)) === null) files.makePrivateDirectory(parentOf(place));
      files.writeBytes(place, applied(base, edit), ...text === null ? [0o600] : []);
    } catch (error) {
      recordChange(context, path, known);
      throw error;
    }
    terminal.print(`editor    ${shown} now has ${setting}`);
  }
  if (planned.some(({ edit }) => edit !== null)) {
    terminal.print(`editor    reload the windows of ${editorTitle(editor)} that are open`);
  }
  if (layout.root !== `${layout.home}/.claude-multi`) {
    terminal.warn(`start ${editor} with CLAUDE_MULTI_HOME=${shellWord(layout.root)}, too`);
  }
}

/**
 * Where the file of a path is, or will be: a link stays one, also if there is nothing at its end yet.
 * @throws UserError if it leads to a folder that isn't there, as of a disk that isn't mounted.
 */
function placeOf({ files, layout }: Context, path: string): string {
  const real = files.resolve(path);
  if (real !== null) return real;
  let place = path;
  for (let followed = 0; followed < MOST_LINKS; followed++) {
    const target = files.readLink(place);
    if (target === null) break;
    place = target.startsWith("/") ? target : `${parentOf(place)}/${target}`;
  }
  const isReached = files.kind(place) === "missing" &&
    (place === path || files.resolve(parentOf(place)) !== null);
  if (isReached) return place;
  throw new UserError(
    `cannot change ${tildePath(path, layout.home)}: it is a link that leads nowhere`,
    { hint: `ls -l ${shellWord(path)}` },
  );
}

/**
 * The bytes of a settings file; the same as they were before an earlier change of ours, `base`; and the
 * edit that makes of that what is wanted, null for none.
 */
function withWrapper(
  context: Context,
  { path, value }: { path: string; value: string },
): { text: string | null; base: string; edit: jsonc.Edit | null } {
  const { files, layout } = context;
  const text = files.readBytes(path);
  const bytes = inBytes(value);
  const has = jsonc.parse((text ?? "").replace(MARK, ""), [], { allowTrailingComma: true });
  if (objectOf(has)[WRAPPER_KEY] === bytes) return { text, base: text ?? "", edit: null };
  const known = editorChanges(context).get(path);
  const base = (known && restored(text ?? "", known)) ?? text ?? "";
  const mark = base.startsWith(MARK) ? MARK.length : 0;
  const body = base.slice(mark);
  const errors: jsonc.ParseError[] = [];
  const tree = jsonc.parseTree(body, errors, SETTINGS);
  const property = `${JSON.stringify(WRAPPER_KEY)}: ${JSON.stringify(bytes)}`;
  if (errors.length === 0 && tree === undefined) {
    return { text, base, edit: shifted(firstObject(body, property), mark) };
  }
  if (errors.length > 0 || tree?.type !== "object") {
    const before = body.slice(0, errors[0]?.offset ?? 0).split("\n");
    const at = `${before.length}:${(before.at(-1) ?? "").length + 1}`;
    throw new UserError(
      `cannot change ${tildePath(path, layout.home)}:${at}: the settings aren't valid`,
      { hint: `add it yourself: ${JSON.stringify(WRAPPER_KEY)}: ${JSON.stringify(value)}` },
    );
  }
  // Of a key that is there twice, the last one counts.
  const last = tree.children?.findLast(({ children }) => children?.[0]?.value === WRAPPER_KEY);
  const old = last?.children?.[1];
  if (old !== undefined) {
    // The whole value: a part of it may be in the file more than once, and could not be taken back.
    const edit = { offset: old.offset, length: old.length, content: JSON.stringify(bytes) };
    return { text, base, edit: shifted(edit, mark) };
  }
  return { text, base, edit: shifted(insertion(body, { tree, property }), mark) };
}

/** The edit of the whole file, in front of whose text there are `by` bytes. */
function shifted({ offset, length, content }: jsonc.Edit, by: number): jsonc.Edit {
  return { offset: offset + by, length, content };
}

/** The edit that makes settings of blanks, which it replaces, or of comments, which it follows. */
function firstObject(text: string, property: string): jsonc.Edit {
  const { indent, eol } = layoutOf(text);
  const content = `{${eol}${indent}${property}${eol}}${eol}`;
  if (text.trim() === "") return { offset: 0, length: text.length, content };
  const start = text.endsWith("\n") ? "" : eol;
  return { offset: text.length, length: 0, content: start + content };
}

/**
 * The edit that adds a property at the end of an object. Nothing else moves: jsonc-parser would lay out
 * the whole line anew, which takes minutes if that is a file of megabytes.
 */
function insertion(
  text: string,
  { tree, property }: { tree: jsonc.Node; property: string },
): jsonc.Edit {
  const { indent, eol } = layoutOf(text);
  const last = tree.children?.at(-1);
  if (last === undefined) {
    const inside = text.slice(tree.offset + 1, tree.offset + tree.length - 1);
    const end = inside.includes("\n") ? "" : eol;
    return { offset: tree.offset + 1, length: 0, content: `${eol}${indent}${property}${end}` };
  }
  const lead = text.slice(text.lastIndexOf("\n", last.offset) + 1, last.offset);
  const start = lead.trim() === "" ? eol + lead : " ";
  return { offset: last.offset + last.length, length: 0, content: `,${start}${property}` };
}

/** The indent and the ends of lines that a file has. */
function layoutOf(text: string): { indent: string; eol: string } {
  const indent = /^([ \t]+)"/m.exec(text)?.[1] ?? "    ";
  return { indent, eol: text.includes("\r\n") ? "\r\n" : "\n" };
}

/** The text without our property, with its comma and with the line that was only for it. */
function without(text: string): string {
  const properties = jsonc.parseTree(text, [], SETTINGS)?.children ?? [];
  const index = properties.findLastIndex(({ children }) => children?.[0]?.value === WRAPPER_KEY);
  const ours = properties[index];
  if (ours === undefined) return text;
  const previous = properties[index - 1];
  const comma = commaAfter(text, ours) ?? (previous ? commaAfter(text, previous) : null);
  const cuts = [{ offset: ours.offset, length: ours.length }, ...comma === null ? [] : [comma]];
  const left = cuts.sort((a, b) => b.offset - a.offset).reduce(
    (rest, { offset, length }) => applied(rest, { offset, length, content: "" }),
    text,
  );
  const at = ours.offset - (comma !== null && comma.offset < ours.offset ? comma.length : 0);
  const start = left.lastIndexOf("\n", at - 1);
  const end = left.indexOf("\n", at);
  const isBlank = start >= 0 && end >= 0 && left.slice(start, end).trim() === "";
  return isBlank ? left.slice(0, start) + left.slice(end) : left;
}

/** The comma after a property; null if there is none. */
function commaAfter(text: string, { offset, length }: jsonc.Node): jsonc.Range | null {
  const scanner = jsonc.createScanner(text, true);
  scanner.setPosition(offset + length);
  scanner.scan();
  const at = scanner.getTokenOffset();
  return text[at] === "," ? { offset: at, length: 1 } : null;
}

function applied(text: string, { offset, length, content }: jsonc.Edit): string {
  return text.slice(0, offset) + content + text.slice(offset + length);
}

/** The bytes without our change; null if what we wrote isn't there, or is there twice. */
function restored(text: string, { before, after }: Change): string | null {
  const at = text.indexOf(after);
  const isOnce = at >= 0 && text.indexOf(after, at + 1) < 0;
  return isOnce ? text.slice(0, at) + before + text.slice(at + after.length) : null;
}

/**
 * Undoes our change of a settings file. If what we wrote is still there, the bytes before it come back,
 * whatever else has changed since; otherwise only the setting is removed.
 */
export function removeFromEditor(context: Context, path: string): void {
  whileLocked(context, () => removeWhileLocked(context, path));
}

function removeWhileLocked(context: Context, path: string): void {
  const { files } = context;
  const change = editorChanges(context).get(path);
  const text = files.readBytes(path);
  if (text === null) return;
  files.backUp(path, "editor-settings.json");
  const whole = change === undefined ? null : restored(text, change);
  if (change !== undefined && whole !== null) {
    // A link that was there before stays.
    if (change.created && whole === "") files.remove(files.resolve(path) ?? path);
    else files.writeBytes(path, whole);
  } else {
    const mark = text.startsWith(MARK) ? MARK : "";
    files.writeBytes(path, mark + without(text.slice(mark.length)));
  }
  recordChange(context, path, null);
}
