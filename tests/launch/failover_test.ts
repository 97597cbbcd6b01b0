// Tests of run --failover: a printed answer that ends at a limit is asked for once more elsewhere.
import assert from "node:assert/strict";
import { runMulti } from "../helpers/binaries.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { TempHome } from "../helpers/temp_home.ts";

async function stage(
  accounts: Array<Record<string, unknown> & { name: string }>,
  limited: string[],
) {
  const home = await TempHome.create();
  home.writeConfig({ accounts });
  accounts.forEach(({ name }, index) => {
    home.seedAccount(name);
    home.seedCachedUsage(name, { fiveHour: 10 * index, sevenDay: 0 });
  });
  const claude = installFakeClaude(home);
  const resetsAtMs = Math.ceil(Date.now() / 1000) * 1000 + 3_600_000;
  const limit = { window: "five_hour" as const, resetsAtMs };
  claude.order({ accounts: Object.fromEntries(limited.map((name) => [name, { limit }])) });
  return { home, claude };
}

const ARGS = ["run", "--failover", "--", "-p", "hello there"];

Deno.test("failover: only the answer of the second account is printed, and the rows are linked", async () => {
  const { home, claude } = await stage([{ name: "a" }, { name: "b" }], ["a"]);
  await using _home = home;
  const result = await runMulti(ARGS, { home });
  assert.equal(result.code, 0, result.stderr);
  assert.match(result.stdout, /hello there/);
  assert.doesNotMatch(result.stdout, /limit/);
  assert.match(result.stderr, /"a" met its limit; asking again on "b"/);
  assert.deepEqual(claude.launches().map((launch) => launch.login), ["a", "b"]);
  const { stdout } = await runMulti(["sessions", "--json"], { home });
  const { sessions } = JSON.parse(stdout) as { sessions: Array<{ handedFrom: number | null }> };
  assert.deepEqual(sessions.map((session) => session.handedFrom), [1, null]);
});

Deno.test("failover: what is piped in reaches both", async () => {
  const { home, claude } = await stage([{ name: "a" }, { name: "b" }], ["a"]);
  await using _home = home;
  const result = await runMulti(["run", "--failover", "--", "-p"], { home, stdin: "piped words" });
  assert.equal(result.code, 0, result.stderr);
  assert.match(result.stdout, /piped words/);
  assert.equal(claude.launches().length, 2);
});

Deno.test("failover: it is tried once, and the second refusal is printed with its exit code", async () => {
  const { home, claude } = await stage([{ name: "a" }, { name: "b" }, { name: "c" }], ["a", "b"]);
  await using _home = home;
  const result = await runMulti(ARGS, { home });
  assert.equal(result.code, 1);
  assert.match(result.stdout, /limit/);
  assert.equal(claude.launches().length, 2);
});

Deno.test("failover: without an account that has room, or across a group, claude's words are printed", async () => {
  const walled = await stage([{ name: "a", group: "office" }, { name: "b" }], ["a"]);
  await using _walled = walled.home;
  const result = await runMulti(ARGS, { home: walled.home });
  assert.equal(result.code, 1);
  assert.match(result.stdout, /limit/);
  assert.match(
    result.stderr,
    /not asked again elsewhere: this conversation belongs to the group "office"/,
  );
  assert.equal(walled.claude.launches().length, 1);
});

Deno.test("failover: an output that streams is passed on at once and not asked for again", async () => {
  const { home, claude } = await stage([{ name: "a" }, { name: "b" }], ["a"]);
  await using _home = home;
  const args = [
    "run",
    "--failover",
    "--",
    "-p",
    "x",
    "--output-format",
    "stream-json",
    "--verbose",
  ];
  const result = await runMulti(args, { home });
  assert.equal(result.code, 1);
  assert.match(result.stderr, /its output streams and cannot be taken back/);
  assert.equal(claude.launches().length, 1);
});

for (const [how, order] of [["text", "echo garbage"], ["nothing", "printf ''"]] as const) {
  Deno.test(`a ledger that ${how} overwrites meanwhile changes nothing of the outcome`, async () => {
    const { home } = await stage([{ name: "a" }, { name: "b" }], []);
    await using _home = home;
    const claude = (end: string) =>
      Deno.writeTextFile(`${home.bin}/claude`, `#!/bin/sh\n${end}\n`, { mode: 0o755 });
    for (const args of [ARGS, ["run", "--", "-p", "x"], ["run"]]) {
      for (
        const [end, code, signal] of [["exit 0", 0], ["exit 7", 7], ["kill -9 $$", 137, "SIGKILL"]]
      ) {
        await claude("exit 0");
        // A ledger of its own run is wholly in memory yet.
        await runMulti(["run", "--", "-p", "x"], { home });
        await claude(`${order} >"${home.multi}/ledger.db"\necho the answer\n${end}`);
        const result = await runMulti(args, { home });
        assert.deepEqual(
          [result.stdout, result.code, result.signal],
          ["the answer\n", code, signal ?? null],
          `${args.join(" ")}: ${end}: ${result.stderr}`,
        );
        const said = result.stderr.trim().split("\n").filter((line) => !/set aside/.test(line));
        assert.deepEqual(said.length, 1, result.stderr);
        assert.match(said[0] ?? "", /^claude-multi: cannot use the ledger: database disk image/);
      }
    }
  });
}

Deno.test("without --failover a limit ends -p as claude ends", async () => {
  const { home, claude } = await stage([{ name: "a" }, { name: "b" }], ["a"]);
  await using _home = home;
  const result = await runMulti(["run", "--", "-p", "x"], { home });
  assert.equal(result.code, 1);
  assert.match(result.stdout, /limit/);
  assert.equal(claude.launches().length, 1);
});

Deno.test("failover: a background process that claude leaves behind does not hold the answer", async () => {
  const { home } = await stage([{ name: "a" }, { name: "b" }], []);
  await using _home = home;
  const body =
    "#!/bin/sh\nsleep 20 2>/dev/null &\nhead -c 3000000 /dev/zero | tr '\\0' x\necho the end\n";
  await Deno.writeTextFile(`${home.bin}/claude`, body, { mode: 0o755 });
  const startedAtMs = Date.now();
  const result = await runMulti(ARGS, { home });
  assert.equal(result.code, 0, result.stderr);
  assert.equal(result.stdout.length, 3_000_000 + "the end\n".length);
  assert.ok(result.stdout.endsWith("the end\n"));
  assert.ok(Date.now() - startedAtMs < 15_000);
});
