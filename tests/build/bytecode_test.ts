// Tests of bytecode: V8 accepts it, and without it the programs print the same.
import assert from "node:assert/strict";
import { EXECUTABLES } from "../../build/executables.ts";
import { build } from "../../build/programs.ts";
import { hostTarget } from "../../build/targets.ts";
import { binary, runMulti, runStatusline, startProgram } from "../helpers/binaries.ts";
import { fixturePath, readFixture } from "../helpers/paths.ts";
import { seedCachedUsage, TempHome } from "../helpers/temp_home.ts";
import { temporaryFolder } from "./temporary_folder.ts";

for (const args of [["run"], ["pick"], ["status"], ["complete", "--", ""], []]) {
  const name = args.length > 0 ? "claude-multi" : "claude-multi-statusline";
  Deno.test(`V8 accepts the bytecode in dist/${name} ${args.join(" ")}, and planted files are ignored`, async () => {
    await using home = await TempHome.create();
    // Anybody can put files at the path where the runtime pretends to have a program's own.
    const planted = `${home.path}/deno-compile-${name}`;
    const reads = `${planted}/dist/bundle/${name}`;
    for (const folder of [planted, reads]) {
      Deno.mkdirSync(folder, { recursive: true });
      for (const file of ["entry.js", "main.js", "main.bytecode", "part0.js"]) {
        Deno.writeTextFileSync(`${folder}/${file}`, `console.error("planted")`);
      }
    }
    const env = { TMPDIR: home.path, CLAUDE_MULTI_DEBUG: "1" };
    const { stderr } = name === "claude-multi"
      ? await runMulti(args, { home, env })
      : await runStatusline(args, { home, env });
    assert.doesNotMatch(stderr, /bytecode of \w+ rejected|planted/);
  });
}

/** Printed times change in the middle of a minute, so that two runs one after another print the same. */
const HALF_MINUTE_MS = 30_000;

async function homeAt(nowMs: number): Promise<TempHome> {
  const home = await TempHome.create();
  home.writeConfig({ accounts: [{ name: "personal" }, { name: "work" }] });
  for (const [index, name] of ["personal", "work"].entries()) {
    home.seedAccount(name);
    const resetsAtMs = (hours: number) => nowMs + hours * 3_600_000 + HALF_MINUTE_MS;
    seedCachedUsage(`${home.accountDir(name)}/.claude.json`, {
      name,
      fetchedAtMs: nowMs - 3_600_000 - HALF_MINUTE_MS,
      fiveHour: { percentUsed: 20 + 30 * index, resetsAtMs: resetsAtMs(2) },
      sevenDay: { percentUsed: 10 + 20 * index, resetsAtMs: resetsAtMs(76) },
    });
  }
  return home;
}

Deno.test("BYTECODE=0 builds programs that print the same", async () => {
  using work = temporaryFolder();
  for (const name of Object.keys(EXECUTABLES)) {
    const options = { folder: work.path, target: hostTarget(), preferCached: true };
    await build(name, { ...options, bytecode: false });
    assert.equal(Deno.statSync(`${work.path}/bundle/${name}/main.bytecode`).size, 0);
  }
  const nowMs = Date.now();
  await using home = await homeAt(nowMs);
  await using otherHome = await homeAt(nowMs);
  const same = async (
    program: "claude-multi" | "claude-multi-statusline",
    { args = [], stdin = "" }: { args?: string[]; stdin?: string },
  ) => {
    const run = async (path: string, home: TempHome) => {
      const env = { FORCE_COLOR: "3", COLORTERM: "truecolor", COLUMNS: "120" };
      const session = { ...env, CLAUDE_CONFIG_DIR: home.accountDir("work") };
      const result = await startProgram(path, args, { home, env: stdin ? session : env, stdin })
        .ended;
      return JSON.parse(JSON.stringify(result).replaceAll(home.path, "~"));
    };
    const [expected, found] = await Promise.all([
      run(binary(program), home),
      run(`${work.path}/${program}`, otherHome),
    ]);
    assert.deepEqual(found, expected, [program, ...args].join(" "));
    assert.notEqual(found.stdout + found.stderr, "");
  };
  for (const line of ["--help", "run --help", "--version", "pick --json", "status", "stauts"]) {
    await same("claude-multi", { args: line.split(" ") });
  }
  for (const { name } of Deno.readDirSync(fixturePath(""))) {
    if (!name.startsWith("statusline-")) continue;
    const resetsAt = Math.floor((nowMs + 3_600_000 + HALF_MINUTE_MS) / 1000);
    const stdin = readFixture(name).replace(/("resets_at": ?)\d+/g, `$1${resetsAt}`);
    await same("claude-multi-statusline", { stdin });
  }
});
