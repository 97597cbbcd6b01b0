// The ConfigFile port: reads config.json with exact complaints and edits it without losing a comment.
import * as jsonc from "jsonc-parser";
import type { Config, ConfigProblem } from "../core/config.ts";
import { defaultConfig, parseConfig } from "../core/config.ts";
import { EXIT, UserError } from "../core/errors.ts";
import type { ConfigFile, Files } from "../ports.ts";

const EMPTY = '{\n  "accounts": []\n}\n';
const FORMAT = { insertSpaces: true, tabSize: 2, eol: "\n" } as const;

/** config.json at `path`; comments and trailing commas are welcome in it. */
export function configFile(path: string, files: Files): ConfigFile {
  let unknown: string[] = [];

  function check(text: string): Config {
    const result = parseConfig(valueOf(text, path));
    if ("problems" in result) throw problemError(text, { path, problem: result.problems[0] });
    unknown = result.unknownKeys;
    return result.config;
  }

  return {
    read() {
      const text = read(path, files);
      return text === null ? defaultConfig() : check(text);
    },
    unknownKeys: () => unknown,
    edit(plan) {
      files.makePrivateDirectory(path.slice(0, path.lastIndexOf("/")));
      files.locked(`${path}.lock`, () => change(plan));
    },
  };

  function change(plan: Parameters<ConfigFile["edit"]>[0]): void {
    const before = read(path, files);
    const config = before === null ? defaultConfig() : check(before);
    let text = before ?? EMPTY;
    for (const { path: keys, value } of typeof plan === "function" ? plan(config) : plan) {
      const edits = jsonc.modify(text, keys, value, { formattingOptions: FORMAT });
      text = jsonc.applyEdits(text, edits);
    }
    if (text === before) return;
    check(text);
    if (before !== null) files.backUp(path);
    files.writeText(path, text, 0o600);
  }
}

function read(path: string, files: Files): string | null {
  const kind = files.kind(path);
  if (kind === "missing") return null;
  try {
    return files.readText(path);
  } catch (cause) {
    throw new UserError(
      `Cannot read the configuration "${path}": it is a ${kind} that does not open`,
      {
        hint: "claude-multi doctor",
        exit: EXIT.usage,
        cause,
      },
    );
  }
}

function valueOf(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    const errors: jsonc.ParseError[] = [];
    const value: unknown = jsonc.parse(text, errors, { allowTrailingComma: true });
    const first = errors[0];
    if (first === undefined) return value;
    throw brokenError(path, {
      at: placeOf(text, first.offset),
      message: SYNTAX[jsonc.printParseErrorCode(first.error)] ?? "this is not JSON",
    });
  }
}

function problemError(
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
