// Tests of run --failover: if a -p reply hits a limit, the request is retried once on another account.
import assert from "node:assert/strict";
import { runMulti } from "../helpers/binaries.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { TempHome } from "../helpers/temp_home.ts";
import type { Script, StageOptions } from "./stage.ts";
import { answers, FakeClient, repliesLimit, Stage } from "./stage.ts";

/** A script's launch with words for a printed reply. */
async function printed(options: StageOptions, words = ["--failover", "--", "-p", "hello there"]) {
  const stage = new Stage({ interactive: false, ...options });
  return { stage, ended: await stage.run(words) };
}

Deno.test("failover: only the second account's reply is printed, and the rows are linked", async () => {
  const { stage, ended } = await printed({ clients: [repliesLimit, answers] });
  assert.deepEqual([ended.code, ended.stdout], [0, "the answer\n"]);
  assert.equal(ended.stderr, 'claude-multi: "a" hit its limit; retrying on "b"\n');
  assert.deepEqual(stage.accounts, ["a", "b"]);
  const [newest, oldest] = stage.ledger.recentSessions(9);
  assert.deepEqual([newest?.handedFrom, oldest?.handedFrom], [oldest?.id, null]);
});

Deno.test("in a terminal, a -p that hits a limit without --failover ends with the line that names it", async () => {
  for (const interactive of [true, false]) {
    const options = { interactive, clients: [repliesLimit] };
    const { ended } = await printed(options, ["--", "-p", "hello there"]);
    assert.equal(ended.code, 1);
    assert.equal(
      ended.stderr,
      interactive
        ? `claude-multi: "a" hit its limit; to ask another account: claude-multi run --failover -- -p 'hello there'\n`
        : "",
    );
  }
});

Deno.test("a -p that hits a limit names --failover only if it could go to another account", async () => {
  const nowhere: StageOptions[] = [
    { accounts: [{ name: "a" }] },
    { accounts: [{ name: "a" }, { name: "b", disabled: true }] },
    { accounts: [{ name: "a", group: "office" }, { name: "b" }] },
  ];
  for (const options of nowhere) {
    const { ended } = await printed(
      { interactive: true, clients: [repliesLimit], ...options },
      ["--", "-p", "hello there"],
    );
    assert.deepEqual([ended.code, ended.stderr], [1, ""]);
  }
});

Deno.test("failover: the retry has the same arguments, except for a session id", async () => {
  const { stage } = await printed({ clients: [repliesLimit, answers] }, [
    "--failover",
    "--",
    "-p",
    "hello",
    "--session-id",
    "00000000-0000-4000-8000-000000000001",
    "--model",
    "opus",
  ]);
  assert.deepEqual(stage.plans[1]?.args.slice(2), ["-p", "hello", "--model", "opus"]);
});

Deno.test("failover: what is piped in reaches both", async () => {
  const inputs: string[] = [];
  const reads = (then: Script): Script => (client) => {
    inputs.push(new TextDecoder().decode(client.run.input ?? new Uint8Array()));
    return then(client);
  };
  const clients = [reads(repliesLimit), reads(answers)];
  const { ended } = await printed({ stdin: "piped words", clients }, ["--failover", "--", "-p"]);
  assert.equal(ended.code, 0, ended.stderr);
  assert.deepEqual(inputs, ["piped words", "piped words"]);
});

Deno.test("failover: only one retry; the second refusal is printed with its exit code", async () => {
  const { stage, ended } = await printed({
    accounts: [{ name: "a" }, { name: "b" }, { name: "c" }],
    clients: [repliesLimit, repliesLimit, answers],
  });
  assert.deepEqual([ended.code, ended.stdout], [1, "b is at its limit\n"]);
  assert.equal(stage.plans.length, 2);
});

/** Why a request can't be retried, and what is said. */
const NOWHERE: ReadonlyArray<readonly [name: string, options: StageOptions, why: string]> = [
  [
    "across a group",
    { accounts: [{ name: "a", group: "office" }, { name: "b" }] },
    'this conversation belongs to the group "office"',
  ],
  ["with one account", { accounts: [{ name: "a" }] }, "no other account is logged in and enabled"],
  [
    "with every other account limited",
    { used: { b: 100 } },
    "every other account is limited",
  ],
  [
    "with every other account of its group limited, and another one open",
    {
      accounts: [{ name: "a", group: "office" }, { name: "b", group: "office" }, { name: "c" }],
      used: { b: 100 },
    },
    'every other account that may take it is limited: this conversation belongs to the group "office"',
  ],
];
for (const [name, options, why] of NOWHERE) {
  Deno.test(`failover ${name}: claude's words are printed`, async () => {
    const { stage, ended } = await printed({ ...options, clients: [repliesLimit] });
    assert.deepEqual([ended.code, ended.stdout], [1, "a is at its limit\n"]);
    assert.equal(
      ended.stderr,
      `claude-multi: "a" hit its limit; not retried: ${why}\n`,
    );
    assert.equal(stage.plans.length, 1);
  });
}

Deno.test("failover: streamed output is passed on at once and the request is not retried", async () => {
  const seen: string[] = [];
  const streams: Script = async (client) => {
    const outcome = await repliesLimit(client);
    seen.push(client.stage.context.terminal.stdout);
    return outcome;
  };
  const words = ["--failover", "--", "-p", "x", "--output-format", "stream-json", "--verbose"];
  const { stage, ended } = await printed({ clients: [streams] }, words);
  assert.equal(ended.code, 1);
  assert.match(ended.stderr, /its output is streamed and can't be taken back/);
  assert.deepEqual(seen, ["a is at its limit\n"], "before the client has ended");
  assert.equal(ended.stdout, "a is at its limit\n");
  assert.equal(stage.plans.length, 1);
});

Deno.test("failover: a reply that succeeds is printed, and nothing is said", async () => {
  const { ended } = await printed({ clients: [answers] });
  assert.deepEqual(ended, { code: 0, error: null, stdout: "the answer\n", stderr: "" });
});

Deno.test("failover: if the second client can't be started, the first one's words are printed", async () => {
  const stage = new Stage({ interactive: false });
  const { processes } = stage.context;
  processes.programs.push(async (run) => {
    const outcome = await repliesLimit(new FakeClient(stage, run));
    processes.launch = () => {
      throw new Error("no memory");
    };
    return outcome ?? { code: 1, signal: null };
  });
  const ended = await stage.run(["--failover", "--", "-p", "x"]);
  assert.deepEqual([ended.code, ended.stdout], [1, "a is at its limit\n"]);
  assert.match(ended.stderr, /not retried: cannot start .*: no memory\n$/);
});

Deno.test("without --failover a limit ends -p as claude ends", async () => {
  const { stage, ended } = await printed({ clients: [repliesLimit] }, ["--", "-p", "x"]);
  assert.deepEqual(ended, { code: 1, error: null, stdout: "a is at its limit\n", stderr: "" });
  assert.equal(stage.plans.length, 1);
});

/** A home with accounts whose turns are refused if they are limited. */
async function homeWith(accounts: string[], limited: string[]) {
  const home = await TempHome.create();
  home.writeConfig({ accounts: accounts.map((name) => ({ name })) });
  accounts.forEach((name, index) => {
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

Deno.test("failover of the program: through pipes, the first reply is held back and the input is passed on twice", async () => {
  const { home, claude } = await homeWith(["a", "b"], ["a"]);
  await using _home = home;
  const result = await runMulti(["run", "--failover", "--", "-p"], { home, stdin: "piped words" });
  assert.equal(result.code, 0, result.stderr);
  assert.match(result.stdout, /piped words/);
  assert.doesNotMatch(result.stdout, /limit/);
  assert.match(result.stderr, /"a" hit its limit; retrying on "b"/);
  assert.deepEqual(claude.launches().map((launch) => launch.login), ["a", "b"]);
});

for (const [how, order] of [["text", "echo garbage"], ["nothing", "printf ''"]] as const) {
  Deno.test(`a ledger that ${how} overwrites in the meantime does not change the outcome`, async () => {
    const { home } = await homeWith(["a", "b"], []);
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

Deno.test("failover: a background process that claude leaves behind does not delay the reply", async () => {
  const { home } = await homeWith(["a", "b"], []);
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
