// The one place that treats config.json as text: comments, exact complaints, edits that keep its layout.
import * as jsonc from "jsonc-parser";
import type { ConfigProblem } from "./config.ts";
export { parseConfig } from "./rules.ts";
import { EXIT, UserError } from "../text/errors.ts";
import type { ConfigChanges } from "../ports/mod.ts";

const FORMAT = { insertSpaces: true, tabSize: 2, eol: "\n" } as const;

/** The text with values set at key paths; layout, comments and other keys stay. */
export function changed(text: string, changes: ConfigChanges): string {
  return changes.reduce((before, { path, value }) => {
    const edits = jsonc.modify(before, path, value, { formattingOptions: FORMAT });
    return jsonc.applyEdits(before, edits);
  }, text);
}

/**
 * The value of a text with comments and trailing commas.
 * @throws UserError (usage) with line and column.
 */
export function valueOf(text: string, path: string): unknown {
  const errors: jsonc.ParseError[] = [];
  let value: unknown;
  try {
    value = jsonc.parse(text, errors, { allowTrailingComma: true });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw brokenError(path, { at: "line 1 column 1", message: "brackets are nested too deeply" });
  }
  const first = errors[0];
  if (first === undefined) return value;
  throw brokenError(path, {
    at: placeOf(text, first.offset),
    message: SYNTAX[jsonc.printParseErrorCode(first.error)] ?? "this is not JSON",
  });
}

/** What is wrong with a value, with the line and column where it stands. */
export function problemError(
  text: string,
  options: { path: string; problem: ConfigProblem | undefined },
): UserError {
  const { path, problem } = options;
  const tree = jsonc.parseTree(text, [], { allowTrailingComma: true });
  const keys = [...problem?.path ?? []];
  let node = tree && jsonc.findNodeAtLocation(tree, keys);
  while (tree && !node && keys.length > 0) {
    keys.pop();
    node = jsonc.findNodeAtLocation(tree, keys);
  }
  const where = keyPath(problem?.path ?? []);
  return brokenError(path, {
    at: placeOf(text, node?.offset ?? 0),
    message: `${where}${problem?.message ?? "this is not a configuration"}`,
  });
}

function brokenError(path: string, options: { at: string; message: string }): UserError {
  return new UserError(
    `Cannot use the configuration "${path}", ${options.at}: ${options.message}`,
    {
      hint: `edit "${path}"; nothing was changed`,
      exit: EXIT.usage,
    },
  );
}

function placeOf(text: string, offset: number): string {
  const before = text.slice(0, offset).split("\n");
  return `line ${before.length} column ${(before.at(-1) ?? "").length + 1}`;
}

function keyPath(path: ReadonlyArray<string | number>): string {
  if (path.length === 0) return "";
  const keys = path.map((key, i) =>
    typeof key === "number" ? `[${key}]` : i === 0 ? key : `.${key}`
  );
  return `"${keys.join("")}": `;
}

/** What the parser's codes mean to a person. */
const SYNTAX: Readonly<Record<string, string>> = {
  InvalidSymbol: "a word that JSON does not know",
  InvalidNumberFormat: "a number that JSON does not know",
  PropertyNameExpected: "a key in double quotes is expected here",
  ValueExpected: "a value is expected here",
  ColonExpected: "a colon is expected here",
  CommaExpected: "a comma is expected here",
  CloseBraceExpected: "a closing brace } is missing",
  CloseBracketExpected: "a closing bracket ] is missing",
  EndOfFileExpected: "the file should end here",
  UnexpectedEndOfComment: "a comment does not end",
  UnexpectedEndOfString: "a string does not end",
  InvalidCharacter: "a character that is not allowed here",
};
