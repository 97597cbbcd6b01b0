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
  recordChange,
  settingsFilesOf,
  WRAPPER_KEY,
  wrapperPath,
} from "./editors.ts";

/** How bytes of a byte order mark look, which some editors begin a file with. */
const MARK = "\u00ef\u00bb\u00bf";

/**
 * Adds the setting to every settings file of an editor, and prints it. Each file is backed up, and its
 * comments and layout stay.
 * @throws UserError if a file isn't valid, before any is changed, or can't be written.
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
  const planned = settingsFilesOf(context, editor).map((path) => ({
    path,
    ...withWrapper(context, { path, value }),
  }));
  for (const { path, text, base, edit } of planned) {
    const shown = tildePath(path, layout.home);
    const setting = `${JSON.stringify(WRAPPER_KEY)}: ${JSON.stringify(value)}`;
    if (edit === null) {
      terminal.print(`editor    ${shown} has ${setting}`);
      continue;
    }
    const before = base.slice(edit.offset, edit.offset + edit.length);
    const created = text === null || (editorChanges(context).get(path)?.created ?? false);
    recordChange(context, path, { before, after: edit.content, created });
    if (text !== null) files.backUp(path, `${editor}-settings.json`);
    else if (files.resolve(parentOf(path)) === null) files.makePrivateDirectory(parentOf(path));
    files.writeBytes(path, applied(base, edit), ...text === null ? [0o600] : []);
    terminal.print(`editor    ${shown} now has ${setting}`);
  }
  if (layout.root !== `${layout.home}/.claude-multi`) {
    terminal.warn(`start ${editor} with CLAUDE_MULTI_HOME=${shellWord(layout.root)}, too`);
  }
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
  if (body.trim() === "") {
    const content = `{\n    ${JSON.stringify(WRAPPER_KEY)}: ${JSON.stringify(bytes)}\n}\n`;
    return { text, base, edit: { offset: mark, length: body.length, content } };
  }
  const errors: jsonc.ParseError[] = [];
  const tree = jsonc.parseTree(body, errors, { allowTrailingComma: true });
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
    const edit = { offset: old.offset + mark, length: old.length, content: JSON.stringify(bytes) };
    return { text, base, edit };
  }
  const formattingOptions = layoutOf(body);
  const [edit] = jsonc.modify(body, [WRAPPER_KEY], bytes, { formattingOptions });
  if (edit === undefined) return { text, base, edit: null };
  const { offset, length, content } = smallest(body, edit);
  return { text, base, edit: { offset: offset + mark, length, content } };
}

/** The edit without what it replaces with the same: whatever stands around ours may change later. */
function smallest(text: string, { offset, length, content }: jsonc.Edit): jsonc.Edit {
  const old = text.slice(offset, offset + length);
  const most = Math.min(old.length, content.length);
  let [start, end] = [0, 0];
  while (start < most && old[start] === content[start]) start++;
  while (end < most - start && old.at(-1 - end) === content.at(-1 - end)) end++;
  return {
    offset: offset + start,
    length: length - start - end,
    content: content.slice(start, content.length - end),
  };
}

/** The indent and the ends of lines that a file has. */
function layoutOf(text: string): jsonc.FormattingOptions {
  const indent = /^([ \t]+)"/m.exec(text)?.[1] ?? "    ";
  const eol = text.includes("\r\n") ? "\r\n" : "\n";
  return { insertSpaces: !indent.includes("\t"), tabSize: indent.length, eol };
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
  if (change === undefined || text === null) return;
  files.backUp(path, "editor-settings.json");
  const whole = restored(text, change);
  if (whole !== null) {
    if (change.created && whole === "") files.remove(path);
    else files.writeBytes(path, whole);
  } else {
    const mark = text.startsWith(MARK) ? MARK : "";
    const body = text.slice(mark.length);
    const edits = jsonc.modify(body, [WRAPPER_KEY], undefined, {
      formattingOptions: layoutOf(body),
    });
    files.writeBytes(path, mark + jsonc.applyEdits(body, edits));
  }
  recordChange(context, path, null);
}
