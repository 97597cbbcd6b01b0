// Tests of the user's own status line in cl sessions: it stays as it is, and the limits are recorded too.
import assert from "node:assert/strict";
import { runMulti, startProgram } from "../helpers/binaries.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { readFixture } from "../helpers/paths.ts";
import { TempHome } from "../helpers/temp_home.ts";

type Json = Record<string, unknown>;

const RESETS_AT_S = Math.floor(Date.now() / 1000) + 7200;

/** A payload of the client; more than a pipe holds when asked for. */
function payload(bytes = 0): string {
  const captured = JSON.parse(readFixture("statusline-05-after-turn-with-ratelimits.json"));
  return JSON.stringify({
    ...captured,
    rate_limits: { five_hour: { used_percentage: 42.4, resets_at: RESETS_AT_S } },
    padding: "x".repeat(bytes),
  });
}

async function homeWith(statusLine: unknown): Promise<TempHome> {
  const home = await TempHome.create("claude-multi $x 'q' ");
  installFakeClaude(home);
  home.seedAccount("work");
  home.writeConfig({ accounts: [{ name: "work" }] });
  Deno.mkdirSync(`${home.path}/.claude`);
  Deno.writeTextFileSync(`${home.path}/.claude/settings.json`, JSON.stringify({ statusLine }));
  return home;
}

/** The status line that a launch brings. */
async function launched(
  home: TempHome,
  { cwd = home.project, args: own = [] }: { cwd?: string; args?: string[] } = {},
): Promise<Json | undefined> {
  const result = await runMulti(["run", "--dry-run", "--json", "--", ...own], { home, cwd });
  assert.equal(result.code, 0, result.stderr);
  const { args } = JSON.parse(result.stdout).plan as { args: string[] };
  return JSON.parse(args[args.indexOf("--settings") + 1] ?? "{}").statusLine;
}

/** Waits until the payload's reading is in the ledger: the record is made behind the line. */
async function waitForRecord(home: TempHome): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    const { stdout } = await runMulti(["status", "--json"], { home });
    if (JSON.parse(stdout).accounts[0].windows.five_hour?.percentUsed === 42.4) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("nothing was recorded");
}

const COMMANDS: ReadonlyArray<{ name: string; command: string; bytes?: number }> = [
  { name: "reads all of its input", command: "cat | tr -d x" },
  { name: "reads a part of its input", command: "head -c 10", bytes: 500_000 },
  { name: "reads nothing", command: "echo hello", bytes: 500_000 },
  { name: "gets a large input whole", command: "wc -l; cat", bytes: 500_000 },
  { name: "fails", command: "echo bad; exit 7" },
  { name: "is not a command", command: "no-such-program --x" },
  { name: "is not valid shell", command: "echo 'open" },
  {
    name: "has quotes, $ and backslashes",
    command: `printf '%s|' "a'b" '$HOME' 'c\\d' "\`echo e\`"`,
  },
  { name: "has several lines", command: 'x=$(cat)\necho one\n# note\necho "two ${#x}" # end' },
  {
    name: "has a here-document",
    command: "cat << __claude_multi_end\n$((1 + 1))\n__claude_multi_end",
  },
  { name: "kills itself", command: "echo a; kill -TERM $$; echo b" },
  {
    name: "looks at its surroundings",
    command: "env | grep -c claude_multi_input; set | grep -c x=1",
  },
];

for (const { name, command, bytes } of COMMANDS) {
  Deno.test(`the user's own status line that ${name} prints what it always does, and the limits are recorded`, async () => {
    await using home = await homeWith({ type: "command", command });
    const line = await launched(home);
    const env = { CLAUDE_CONFIG_DIR: home.accountDir("work") };
    const run = (text: unknown) =>
      startProgram("/bin/sh", ["-c", String(text)], { home, env, stdin: `${payload(bytes)}\n` })
        .ended;
    const [alone, beside] = [await run(command), await run(line?.["command"])];
    assert.deepEqual(
      { ...beside, stderr: "" },
      { ...alone, stderr: "" },
      `${beside.stdout.slice(0, 300)}\n${beside.stderr}`,
    );
    await waitForRecord(home);
  });
}

Deno.test("the user's own status line keeps its other settings, and settings.json is not touched", async () => {
  const own = { type: "command", command: "echo mine", padding: 2, refreshInterval: 30 };
  await using home = await homeWith(own);
  const path = `${home.path}/.claude/settings.json`;
  const before = Deno.readTextFileSync(path);
  const { command, ...rest } = await launched(home) ?? {};
  assert.match(String(command), /claude-multi-statusline'? --record/);
  assert.deepEqual(rest, { type: "command", padding: 2, refreshInterval: 30 });
  assert.equal((await runMulti(["setup", "--yes"], { home })).code, 0);
  assert.equal(Deno.readTextFileSync(path), before);
});

Deno.test("recording never delays the user's own status line", async () => {
  await using home = await homeWith({ type: "command", command: "echo now" });
  const line = await launched(home);
  const slow = `${home.path}/slow`;
  Deno.writeTextFileSync(slow, "#!/bin/sh\nsleep 5\n", { mode: 0o755 });
  const command = String(line?.["command"]).replace(
    /'[^|]*claude-multi-statusline' --record/,
    `"$HOME/slow" --record`,
  );
  assert.match(command, /slow/);
  const startedMs = performance.now();
  const env = { CLAUDE_CONFIG_DIR: home.accountDir("work") };
  const result = await startProgram("/bin/sh", ["-c", command], { home, env, stdin: payload() })
    .ended;
  assert.equal(result.stdout, "now\n");
  assert.ok(performance.now() - startedMs < 3000);
});

Deno.test("SIGTERM, which a newer call sends, ends the user's own status line", async () => {
  await using home = await homeWith({ type: "command", command: "exec sleep 30" });
  const line = await launched(home);
  const run = startProgram("/bin/sh", ["-c", String(line?.["command"])], {
    home,
    env: { CLAUDE_CONFIG_DIR: home.accountDir("work") },
    stdin: payload(),
  });
  await waitForRecord(home);
  run.kill("SIGTERM");
  assert.equal((await run.ended).signal, "SIGTERM");
});

Deno.test("in a deleted folder, the line is still drawn", async () => {
  await using home = await homeWith(undefined);
  const command = String((await launched(home))?.["command"]);
  const script = `mkdir gone && cd gone && rmdir ../gone && ${command}`;
  const run = startProgram("/bin/sh", ["-c", script], { home, stdin: payload() });
  const { code, stdout } = await run.ended;
  assert.equal(code, 0);
  assert.match(stdout, /42/);
});

Deno.test("with statusline.install false, no status line is passed to claude", async () => {
  await using home = await homeWith({ type: "command", command: "echo mine" });
  home.writeConfig({ accounts: [{ name: "work" }], statusline: { install: false } });
  assert.equal(await launched(home), undefined);
});

Deno.test("settings that aren't plain JSON may have the user's own line, which stays", async () => {
  await using home = await homeWith(undefined);
  const line = '{"statusLine":{"type":"command","command":"echo mine"},}';
  Deno.writeTextFileSync(`${home.path}/.claude/settings.json`, `\ufeff${line}`);
  assert.equal(await launched(home), undefined);
});

Deno.test("a status line of the project is left alone", async () => {
  await using home = await homeWith({ type: "command", command: "echo mine" });
  Deno.mkdirSync(`${home.project}/.claude`);
  Deno.writeTextFileSync(
    `${home.project}/.claude/settings.json`,
    '{"statusLine":{"type":"command","command":"echo theirs"}}',
  );
  assert.equal(await launched(home), undefined);
});

Deno.test("in the home folder, where the project's settings are the user's, the limits are recorded too", async () => {
  await using home = await homeWith({ type: "command", command: "echo mine" });
  assert.match(String((await launched(home, { cwd: home.path }))?.["command"]), /--record/);
});

Deno.test("a status line in the caller's own --settings wins over all others, and the limits are recorded", async () => {
  await using home = await homeWith({ type: "command", command: "echo mine" });
  Deno.mkdirSync(`${home.project}/.claude`);
  Deno.writeTextFileSync(
    `${home.project}/.claude/settings.json`,
    '{"statusLine":{"type":"command","command":"echo theirs"}}',
  );
  const given = { statusLine: { type: "command", command: "echo given", padding: 3 } };
  const line = await launched(home, { args: ["--settings", JSON.stringify(given)] });
  assert.equal(line?.["padding"], 3);
  const env = { CLAUDE_CONFIG_DIR: home.accountDir("work") };
  const command = ["-c", String(line?.["command"])];
  const run = startProgram("/bin/sh", command, { home, env, stdin: payload() });
  assert.equal((await run.ended).stdout, "given\n");
  await waitForRecord(home);
  for (const statusLine of [{ type: "command", command: "x/claude-multi-statusline" }, null]) {
    const args = ["--settings", JSON.stringify({ statusLine })];
    assert.deepEqual(await launched(home, { args }), statusLine);
  }
});

Deno.test("our own line in settings.json, and one that can't be run, stay as they are", async () => {
  for (
    const line of [
      { type: "command", command: "~/.claude-multi/bin/claude-multi-statusline" },
      { type: "command", command: 7 },
      { type: "other", command: "x" },
      "text",
      null,
    ]
  ) {
    await using home = await homeWith(line);
    assert.equal(await launched(home), undefined, JSON.stringify(line));
  }
});

Deno.test("setup says that the user's own line stays and the limits are recorded; doctor finds nothing wrong", async () => {
  await using home = await homeWith({ type: "command", command: "echo mine" });
  const result = await runMulti(["setup", "--yes"], { home });
  assert.match(result.stdout, /your own line stays; cl sessions only record the limits/);
  const doctor = await runMulti(["doctor", "--json"], { home });
  assert.deepEqual(JSON.parse(doctor.stdout).findings, []);
});
