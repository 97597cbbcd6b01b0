// Tests that README, docs and man pages say what the code does: tables, codes, keys, commands, files.
import { fakeContext } from "./helpers/context.ts";
import assert from "node:assert/strict";
import { columnOf, columnsOn, compatibilityPage, listWith } from "../build/clients.ts";
import { madeFiles, withParts } from "../build/docs.ts";
import { parseRequest } from "../lib/cli/parse.ts";
import { SUPPORTED_VERSIONS, TESTED_VERSIONS } from "../lib/claude/tested_versions.ts";
import { COMMANDS } from "../lib/commands/mod.ts";
import { FINDINGS } from "../lib/setup/folder_checks.ts";
import { EXIT_MEANINGS } from "../lib/text/errors.ts";
import { binary, runMulti, startProgram } from "./helpers/binaries.ts";
import { installFakeClaude } from "./helpers/fake_claude.ts";
import { repositoryPath } from "./helpers/paths.ts";
import { TempHome } from "./helpers/temp_home.ts";

const PAGES = [
  "README.md",
  ...Array.from(Deno.readDirSync(repositoryPath("docs")), ({ name }) => `docs/${name}`)
    .filter((path) => path.endsWith(".md")).toSorted(),
];

function read(path: string): string {
  return Deno.readTextFileSync(repositoryPath(path));
}

Deno.test("what is made from the code is what the code makes; make docs writes it", () => {
  for (const [path, made] of madeFiles()) assert.equal(read(path), made, path);
});

Deno.test("a mark of an unknown part is an error", () => {
  assert.throws(() => withParts("<!-- made by make docs: nonsense -->\n<!-- end -->"), /nonsense/);
});

Deno.test("every command line in README and docs is one that the program takes", () => {
  let lines = 0;
  for (const path of PAGES) {
    const code = [
      ...read(path).matchAll(/```(?:sh|text)\n([\s\S]*?)```/g),
      ...read(path).matchAll(/`(claude-multi [^`\n]+)`/g),
    ].flatMap(([, text = ""]) => text.split("\n"));
    for (const line of code) {
      for (const [, text = ""] of line.matchAll(/(?:^|[$;] )claude-multi( [^#;|&>]+)/g)) {
        // Of what stands for something else only the command is looked at.
        const words = text.split(/ {2}| - /)[0]?.trim().replaceAll(/"[^"]*"/g, "x").split(" ") ??
          [];
        const isPattern = /[A-Z[…]|NAME|\.\.\./.test(text);
        if (words[0] === "COMMAND" || words[0]?.includes(":")) continue;
        lines++;
        const request = () =>
          parseRequest(isPattern ? [words[0] ?? "", "--help"] : words, COMMANDS);
        try {
          request();
        } catch (error) {
          // Prose names commands without their arguments.
          if (!/ missing argument /.test(String(error))) assert.fail(`${path}: ${line}: ${error}`);
        }
        if (!isPattern) continue;
        const command = COMMANDS.find(({ name }) => name === words[0]);
        for (const [, flag] of (text.split(" -- ")[0] ?? "").matchAll(/--([a-z-]+)/g)) {
          const known = flag === "help" || command?.flags.some(({ name }) => name === flag);
          assert.ok(known, `${path}: ${line}: there is no --${flag}`);
        }
      }
    }
  }
  assert.ok(lines > 60, `only ${lines} command lines were found`);
});

Deno.test("README names every exit code, and every link in the docs leads somewhere", () => {
  const readme = read("README.md").replaceAll("\n", " ");
  const sentence = /Exit codes: ([^.]*)\./.exec(readme)?.[1] ?? "";
  assert.deepEqual(
    [...sentence.matchAll(/\d+/g)].map(Number),
    EXIT_MEANINGS.map(([code]) => code),
  );
  for (const path of PAGES) {
    for (const [, target = ""] of read(path).matchAll(/\]\(([^)#\s]+)[^)]*\)/g)) {
      if (/^https?:/.test(target)) continue;
      const folder = path.includes("/") ? path.replace(/\/[^/]*$/, "/") : "";
      assert.ok(Deno.statSync(repositoryPath(folder + target)), `${path}: ${target}`);
    }
  }
});

Deno.test("the versions that doctor calls tested are those that pass in docs/compatibility.md", () => {
  const page = read("docs/compatibility.md");
  const columns = columnsOn(page);
  assert.deepEqual([...columns.keys()], [...SUPPORTED_VERSIONS]);
  assert.deepEqual(
    [...columns].filter(([, [tests = ""]]) => /^all \d+ pass$/.test(tests)).map(([name]) => name),
    TESTED_VERSIONS,
  );
  const list = read("lib/claude/tested_versions.ts");
  assert.deepEqual([compatibilityPage(columns), listWith(columns, list)], [page, list]);
});

Deno.test("make clients replaces the column of a version, and whether it counts as tested", () => {
  const [version] = SUPPORTED_VERSIONS;
  const counted = (failed: number) => {
    const result = { passed: 45, failed, failures: [], features: null };
    const page = read("docs/compatibility.md");
    const columns = columnsOn(page).set(version, columnOf(result));
    const [tests] = columnsOn(compatibilityPage(columns)).get(version) ?? [];
    return [tests, listWith(columns, 'const PASSED = "";').includes(version)];
  };
  assert.deepEqual(counted(0), ["all 45 pass", true]);
  assert.deepEqual(counted(2), ["2 of 47 fail", false]);
});

Deno.test("troubleshooting explains every finding of doctor, and no other", () => {
  const ids = Object.values(FINDINGS).flat();
  const checks = ["checks", "editors", "folder_checks", "owner_checks"].map((name) =>
    read(`lib/setup/${name}.ts`)
  ).join("");
  for (const id of ids) assert.ok(checks.split(`"${id}"`).length > 2, `no check finds "${id}"`);
  const explained = read("docs/troubleshooting.md").matchAll(/^\| `([a-z-]+)` \|/gm);
  assert.deepEqual([...explained].map(([, id]) => id).toSorted(), ids.toSorted());
});

Deno.test("every name that the code gives a file of ours is in docs/files.md", () => {
  const page = read("docs/files.md");
  const names = new Set<string>();
  for (const folder of Deno.readDirSync(repositoryPath("lib"))) {
    if (!folder.isDirectory) continue;
    for (const { name, isFile } of Deno.readDirSync(repositoryPath(`lib/${folder.name}`))) {
      if (!isFile) continue;
      const source = read(`lib/${folder.name}/${name}`);
      for (const [, file = ""] of source.matchAll(/\broot\}\/([a-z][a-z.-]*)/g)) names.add(file);
    }
  }
  assert.ok(names.size > 12, `only ${names.size} names were found`);
  for (const name of names) {
    assert.ok(page.includes(`\`${name}`), `${name} is not in docs/files.md`);
  }
});

Deno.test("every file that setup, save and cl leave is in docs/files.md, with its mode", async () => {
  await using home = await TempHome.create();
  home.seedSharedHome("kate");
  installFakeClaude(home);
  const run = async (...args: string[]) => {
    const { code, stderr } = await runMulti(args, { home });
    assert.equal(code, 0, stderr);
  };
  await run("setup", "--add", "work", "--shell", "bash");
  await run("save", "work");
  await run("run", "--account", "work", "--", "-p", "x");
  await run("config", "set", "policy", "paced");
  const install = await startProgram("/bin/sh", [repositoryPath("build/install")], { home }).ended;
  assert.equal(install.code, 0, install.stderr);
  assert.equal((Deno.statSync(binary("claude-multi")).mode ?? 0) & 0o111, 0o111);

  const modes = new Map<string, string>();
  for (
    const [, cell = "", mode = ""] of read("docs/files.md").matchAll(/^\| (`[^|]+) \| (0\d+) \|/gm)
  ) {
    for (const [, path = ""] of cell.matchAll(/`([^`]+)`/g)) modes.set(path, mode);
  }
  const found = new Map<string, string>();
  const look = (path: string, shown: string) => {
    const info = Deno.lstatSync(path);
    found.set(shown, ((info.mode ?? 0) & 0o777).toString(8).padStart(4, "0"));
    if (!info.isDirectory || /^(config\/NAME|backups|bin|share)\/$/.test(shown)) return;
    for (const { name, isDirectory } of Deno.readDirSync(path)) {
      const inner = shown === "./" ? name : shown + (shown === "config/" ? "NAME" : name);
      look(`${path}/${name}`, isDirectory ? `${inner}/` : inner);
    }
  };
  look(home.multi, "./");
  const documented = [...found.keys()].map((path) => [path, modes.get(path)]);
  assert.deepEqual(Object.fromEntries(documented), Object.fromEntries(found));
  for (const path of ["ledger.db", "config/NAME/", "logins.json", "shell/init.fish", "bin/"]) {
    assert.ok(found.has(path), `${path} was looked at`);
  }
});

Deno.test("the config.json that README shows as complete is valid, and none of it is ignored", () => {
  const [, text = ""] = /```json\n(\{\n {2}"accounts"[\s\S]*?)```/.exec(read("README.md")) ?? [];
  const { configFile } = fakeContext({ config: text });
  assert.equal(configFile.read().accounts.length, 2);
  assert.deepEqual(configFile.notices(), []);
});
