// config.json as text: comments, faults with line and column, edits that keep its layout.
import * as jsonc from "jsonc-parser";
import type { Fault, Path } from "./config.ts";
import { describeFault, keyOf } from "./faults.ts";
import type { UserError } from "../text/errors.ts";
import { usageError } from "../text/errors.ts";
import type { ConfigChanges, ConfigNotice } from "../ports/mod.ts";

const FORMAT = { insertSpaces: true, tabSize: 2, eol: "\n" } as const;

/** The text with values set at key paths; layout, comments and other keys stay. */
export function changed(text: string, changes: ConfigChanges): string {
  return changes.reduce((before, { path, value }) => {
    const place = value === undefined ? removedPath(before, path) : path;
    if (place === null) return before;
    const edits = jsonc.modify(before, place, value, { formattingOptions: FORMAT });
    return jsonc.applyEdits(before, edits);
  }, text);
}

/** What goes when a key does: the last one of a group takes the group with it. null if the key isn't there. */
function removedPath(text: string, path: Path): jsonc.JSONPath | null {
  const tree = jsonc.parseTree(text, [], { allowTrailingComma: true });
  const nodeAt = (keys: Path) => tree && jsonc.findNodeAtLocation(tree, [...keys]);
  if (nodeAt(path) === undefined) return null;
  const group = path.slice(0, -1);
  const node = group.length === 0 ? undefined : nodeAt(group);
  const isLast = node?.type === "object" && node.children?.length === 1;
  return isLast ? [...group] : [...path];
}

/**
 * Parses a text with comments and trailing commas.
 * @throws UserError (usage) with line and column.
 */
export function valueOf(text: string, path: string): unknown {
  const errors: jsonc.ParseError[] = [];
  let value: unknown;
  try {
    value = jsonc.parse(text, errors, { allowTrailingComma: true });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw broken(`${path}:1:1: brackets are nested too deeply`);
  }
  const first = errors[0];
  if (first === undefined) return value;
  const what = SYNTAX[jsonc.printParseErrorCode(first.error)] ?? "invalid JSON";
  throw broken(`${path}:${lineAndColumn(text, first.offset)}: ${what}`);
}

/**
 * The notices for the harmless faults in a text.
 * @throws UserError (usage) for the first other fault, with line and column.
 */
export function judged(
  text: string,
  { path, faults }: { path: string; faults: readonly Fault[] },
): ConfigNotice[] {
  const tree = jsonc.parseTree(text, [], { allowTrailingComma: true });
  const describe = (fault: Fault) =>
    `${path}:${lineAndColumn(text, offsetOf(tree, fault))}: ${describeFault(fault)}`;
  const isHarmless = ({ kind }: Fault) => kind === "unknown" || kind === "removed";
  const wrong = faults.find((fault) => !isHarmless(fault));
  if (wrong !== undefined) throw broken(describe(wrong));
  return faults.map((fault) => ({
    key: keyOf(fault.path),
    path: [...fault.path],
    isRemoved: fault.kind === "removed",
    message: describe(fault),
    fix: fault.kind === "removed"
      ? `claude-multi config unset ${keyOf(fault.path)}`
      : "claude-multi config edit",
  }));
}

/** A notice for each key that an object has twice: the program reads the last one, an edit changes the first. */
export function twice(text: string, path: string): ConfigNotice[] {
  const tree = jsonc.parseTree(text, [], { allowTrailingComma: true });
  return tree === undefined ? [] : twiceIn(tree, []).map(({ key, node }) => ({
    key: keyOf(key),
    path: [...key],
    isRemoved: false,
    message: `${path}:${lineAndColumn(text, node.offset)}: "${
      keyOf(key)
    }" is there twice, and only the last one counts`,
    fix: "claude-multi config edit",
  }));
}

function twiceIn(node: jsonc.Node, at: Path): Array<{ key: Path; node: jsonc.Node }> {
  if (node.type === "array") {
    return node.children?.flatMap((child, index) => twiceIn(child, [...at, index])) ?? [];
  }
  const names: unknown[] = [];
  return node.type !== "object" ? [] : node.children?.flatMap((property) => {
    const [name, value] = property.children ?? [];
    if (name === undefined) return [];
    const key = [...at, String(name.value)];
    const isSecond = names.includes(name.value);
    names.push(name.value);
    return [
      ...isSecond ? [{ key, node: property }] : [],
      ...value === undefined ? [] : twiceIn(value, key),
    ];
  }) ?? [];
}

/**
 * Refuses a text in which an object has a key twice.
 * @throws UserError (usage) that names the first one.
 */
export function refuseTwice(text: string, path: string): void {
  const [first] = twice(text, path);
  if (first !== undefined) throw broken(first.message);
}

function broken(message: string): UserError {
  return usageError(message, "claude-multi config edit");
}

/** The offset of a fault's value, or of its key if the key itself is the fault. */
function offsetOf(tree: jsonc.Node | undefined, { kind, path }: Fault): number {
  const nodeAt = (keys: Path) => tree && jsonc.findNodeAtLocation(tree, [...keys]);
  const keys = [...path];
  while (keys.length > 0 && nodeAt(keys) === undefined) keys.pop();
  const node = nodeAt(keys);
  const isOfKey = kind === "unknown" || kind === "removed";
  return (isOfKey ? node?.parent : node)?.offset ?? 0;
}

function lineAndColumn(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `${before.length}:${(before.at(-1) ?? "").length + 1}`;
}

/** The parser's error codes in plain words. */
const SYNTAX: Readonly<Record<string, string>> = {
  InvalidSymbol: "unknown word; strings need double quotes",
  InvalidNumberFormat: "invalid number",
  PropertyNameExpected: "expected a key in double quotes",
  ValueExpected: "expected a value",
  ColonExpected: "expected a colon",
  CommaExpected: "expected a comma",
  CloseBraceExpected: "missing closing brace }",
  CloseBracketExpected: "missing closing bracket ]",
  EndOfFileExpected: "expected the end of the file",
  UnexpectedEndOfComment: "unterminated comment",
  UnexpectedEndOfNumber: "incomplete number",
  UnexpectedEndOfString: "unterminated string",
  InvalidUnicode: "invalid \\u escape",
  InvalidEscapeCharacter: "invalid escape in a string",
  InvalidCharacter: "control character in a string",
};
