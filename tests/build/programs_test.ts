// Tests that two builds give the same bytes, and that programs start without bytecode.
import assert from "node:assert/strict";
import { compile } from "../../build/compile.ts";
import { EXECUTABLES } from "../../build/executables.ts";
import { prepare } from "../../build/programs.ts";
import { hostTarget } from "../../build/targets.ts";
import { ROOT, sha256 } from "../../build/toolchain.ts";
import { temporaryFolder } from "./temporary_folder.ts";

Deno.test("two builds of the same source give the same bytes, in another folder and at another time", async () => {
  using work = temporaryFolder();
  const sums = new Map<string, Set<string>>();
  for (const folder of [`${work.path}/a`, `${work.path}/deeper/down/b`]) {
    Deno.mkdirSync(folder, { recursive: true });
    for (const name of ["cli.ts", "statusline.ts", "deno.json", "deno.lock", "lib", "shell"]) {
      const copy = new Deno.Command("cp", { args: ["-R", `${ROOT}/${name}`, folder] });
      assert.ok(copy.outputSync().success);
    }
    for (const program of Object.keys(EXECUTABLES)) {
      const parts = `${folder}/bundle/${program}`;
      const target = hostTarget();
      await prepare(program, { root: folder, folder: parts, target, bytecode: true });
      const output = `${folder}/${program}`;
      const flags = ["--deny-net", "--include", parts];
      await compile(`${parts}/entry.js`, { flags, output, target, preferCached: true });
      const add = (name: string, sum: string) =>
        void sums.set(name, (sums.get(name) ?? new Set()).add(sum));
      assert.ok(Deno.statSync(`${parts}/main.bytecode`).size > 0);
      for (const { name } of Deno.readDirSync(parts)) {
        const bytes = Deno.readFileSync(`${parts}/${name}`);
        const text = new TextDecoder("latin1").decode(bytes);
        assert.ok(!text.includes(work.path) && !text.includes(ROOT), "no path of this machine");
        add(`${program}: ${name}`, await sha256(bytes));
      }
      add(program, await sha256(Deno.readFileSync(output)));
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.deepEqual([...sums].filter(([, found]) => found.size > 1).map(([name]) => name), []);
});

Deno.test("a program for another kind of machine has no bytecode, and still starts", async () => {
  using work = temporaryFolder();
  const [parts, output] = [`${work.path}/bundle`, `${work.path}/claude-multi`];
  const elsewhere = hostTarget() === "macos-arm64" ? "linux-x64" : "macos-arm64";
  await prepare("claude-multi", { root: ROOT, folder: parts, target: elsewhere, bytecode: true });
  assert.equal(Deno.statSync(`${parts}/main.bytecode`).size, 0);
  const flags = ["--allow-read", "--allow-env", "--include", parts];
  await compile(`${parts}/entry.js`, { flags, output, target: hostTarget(), preferCached: true });
  const { code, stdout, stderr } = await new Deno.Command(output, {
    args: ["--version"],
    env: { CLAUDE_MULTI_DEBUG: "1" },
  }).output();
  assert.equal(code, 0);
  assert.match(new TextDecoder().decode(stdout), /^claude-multi \d/);
  assert.equal(new TextDecoder().decode(stderr), "");
});

Deno.test("if the path of the temporary folder isn't text, a program doesn't look for its files elsewhere", async () => {
  using work = temporaryFolder();
  for (const program of Object.keys(EXECUTABLES)) {
    const planted = `${work.path}/\ufffd/deno-compile-${program}`;
    Deno.mkdirSync(planted, { recursive: true });
    for (const file of ["main.js", "main.bytecode"]) {
      Deno.writeTextFileSync(`${planted}/${file}`, `console.error("planted")`);
    }
    const script = `TMPDIR=$(printf '%s/\\377' "$1") HOME=/ exec "$0" --version`;
    const { code, stderr } = await new Deno.Command("/bin/sh", {
      args: ["-c", script, `${ROOT}/dist/${program}`, work.path],
    }).output();
    assert.equal(code, 1);
    assert.match(new TextDecoder().decode(stderr), /cannot start: TMPDIR isn't UTF-8 text/);
    assert.doesNotMatch(new TextDecoder().decode(stderr), /planted/);
  }
});
