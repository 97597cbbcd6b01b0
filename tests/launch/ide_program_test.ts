// Tests of claude-multi-ide as a program: bytes, signals and exit codes pass through it unchanged.
import assert from "node:assert/strict";
import { installIde, startProgram } from "../helpers/binaries.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { waitUntil } from "../helpers/waiting.ts";

async function homeWithOne(): Promise<TempHome> {
  const home = await TempHome.create("claude-multi $x 'q' ");
  home.writeConfig({ accounts: [{ name: "one" }] });
  home.seedAccount("one");
  home.seedCachedUsage("one", { fiveHour: 10, sevenDay: 10 });
  return home;
}

/** A client that does what a line of sh says. */
function clientOf(home: TempHome, line: string): string {
  const path = `${home.path}/bundled client`;
  Deno.writeTextFileSync(path, `#!/bin/sh\n${line}\n`, { mode: 0o755 });
  return path;
}

Deno.test("every byte of stdin, stdout and stderr passes through, and nothing is added", async () => {
  await using home = await homeWithOne();
  const client = clientOf(home, "printf 'e\\000\\r\\n\\033[1m' >&2; cat; exit 5");
  // Something to notice, which must not be seen.
  const env = home.env({ ANTHROPIC_API_KEY: "made-up" });
  const child = new Deno.Command(installIde(home), {
    args: [client, "--output-format", "stream-json", "--input-format", "stream-json"],
    env,
    clearEnv: true,
    cwd: home.project,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const sent = new Uint8Array(3_000_000);
  for (let at = 0; at < sent.length; at += 60_000) {
    crypto.getRandomValues(sent.subarray(at, at + 60_000));
  }
  const fed = ReadableStream.from([sent]).pipeTo(child.stdin);
  const { code, stdout, stderr } = await child.output();
  await fed;
  assert.equal(code, 5);
  assert.equal(stdout.length, sent.length);
  assert.ok(stdout.every((byte, index) => byte === sent[index]));
  assert.equal(new TextDecoder().decode(stderr), "e\0\r\n\x1b[1m");
  assert.match(Deno.readTextFileSync(`${home.multi}/ide.log`), / ANTHROPIC_API_KEY would /);
  assert.equal((Deno.statSync(`${home.multi}/ide.log`).mode ?? 0) & 0o777, 0o600);
});

Deno.test("a client that closes its output early, or reads nothing, ends the same way", async () => {
  await using home = await homeWithOne();
  const client = clientOf(home, "exec < /dev/null > /dev/null; exit 6");
  const stdin = "x".repeat(1_000_000);
  const run = await startProgram(installIde(home), [client, "-p", "hi"], { home, stdin }).ended;
  assert.deepEqual([run.code, run.stdout, run.stderr], [6, "", ""]);
});

for (const signal of ["TERM", "HUP", "INT", "QUIT"] as const) {
  Deno.test(`SIG${signal} reaches the client, which decides`, async () => {
    await using home = await homeWithOne();
    const line = `trap 'echo got; exit 9' ${signal}; : > ready; while :; do sleep 0.05; done`;
    const client = clientOf(home, line);
    const run = startProgram(installIde(home), [client, "-p", "hi"], { home });
    const isReady = () => [...Deno.readDirSync(home.project)].some(({ name }) => name === "ready");
    await waitUntil("the client runs", { holds: isReady });
    run.kill(`SIG${signal}`);
    const { code, stdout } = await run.ended;
    assert.deepEqual([code, stdout], [9, "got\n"]);
  });
}

Deno.test("a client that a signal ends, ends the wrapper by the same signal", async () => {
  await using home = await homeWithOne();
  const client = clientOf(home, "kill -KILL $$");
  const run = await startProgram(installIde(home), [client, "-p", "hi"], { home }).ended;
  assert.equal(run.signal, "SIGKILL");
});

Deno.test("a wrapper as the client is refused in one line, not started forever", async () => {
  await using home = await homeWithOne();
  const ide = installIde(home);
  const run = await startProgram(ide, [ide, "-p", "hi"], { home }).ended;
  assert.equal(run.code, 5);
  assert.match(
    run.stderr,
    /^claude-multi: [^\n]* is not the official claude[^\n]*\ntry: [^\n]*\n$/,
  );
});

Deno.test("--version and -v print what the client prints, without an account and without files", async () => {
  await using home = await TempHome.create();
  const claude = installFakeClaude(home);
  for (const flag of ["--version", "-v"]) {
    const run = await startProgram(installIde(home), [flag], { home }).ended;
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stdout, /\(Claude Code\)/);
  }
  assert.deepEqual(claude.launches().map(({ argv }) => argv), [["--version"], ["-v"]]);
  assert.deepEqual([...Deno.readDirSync(home.multi)].map(({ name }) => name), ["bin"]);
});
