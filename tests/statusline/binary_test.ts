// Tests of the built status line as the client runs it: one line and exit 0, whatever happens.
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { binary, runMulti, runStatusline, startProgram } from "../helpers/binaries.ts";
import { fakeIdentity } from "../helpers/identity.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { accountHome, draw, explain, payload, readings } from "./drawn.ts";
import { callLine, promptLine } from "./lines.ts";
import { oracleTotals } from "./oracle.ts";

Deno.test("the line shows account, model, context, tokens and limits", async () => {
  const made = await accountHome();
  await using home = made.home;
  const line = await draw(home, { stdin: payload({ transcript_path: made.transcript }) });
  assert.equal(
    line.replace("1h59m", "2h00m").replace("3d3h", "3d4h"),
    "● work │ Haiku 4.5 │ ▏░░░░░░░ 2% 4.61k/200k │ in 1.11k +1.1k out 42 +42 │ 5h 42% 2h00m │ 7d 17% 3d4h",
  );
});

Deno.test("every input gives a line", async () => {
  const made = await accountHome();
  await using home = made.home;
  const whole = JSON.parse(payload()) as Record<string, unknown>;
  const random = new TextDecoder("latin1").decode(crypto.getRandomValues(new Uint8Array(4000)));
  const inputs = [
    "",
    "\n",
    "not json",
    "{}",
    "[]",
    "null",
    '"text"',
    "{".repeat(5000),
    payload().slice(0, 300),
    random,
    ...Object.keys(whole).flatMap((key) =>
      [null, undefined, -1, 1e308, [], {}, "\u001b[31m\u0007", true].map((value) =>
        JSON.stringify({ ...whole, [key]: value })
      )
    ).filter((_, index) => index % 5 === 0),
    payload({ model: { display_name: "\u001b]0;title\u0007\u202eevil\n\u2028" } }),
    payload({ model: { display_name: "日本語モデル👩‍💻".repeat(40) } }),
  ];
  for (const stdin of inputs) {
    for (const columns of [200, 40]) await draw(home, { stdin, columns });
  }
});

Deno.test("every kind of transcript gives a line", async () => {
  const made = await accountHome();
  await using home = made.home;
  const folder = home.project;
  const pipe = `${folder}/pipe.jsonl`;
  assert.ok(new Deno.Command("mkfifo", { args: [pipe] }).outputSync().success);
  const bytes = `${folder}/bytes.jsonl`;
  Deno.writeFileSync(bytes, crypto.getRandomValues(new Uint8Array(60_000)));
  const loop = `${folder}/loop.jsonl`;
  Deno.symlinkSync(loop, loop);
  const secret = `${folder}/secret.jsonl`;
  Deno.writeTextFileSync(secret, callLine(), { mode: 0o000 });
  const paths = [
    "/nowhere/x.jsonl",
    folder,
    pipe,
    bytes,
    loop,
    secret,
    "/dev/zero",
    "/proc/self/mem",
    `${made.transcript}/below`,
    `/${"x".repeat(5000)}`,
  ];
  for (const transcript_path of paths) {
    const line = await draw(home, { stdin: payload({ transcript_path }) });
    assert.match(line, /5h 42%/, transcript_path);
  }
});

Deno.test("every state of the home gives a line", async () => {
  const made = await accountHome();
  await using home = made.home;
  const stdin = payload({ transcript_path: made.transcript });
  const environment = { CLAUDE_CONFIG_DIR: made.dir };
  const works = async (env: Record<string, string> = {}): Promise<void> => {
    const line = await draw(home, { stdin, env: { ...environment, ...env } });
    assert.match(line, /out 42/);
  };
  const ledger = `${home.multi}/ledger.db`;
  for (const text of ["", "{", "[1]", "\0\0", '{"statusline":{"segments":"x","barWidth":-1}}']) {
    home.writeConfig(text);
    await works();
  }
  await works({ CLAUDE_MULTI_HOME: "/proc/nowhere" });
  await works({ CLAUDE_MULTI_HOME: "relative" });
  await works({ CLAUDE_MULTI_HOME: `${home.multi}/config.json` });
  const holder = new DatabaseSync(ledger);
  holder.exec("BEGIN EXCLUSIVE");
  await works();
  holder.close();
  Deno.writeFileSync(ledger, crypto.getRandomValues(new Uint8Array(9000)));
  for (const suffix of ["-wal", "-shm"]) {
    try {
      Deno.removeSync(ledger + suffix);
    } catch { /* not there */ }
  }
  await works();
  Deno.removeSync(ledger);
  Deno.mkdirSync(ledger);
  await works();
  Deno.removeSync(ledger);
  Deno.chmodSync(home.multi, 0o500);
  await works();
  Deno.chmodSync(home.multi, 0o700);
});

Deno.test("without HOME, in an empty environment, there is still a line", async () => {
  await using home = await TempHome.create();
  for (const onlyEnv of [{}, { HOME: "" }, { HOME: "not/absolute" }]) {
    const result = await runStatusline([], { home, stdin: payload(), onlyEnv });
    assert.equal(result.code, 0);
    assert.match(result.stdout, /Haiku 4\.5/);
  }
});

Deno.test("NO_COLOR and TERM=dumb remove every escape", async () => {
  await using home = await TempHome.create();
  for (const env of [{ NO_COLOR: "1" }, { TERM: "dumb" }]) {
    const { stdout } = await runStatusline([], { home, stdin: payload(), env });
    assert.ok(!stdout.includes("\x1b"));
  }
});

Deno.test("auto follows the client's theme: light if that is a light one, otherwise dark", async () => {
  const made = await accountHome();
  await using home = made.home;
  const run = async (): Promise<string> =>
    (await runStatusline([], {
      home,
      stdin: payload(),
      env: { COLORTERM: "truecolor", CLAUDE_CONFIG_DIR: made.dir },
    })).stdout;
  const dark = await run();
  Deno.writeTextFileSync(`${made.dir}/settings.json`, '{ "theme": "light-daltonized" }');
  const light = await run();
  assert.notEqual(dark, light);
  home.writeConfig({ accounts: [{ name: "work" }], statusline: { theme: "dark" } });
  assert.equal(await run(), dark);
});

Deno.test("--explain has its keys, and exact totals from call to call", async () => {
  const made = await accountHome();
  await using home = made.home;
  const stdin = payload({ transcript_path: made.transcript });
  const subagent = `${made.dir}/projects/p/session/subagents/agent-a1.jsonl`;
  for (let turn = 0; turn < 4; turn++) {
    Deno.writeTextFileSync(
      made.transcript,
      promptLine(`turn ${turn}`, { at: `2026-11-23T07:0${turn}:00.000Z` }) +
        callLine({ id: `m${turn % 3}`, output: 10 + turn }),
      { append: true },
    );
    Deno.writeTextFileSync(
      subagent,
      callLine({ id: `s${turn}`, output: 3, at: `2026-11-23T07:0${turn}:05.000Z` }),
      { append: true },
    );
    const explained = await explain(home, stdin);
    const expected = oracleTotals(
      Deno.readFileSync(made.transcript),
      new Map([["agent-a1.jsonl", Deno.readFileSync(subagent)]]),
    );
    assert.deepEqual(Object.keys(explained), [
      "version",
      "account",
      "tokens",
      "turn",
      "files",
      "elapsedMs",
    ]);
    assert.deepEqual(explained.tokens, {
      ...expected.all,
      complete: true,
      subagents: expected.subagents,
    });
    assert.deepEqual(explained.turn, expected.turn);
    assert.deepEqual([explained.version, explained.account], [1, "work"]);
    assert.deepEqual(
      explained.files.map((file) => [file.path, file.bytes, file.offset]),
      [made.transcript, subagent].map((path) => {
        const { size } = Deno.statSync(path);
        return [path, size, size];
      }),
    );
  }
});

Deno.test("a transcript that moves, shrinks or is rewritten is counted as it is", async () => {
  const made = await accountHome();
  await using home = made.home;
  const { transcript } = made;
  const lines = Array.from({ length: 50 }, (_, i) => callLine({ id: `m${i}`, output: 1 }));
  const output = async (path: string): Promise<number> =>
    (await explain(home, payload({ transcript_path: path }))).tokens.output;
  Deno.writeTextFileSync(transcript, lines.join(""));
  assert.equal(await output(transcript), 50);
  Deno.writeTextFileSync(transcript, lines.slice(0, 20).join(""));
  assert.equal(await output(transcript), 20);
  Deno.writeTextFileSync(
    transcript,
    lines.join("").replaceAll('"output_tokens":1', '"output_tokens":2'),
  );
  assert.equal(await output(transcript), 100);
  Deno.writeTextFileSync(`${transcript}.new`, lines.join("") + lines.join(""));
  Deno.renameSync(`${transcript}.new`, transcript);
  assert.equal(await output(transcript), 50);
  const moved = `${made.dir}/projects/other/session.jsonl`;
  Deno.mkdirSync(`${made.dir}/projects/other`);
  Deno.renameSync(transcript, moved);
  assert.equal(await output(moved), 50);
  Deno.writeTextFileSync(moved, callLine({ id: "new", output: 5 }).trimEnd(), { append: true });
  assert.equal(await output(moved), 50);
  Deno.writeTextFileSync(moved, "\n", { append: true });
  assert.equal(await output(moved), 55);
});

Deno.test("the totals stay right if the program is killed at any moment or run twice at the same time", async () => {
  const made = await accountHome();
  await using home = made.home;
  const stdin = payload({ transcript_path: made.transcript });
  for (let round = 0; round < 12; round++) {
    Deno.writeTextFileSync(
      made.transcript,
      callLine({ id: `k${round}`, output: 1, content: ["x".repeat(200_000)] }),
      { append: true },
    );
    const options = { home, stdin };
    const killed = startProgram(binary("claude-multi-statusline"), [], options);
    const others = [1, 2].map(() =>
      startProgram(binary("claude-multi-statusline"), [], options).ended
    );
    await new Promise((resolve) => setTimeout(resolve, 5 * round));
    try {
      killed.kill("SIGTERM");
    } catch {
      // It had already ended.
    }
    await killed.ended;
    for (const result of await Promise.all(others)) {
      assert.equal(result.code, 0);
      assert.match(result.stdout, new RegExp(`out .*${43 + round}`));
    }
  }
  const explained = await explain(home, stdin);
  assert.deepEqual([explained.tokens.apiCalls, explained.tokens.output], [13, 54]);
});

Deno.test("readings are recorded once, however the program is run", async () => {
  const made = await accountHome();
  await using home = made.home;
  const at = Math.floor(Date.now() / 1000) + 7200;
  const limits = (percent: number): string =>
    payload({
      transcript_path: made.transcript,
      rate_limits: { five_hour: { used_percentage: percent, resets_at: at } },
    });
  const recorded = await runStatusline(["--record"], { home, stdin: limits(42.4) });
  assert.deepEqual(recorded, { code: 0, signal: null, stdout: "", stderr: "" });
  const row = (percent_used: number): Record<string, unknown> => ({
    account: "work",
    window: "five_hour",
    percent_used,
  });
  assert.deepEqual(readings(home), [row(42.4)]);
  await draw(home, { stdin: limits(42.4) });
  assert.deepEqual(readings(home), [row(42.4)]);
  await draw(home, { stdin: limits(45) });
  await draw(home, { stdin: limits(41) });
  assert.deepEqual(readings(home), [row(42.4), row(45), row(41)]);
});

Deno.test("what a payload doesn't say comes from the ledger, and is marked", async () => {
  const made = await accountHome();
  await using home = made.home;
  await draw(home, { stdin: payload({ transcript_path: made.transcript }) });
  const line = await draw(home, {
    stdin: payload({ transcript_path: made.transcript, rate_limits: undefined }),
  });
  assert.match(line, /5h ~42% (2h00m|1h59m) │ 7d ~17%/);
});

Deno.test("a reset in the year 2100 is ignored, and real readings count", async () => {
  const made = await accountHome();
  await using home = made.home;
  const limits = (percent: number, at: number): string =>
    payload({
      transcript_path: made.transcript,
      rate_limits: { five_hour: { used_percentage: percent, resets_at: at } },
    });
  await draw(home, { stdin: limits(7, Math.floor(Date.now() / 1000) + 7200) });
  const line = await draw(home, { stdin: limits(100, 4_102_444_800) });
  assert.match(line, /5h ~7%/);
  assert.deepEqual(readings(home).map((row) => row["percent_used"]), [7]);
});

Deno.test("a window whose reset has passed isn't shown as it was, and doesn't suggest another account", async () => {
  const made = await accountHome();
  await using home = made.home;
  const seconds = Math.floor(Date.now() / 1000);
  const line = await draw(home, {
    stdin: payload({
      transcript_path: made.transcript,
      rate_limits: {
        five_hour: { used_percentage: 100, resets_at: seconds - 5 },
        seven_day: { used_percentage: 55, resets_at: seconds + 300_000 },
      },
    }),
  });
  assert.match(line, /out 42 \+42 │( 5h ~0% │)? 7d 55% 3d11h$/);
});

Deno.test("--record prints nothing, even if everything is wrong", async () => {
  await using home = await TempHome.create();
  for (const stdin of ["", "nonsense", payload()]) {
    const result = await runStatusline(["--record"], {
      home,
      stdin,
      env: { CLAUDE_MULTI_HOME: "/proc/nowhere" },
    });
    assert.deepEqual(result, { code: 0, signal: null, stdout: "", stderr: "" });
  }
});

Deno.test("--version and --help print and don't read stdin", async () => {
  await using home = await TempHome.create();
  const version = await runStatusline(["--version"], { home });
  assert.match(version.stdout, /^claude-multi-statusline \d+\.\d+\.\d+\n$/);
  const help = await runStatusline(["--help"], { home });
  for (const flag of ["--record", "--explain", "--version"]) assert.ok(help.stdout.includes(flag));
});

Deno.test("what is written is private, and only the ledger is written", async () => {
  const made = await accountHome();
  await using home = made.home;
  await draw(home, { stdin: payload({ transcript_path: made.transcript }) });
  const entries = [...Deno.readDirSync(home.multi)].map((entry) => entry.name).sort();
  assert.deepEqual(entries, [
    "config",
    "config.json",
    "ledger.db",
    "ledger.db-shm",
    "ledger.db-wal",
  ]);
  for (const name of entries.filter((name) => name.startsWith("ledger"))) {
    assert.equal((Deno.statSync(`${home.multi}/${name}`).mode ?? 0) & 0o077, 0, name);
  }
});

Deno.test("the limits of a rejected answer lead to an account with room", async () => {
  const made = await accountHome();
  await using home = made.home;
  const full = payload({
    transcript_path: made.transcript,
    rate_limits: {
      five_hour: { used_percentage: 100, resets_at: Math.floor(Date.now() / 1000) + 1380 },
      seven_day: { used_percentage: 55, resets_at: Math.floor(Date.now() / 1000) + 300_000 },
    },
  });
  const line = await draw(home, { stdin: full, env: { CLAUDE_MULTI_SESSION: "7" } });
  assert.match(line, /5h 100% 2[23]m │ 7d 55% 3d11h │ \/exit to move to personal$/);
  const accounts = [{ name: "work" }, { name: "personal" }];
  home.writeConfig({ accounts, handoff: "auto" });
  const env = { CLAUDE_MULTI_SESSION: "7", CLAUDE_MULTI_HANDOFF: "auto" };
  const moving = await draw(home, { stdin: full, env });
  assert.match(moving, /│ will move to personal$/);
  home.writeConfig({ accounts, handoff: "off" });
  const alone = await draw(home, { stdin: full, env });
  assert.match(alone, /│ claude-multi resume --account personal$/);
});

Deno.test("figures are recorded with who is logged in, and don't count once the owner is back", async () => {
  await using home = await TempHome.create();
  const { accountUuid, organizationUuid, email } = fakeIdentity("work");
  const identity = { accountUuid, organizationUuid, email };
  home.writeConfig({ accounts: [{ name: "work", identity }] });
  const env = { CLAUDE_CONFIG_DIR: home.accountDir("work") };
  const line = (percent: number, session_id: string): Promise<string> => {
    const resets_at = Math.floor(Date.now() / 1000) + 7200;
    const five_hour = { used_percentage: percent, resets_at };
    const more = { session_id, transcript_path: undefined, rate_limits: { five_hour } };
    return draw(home, { stdin: payload(more), env });
  };
  home.seedAccount("work", { name: "someone" });
  assert.match(await line(95, "theirs"), /5h 95%/);
  home.seedAccount("work");
  assert.match(await line(5, "mine"), /5h 5% [^~]*$/);
  const db = new DatabaseSync(`${home.multi}/ledger.db`, { readOnly: true });
  const rows = db.prepare("SELECT identity, percent_used FROM readings").all();
  db.close();
  const keys = rows.map((row) => `${String(row["identity"])} ${String(row["percent_used"])}`);
  const someone = fakeIdentity("someone");
  assert.deepEqual(keys, [
    `${someone.accountUuid}/${someone.organizationUuid} 95`,
    `${accountUuid}/${organizationUuid} 5`,
  ]);
  const status = await runMulti(["status", "--json"], { home });
  assert.match(status.stdout, /"percentUsed":5\b/);
});
