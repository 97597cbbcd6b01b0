// Tests of setup --editor and its undo: one key, comments and layout kept, the bytes restored.
import assert from "node:assert/strict";
import * as jsonc from "jsonc-parser";
import { examine } from "../../lib/setup/checks.ts";
import { addToEditor } from "../../lib/setup/editor_settings.ts";
import type { Editor } from "../../lib/setup/editors.ts";
import { planUndo } from "../../lib/setup/undo.ts";
import type { FakeContext } from "../helpers/context.ts";
import { fakeContext } from "../helpers/context.ts";
import type { UserError } from "../../lib/text/errors.ts";

const IDE = "/opt/claude-multi/claude-multi-ide";
const USER = "/home/ann/.config/Code/User/settings.json";
const SERVER = "/home/ann/.vscode-server/data/Machine/settings.json";

function contextWith(files: Record<string, string>, env: Record<string, string> = {}): FakeContext {
  return fakeContext({ config: { accounts: [] }, files, env, programs: ["/usr/bin/claude", IDE] });
}

async function uninstall(context: FakeContext): Promise<string[]> {
  const undo = planUndo(context, { restore: null, keepPrograms: true, showOnly: false });
  const done: string[] = [];
  await undo.run(({ what }) => void done.push(what));
  return done;
}

/** Settings as people have them. */
const SETTINGS: Readonly<Record<string, string>> = {
  "comments and four spaces":
    `// Place your settings here\n{\n    // size\n    "editor.fontSize": 13, /* px */\n    "[rust]": { "a": [1, 2] }\n}\n`,
  "a trailing comma": `{\n  "a": 1,\n  "b": true, // last\n}\n`,
  "tabs and CRLF": `{\r\n\t"a": 1,\r\n\t"b": {\r\n\t\t"c": 2\r\n\t}\r\n}\r\n`,
  "one line, no newline at the end": `{"a":1}`,
  "an empty object": `{}`,
  "an object with a comment alone": `{\n    // nothing yet\n}\n`,
  "a byte order mark": `\ufeff{\n  "a": 1\n}\n`,
  "characters beyond ASCII": `{\n  "terminal.font": "Iosevka ☃",\n  "z": "é"\n}`,
  "an empty file": "",
  "blank lines": "\n\n",
  "comments alone": `// nothing yet\n/* neither here */\n`,
  "a comment without a newline": `// nothing yet`,
  "comments alone, CRLF": `// nothing yet\r\n`,
  "a byte order mark and a comment": `\ufeff// nothing yet\n`,
  "a byte order mark alone": `\ufeff`,
  "an empty object with a comment in its line": `{ /* nothing yet */ }\n`,
  "two keys in the last line": `{\n  "a": 1, "b": 2\n}\n`,
  "a comment after the last key": `{\n  "a": 1 // why\n}\n`,
  "another wrapper":
    `{\n  "claudeCode.claudeProcessWrapper": "/usr/bin/nice", // mine\n  "a": 1\n}\n`,
  "the wrapper of another installation":
    `{\n  "claudeCode.claudeProcessWrapper": "/home/ann/claude-multi/claude-multi-ide",\n  "a": "opt"\n}\n`,
  "a wrapper that ours is the beginning of":
    `{\n  "claudeCode.claudeProcessWrapper": "/opt/claude-multi/claude-multi-ide2"\n}\n`,
  "a key in a comment after a value":
    `{\n  "a": 1, // "claudeCode.claudeProcessWrapper": "/old/claude-multi-ide"\n  "b": 2\n}\n`,
  "many blank lines": `{${"\n".repeat(200_000)}"a": 1\n}\n`,
  "a commented key":
    `{\n  // "claudeCode.claudeProcessWrapper": "/old/claude-multi-ide",\n  "a": 1\n}\n`,
};

for (const [name, before] of Object.entries(SETTINGS)) {
  Deno.test(`setup --editor and uninstall leave settings with ${name} as they were, to the byte`, async () => {
    const context = contextWith({ [USER]: before });
    addToEditor(context, "vscode");
    const after = context.files.readText(USER) ?? "";
    assert.match(
      after,
      /"claudeCode\.claudeProcessWrapper": ?"\/opt\/claude-multi\/claude-multi-ide"/,
    );
    for (const comment of before.match(/\/\/[^\n]*|\/\*.*?\*\//g) ?? []) {
      assert.ok(after.includes(comment), comment);
    }
    assert.equal(after.includes("\r\n"), before.includes("\r\n"));
    assert.match(
      context.terminal.stdout,
      /^editor {4}~\/\.config\/Code\/User\/settings\.json now has "claudeCode/,
    );
    assert.deepEqual(examine(context).filter(({ id }) => id === "editor"), []);
    // A second time, nothing changes.
    addToEditor(context, "vscode");
    assert.equal(context.files.readText(USER), after);
    assert.deepEqual(await uninstall(context), [
      "remove claude-multi-ide from ~/.config/Code/User/settings.json",
    ]);
    assert.equal(context.files.readText(USER), before);
    assert.equal(context.files.kind(`${context.layout.root}/editors.json`), "missing");
  });
}

for (const [name, before] of Object.entries(SETTINGS)) {
  Deno.test(`what an editor reads is valid and has our key alone more: settings with ${name}`, () => {
    const context = contextWith({ [USER]: before });
    addToEditor(context, "vscode");
    const read = (text: string): unknown => {
      const errors: jsonc.ParseError[] = [];
      const options = { allowTrailingComma: true, allowEmptyContent: true };
      const value: unknown = jsonc.parse(text.replace("\ufeff", ""), errors, options);
      assert.deepEqual(errors, []);
      return value;
    };
    assert.deepEqual(read(context.files.readText(USER) ?? ""), {
      ...read(before) as object | undefined,
      "claudeCode.claudeProcessWrapper": IDE,
    });
  });
}

Deno.test("a file of megabytes in one line gets our key, and nothing else in it moves", async () => {
  const numbers = Array.from({ length: 100_000 }, (_, n) => `"key.${n}":${n}`);
  const before = `{${numbers.join(",")}}`;
  const context = contextWith({ [USER]: before });
  addToEditor(context, "vscode");
  const key = `, "claudeCode.claudeProcessWrapper": ${JSON.stringify(IDE)}`;
  assert.ok(context.files.readText(USER) === `${before.slice(0, -1)}${key}}`);
  await uninstall(context);
  assert.ok(context.files.readText(USER) === before);
  // Also if it was changed in between, so that only the key can go.
  addToEditor(context, "vscode");
  const spaced = (context.files.readText(USER) ?? "").replace(key, key.replaceAll(" ", ""));
  context.files.put(USER, spaced);
  await uninstall(context);
  assert.ok(context.files.readText(USER) === before);
});

for (
  const [what, laidOut, left] of [
    ["first", `{\n  KEY, // ours\n  "a": 1 // mine\n}\n`, `{\n   // ours\n  "a": 1 // mine\n}\n`],
    ["in the middle", `{\n  "b": 2,\n  KEY,\n  "a": 1\n}\n`, `{\n  "b": 2,\n  "a": 1\n}\n`],
    ["last", `{\n  "a": 1, // mine\n  KEY\n}\n`, `{\n  "a": 1 // mine\n}\n`],
    ["last, with a comma", `{\r\n\t"a": 1,\r\n\tKEY,\r\n}`, `{\r\n\t"a": 1,\r\n}`],
    ["alone", `{ KEY }`, `{  }`],
    ["there twice", `{\n  KEY,\n  KEY\n}\n`, `{\n  KEY\n}\n`],
  ] as const
) {
  Deno.test(`a file that was laid out anew loses only our key, and no comment: ${what}`, async () => {
    const context = contextWith({ [USER]: `{\n  "a": 1\n}\n` });
    addToEditor(context, "vscode");
    const key = `"claudeCode.claudeProcessWrapper" : "${IDE}"`;
    context.files.put(USER, laidOut.replaceAll("KEY", key));
    await uninstall(context);
    assert.equal(context.files.readText(USER), left.replaceAll("KEY", key));
  });
}

Deno.test("a link as settings file stays one, also if there is nothing at its end yet", async () => {
  const target = "/home/ann/dotfiles/code/settings.json";
  for (const link of [target, "../../../dotfiles/code/settings.json"]) {
    const context = contextWith({
      "/home/ann/dotfiles/code/x": "",
      "/home/ann/.config/Code/User/x": "",
    });
    context.files.makeLink(USER, link);
    const before = context.files.dump();
    addToEditor(context, "vscode");
    assert.equal(context.files.readLink(USER), link);
    assert.match(context.files.readText(target) ?? "", /claude-multi-ide/);
    assert.deepEqual(examine(context).filter(({ id }) => id === "editor"), []);
    await uninstall(context);
    const after = Object.entries(context.files.dump())
      .filter(([path]) => !path.startsWith(context.layout.root));
    for (const [path, what] of after) assert.equal(before[path], what, path);
    assert.equal(context.files.kind(target), "missing");
  }
});

Deno.test("a link into a folder that isn't there is refused, and stays as it is", () => {
  for (const link of ["/mnt/gone/settings.json", USER]) {
    const context = contextWith({ "/home/ann/.config/Code/User/x": "" });
    context.files.makeLink(USER, link);
    assert.throws(
      () => addToEditor(context, "vscode"),
      /cannot change ~\/\.config\/Code\/User\/settings\.json: it is a link that leads nowhere/,
    );
    assert.equal(context.files.readLink(USER), link);
    assert.equal(context.files.kind(`${context.layout.root}/editors.json`), "missing");
  }
});

Deno.test("a file that can't be written is not remembered as changed", () => {
  const context = contextWith({ [USER]: "{}" });
  context.files.writeBytes = () => {
    throw new Error("read-only");
  };
  assert.throws(() => addToEditor(context, "vscode"), /read-only/);
  assert.deepEqual(examine(context).filter(({ id }) => id === "editor"), []);
});

const PROFILE = "/home/ann/.config/Code/User/profiles/-5d1c6c46/settings.json";

Deno.test("profiles with settings of their own get the key, too, and lose it", async () => {
  const profile = `{\n  // of the profile\n  "a": 1\n}\n`;
  const other = "/home/ann/.config/Code/User/profiles/other";
  const context = contextWith({
    [USER]: "{}",
    [PROFILE]: profile,
    [`${other}/extensions.json`]: "[]",
  });
  addToEditor(context, "vscode");
  assert.match(context.files.readText(PROFILE) ?? "", /claude-multi-ide/);
  assert.equal(context.files.kind(`${other}/settings.json`), "missing");
  await uninstall(context);
  assert.equal(context.files.readText(PROFILE), profile);
  assert.equal(context.files.readText(USER), "{}");
});

Deno.test("doctor tells of a profile that was made since, and not of one that was deleted", async () => {
  const context = contextWith({ [USER]: "{}" });
  addToEditor(context, "vscode");
  context.files.put(PROFILE, "{}");
  const problems = () => examine(context).filter(({ id }) => id === "editor");
  const [finding] = problems();
  assert.match(finding?.message ?? "", /profiles\/-5d1c6c46\/settings\.json is a profile's and /);
  assert.equal(finding?.fix, "claude-multi setup --editor vscode");
  addToEditor(context, "vscode");
  assert.deepEqual(problems(), []);
  context.files.remove(PROFILE);
  assert.deepEqual(problems(), []);
  await uninstall(context);
  assert.equal(context.files.readText(USER), "{}");
});

Deno.test("a profile that was copied after setup loses the key, too", async () => {
  const context = contextWith({ [USER]: `{\n  "a": 1\n}\n` });
  addToEditor(context, "vscode");
  context.files.put(PROFILE, context.files.readText(USER) ?? "");
  assert.deepEqual(examine(context).filter(({ id }) => id === "editor"), []);
  await uninstall(context);
  assert.equal(context.files.readText(PROFILE), `{\n  "a": 1\n}\n`);
});

Deno.test("of a key that is there twice, the one that counts is changed", async () => {
  const key = '"claudeCode.claudeProcessWrapper"';
  const before = `{\n  ${key}: "/a",\n  ${key}: "/b"\n}\n`;
  const context = contextWith({ [USER]: before });
  addToEditor(context, "vscode");
  assert.equal(context.files.readText(USER), before.replace('"/b"', JSON.stringify(IDE)));
  await uninstall(context);
  assert.equal(context.files.readText(USER), before);
});

Deno.test("two setups at once don't forget each other's changes", () => {
  const context = contextWith({ [USER]: "{}", [SERVER]: "{}" });
  const isLocked: boolean[] = [];
  let depth = 0;
  const { files } = context;
  const { locked, writeText } = files;
  files.locked = <T>(path: string, action: () => T): T => {
    depth++;
    try {
      return locked.call(files, path, action) as T;
    } finally {
      depth--;
    }
  };
  files.writeText = (path, text, mode) => {
    if (path.endsWith("/editors.json")) isLocked.push(depth > 0);
    writeText.call(files, path, text, mode);
  };
  addToEditor(context, "vscode");
  assert.deepEqual(isLocked, [true, true]);
});

Deno.test("what else changed in between stays, and our key still goes", async () => {
  const context = contextWith({ [USER]: `{\n  "a": 1\n}\n` });
  addToEditor(context, "vscode");
  const changed = (context.files.readText(USER) ?? "").replace('"a": 1', '"a": 2, "b": 3');
  context.files.put(USER, changed);
  await uninstall(context);
  assert.equal(context.files.readText(USER), `{\n  "a": 2, "b": 3\n}\n`);
});

Deno.test("a program that moved replaces its old path, and uninstall still restores the bytes", async () => {
  const before = `{\n  // keep\n  "a": 1\n}\n`;
  const context = contextWith({ [USER]: before });
  addToEditor(context, "vscode");
  context.processes.executable = () => "/new/claude-multi";
  context.processes.isExecutable = (path) => path === "/new/claude-multi-ide";
  const [finding] = examine(context).filter(({ id }) => id === "editor");
  assert.match(
    finding?.message ?? "",
    /names "\/opt\/claude-multi\/claude-multi-ide", which is no program/,
  );
  assert.equal(finding?.fix, "claude-multi setup --editor vscode");
  addToEditor(context, "vscode");
  assert.match(context.files.readText(USER) ?? "", /"\/new\/claude-multi-ide"/);
  await uninstall(context);
  assert.equal(context.files.readText(USER), before);
});

Deno.test("the settings of the server are created, and removed again", async () => {
  const context = contextWith({ "/home/ann/.vscode-server/bin/x": "" });
  addToEditor(context, "vscode");
  assert.deepEqual(JSON.parse(context.files.readText(SERVER) ?? ""), {
    "claudeCode.claudeProcessWrapper": IDE,
  });
  await uninstall(context);
  assert.equal(context.files.kind(SERVER), "missing");
});

for (
  const [editor, system, path] of [
    ["cursor", "linux", "/home/ann/.config/Cursor/User/settings.json"],
    ["windsurf", "darwin", "/home/ann/Library/Application Support/Windsurf/User/settings.json"],
    ["vscodium", "linux", "/cfg/VSCodium/User/settings.json"],
    ["vscode", "darwin", "/home/ann/Library/Application Support/Code/User/settings.json"],
    ["cursor", "linux", "/home/ann/.cursor-server/data/Machine/settings.json"],
  ] as ReadonlyArray<readonly [Editor, string, string]>
) {
  Deno.test(`${editor} on ${system}: ${path}`, () => {
    const env: Record<string, string> = path.startsWith("/cfg") ? { XDG_CONFIG_HOME: "/cfg" } : {};
    const context = contextWith({ [path]: "{}" }, env);
    Object.assign(context.processes, { system });
    addToEditor(context, editor);
    assert.match(context.files.readText(path) ?? "", /claude-multi-ide/);
  });
}

Deno.test("settings that aren't valid are refused with line and column, and nothing changes", () => {
  const context = contextWith({ [USER]: "{}", [SERVER]: `{\n  "a": \n}` });
  assert.throws(() => addToEditor(context, "vscode"), (error: UserError) => {
    assert.match(error.message, /Machine\/settings\.json:3:1: the settings aren't valid$/);
    assert.match(error.hint ?? "", /claudeCode\.claudeProcessWrapper/);
    return true;
  });
  assert.equal(context.files.readText(USER), "{}");
});

Deno.test("an editor that isn't here is refused", () => {
  assert.throws(() => addToEditor(contextWith({}), "cursor"), /neither ~\/\.config\/Cursor nor/);
});

Deno.test("doctor says that a key is gone", () => {
  const context = contextWith({ [USER]: "{}" });
  addToEditor(context, "vscode");
  context.files.put(USER, "{}");
  const [finding] = examine(context).filter(({ id }) => id === "editor");
  assert.match(finding?.message ?? "", /no longer has claudeCode\.claudeProcessWrapper/);
});

Deno.test("setup --editor says to reload the open windows, unless nothing changed", () => {
  const context = contextWith({ [USER]: "{}" });
  addToEditor(context, "vscode");
  assert.match(
    context.terminal.stdout,
    / now has .*\neditor {4}reload the windows of VS Code that are open\n$/,
  );
  context.terminal.stdout = "";
  addToEditor(context, "vscode");
  assert.doesNotMatch(context.terminal.stdout, /reload/);
});
