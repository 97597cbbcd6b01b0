// Tests of `simulate`: its table, its JSON, what it refuses, and that the docs show what it prints.
import assert from "node:assert/strict";
import { parseRequest } from "../../lib/cli/parse.ts";
import { COMMANDS } from "../../lib/commands/mod.ts";
import { EXIT, UserError } from "../../lib/text/errors.ts";
import type { FakeContext } from "../helpers/context.ts";
import { fakeContext } from "../helpers/context.ts";
import { repositoryPath } from "../helpers/paths.ts";

const HOUR = 3_600_000;

/** Runs `claude-multi simulate ARGS` and returns what it printed. */
async function simulate(args: string[], context: FakeContext = fakeContext()): Promise<string> {
  const request = parseRequest(["simulate", ...args], COMMANDS);
  assert.ok(request.kind === "run");
  assert.equal(await request.command.run(context, request.input), EXIT.ok);
  return context.terminal.stdout;
}

/** A context with two accounts and sessions that began some hours ago. */
function withSessions(sessions: Array<{ hoursAgo: number; hours: number }>): FakeContext {
  const context = fakeContext({
    config: {
      accounts: [{ name: "a" }, { name: "b" }, { name: "off", disabled: true }],
      limits: { burstHours: 4, rollingHours: 20 },
    },
  });
  const ledger = context.ledger();
  for (const { hoursAgo, hours } of sessions) {
    const startedAtMs = context.clock.nowMs() - hoursAgo * HOUR;
    const id = ledger.startSession(
      { account: "a", launcherPid: 1, cwd: "/", startedAtMs, handedFrom: null },
      { chosenAtMs: startedAtMs, policy: "weighted", account: "a", forced: false, ranked: [] },
    );
    ledger.endSession(id, {
      atMs: startedAtMs + hours * HOUR,
      how: "exit",
      code: 0,
      signal: null,
    });
  }
  return context;
}

Deno.test("prints a row for each policy, the default first, and what was replayed", async () => {
  const context = fakeContext();
  const lines = (await simulate(["--weeks", "8"], context)).trimEnd().split("\n");
  assert.match(lines[0] ?? "", /^load +policy +waited +than weighted +cost +moved/);
  assert.deepEqual(
    lines.slice(1, -3).map((line) => line.split(/ +/).slice(0, 2)),
    ["weighted", "paced", "drain", "round-robin", "random"].map((policy) => ["0.8", policy]),
  );
  assert.equal(lines.at(-2), "Averages per week: 3 accounts, 8 weeks of synthetic work, seed 1");
  assert.match(lines.at(-1) ?? "", /often exhaust every account .*, use paced/);
  assert.equal(context.ledgerOpened, false);
});

Deno.test("the same arguments print the same, another seed does not", async () => {
  const once = await simulate(["--weeks", "8"]);
  assert.equal(await simulate(["--weeks", "8", "--seed", "1"]), once);
  const other = await simulate(["--weeks", "8", "--seed", "2"]);
  assert.notEqual(other.replace("seed 2", "seed 1"), once);
});

Deno.test("a single policy is not compared", async () => {
  const lines = (await simulate(["--policy", "paced", "--weeks", "4", "--accounts", "1"]))
    .trimEnd().split("\n");
  assert.equal(lines.length, 4);
  assert.doesNotMatch(lines[0] ?? "", /than/);
  assert.match(lines[1] ?? "", /^0\.8 +paced/);
  assert.equal(lines.at(-1), "Averages per week: 1 account, 4 weeks of synthetic work, seed 1");
});

Deno.test("JSON has a version and the figures of the table", async () => {
  const args = ["--weeks", "8", "--load", "0.9", "--accounts", "2"];
  const json = JSON.parse(await simulate([...args, "--json"]));
  assert.deepEqual(
    { ...json, results: json.results.length },
    {
      version: 1,
      source: "synthetic",
      accounts: 2,
      plans: ["pro", "pro"],
      weeks: 8,
      modelShare: 0,
      seed: 1,
      results: 5,
    },
  );
  assert.deepEqual(Object.keys(json.results[1]), [
    "load",
    "policy",
    "conversationsPerWeek",
    "minutesWaitedPerWeek",
    "moreMinutesThanFirst",
    "relativeCost",
    "movedPerWeek",
    "latePercent",
    "givenUpPerWeek",
  ]);
  assert.equal(json.results[0].moreMinutesThanFirst, null);
  const row = (await simulate(args)).split("\n")[1] ?? "";
  const { minutesWaitedPerWeek, movedPerWeek, latePercent } = json.results[0];
  assert.deepEqual(row.split(/ +/).slice(2, 4), [String(Math.round(minutesWaitedPerWeek)), "min"]);
  assert.ok(Math.abs(Number(row.split(/ +/)[4]) - movedPerWeek) <= 0.06);
  assert.ok(Math.abs(Number(row.split(/ +/)[5]) - latePercent) <= 0.06);
  assert.match(
    (await simulate(args)).split("\n")[2] ?? "",
    new RegExp(` ${json.results[1].relativeCost.toFixed(2)} `),
  );
});

Deno.test("--accounts takes plans, and says which were replayed", async () => {
  const args = ["--policy", "paced", "--weeks", "4", "--accounts", "max,ultra"];
  const text = await simulate(args);
  assert.match(text, /: 2 accounts \(max, ultra\), 4 weeks of synthetic work, seed 1\n$/);
  const json = JSON.parse(await simulate([...args, "--json"]));
  assert.deepEqual([json.accounts, json.plans], [2, ["max", "ultra"]]);
});

Deno.test("--model-share puts a share of the same work on a model with its own week, and says so", async () => {
  const args = ["--policy", "weighted", "--weeks", "8"];
  const without = await simulate(args);
  assert.equal(await simulate([...args, "--model-share", "0"]), without);
  const text = await simulate([...args, "--model-share", "0.5"]);
  assert.match(text, /8 weeks of synthetic work, 50 % on a model with 50 % of the week, seed 1\n$/);
  const [before, after] = [without, text].map((one) => one.split("\n")[1]);
  assert.notEqual(after, before);
  const json = JSON.parse(await simulate([...args, "--model-share", "0.5", "--json"]));
  assert.equal(json.modelShare, 0.5);
});

Deno.test("--ledger replays the recorded sessions on the enabled accounts", async () => {
  const context = withSessions([{ hoursAgo: 336, hours: 10 }, { hoursAgo: 40, hours: 6 }]);
  const json = JSON.parse(await simulate(["--ledger", "--json"], context));
  assert.equal(json.source, "ledger");
  assert.equal(json.accounts, 2);
  assert.equal(json.weeks, 2);
  // 16 hours in two weeks, of two accounts with 20 hours a week each.
  assert.equal(json.results[0].load, 0.2);
  assert.equal(json.results[0].conversationsPerWeek, 1);
});

Deno.test("--ledger looks back as many weeks as asked, and can be scaled to loads", async () => {
  const context = withSessions([{ hoursAgo: 336, hours: 10 }, { hoursAgo: 40, hours: 6 }]);
  const text = await simulate(["--ledger", "--weeks", "1", "--load", "all"], context);
  const lines = text.trimEnd().split("\n");
  assert.equal(lines.at(-1), "Averages per week: 2 accounts, 1 week of your sessions, seed 1");
  assert.equal(lines.slice(1, -2).length, 25);
});

Deno.test("--ledger counts what ran within the weeks, even if it started before", async () => {
  const context = withSessions([
    { hoursAgo: 400, hours: 10 },
    { hoursAgo: 170, hours: 12 },
    { hoursAgo: 40, hours: 6 },
  ]);
  const json = JSON.parse(await simulate(["--ledger", "--weeks", "1", "--json"], context));
  assert.equal(json.results[0].conversationsPerWeek, 2);
  // 10 hours of the second and 6 of the third, of 40.
  assert.equal(json.results[0].load, 0.4);
});

Deno.test("--ledger without sessions says so", async () => {
  await assert.rejects(simulate(["--ledger"]), (error) => {
    assert.ok(error instanceof UserError);
    assert.match(error.message, /^no sessions in the ledger from the last 12 weeks$/);
    assert.equal(error.exit, EXIT.failed);
    assert.equal(error.hint, "claude-multi simulate");
    return true;
  });
});

Deno.test("wrong values are refused with a command that works", async () => {
  const wrong = [
    ["--policy", "greedy"],
    ["--load", "much"],
    ["--load", "0"],
    ["--load", "80%"],
    ["--load", "Infinity"],
    ["--accounts", "0"],
    ["--accounts", "2.5"],
    ["--accounts", "51"],
    ["--accounts", "prop"],
    ["--weeks", "0"],
    ["--weeks", "1e3"],
    ["--model-share", "1.1"],
    ["--model-share", "-0.1"],
    ["--model-share", "30%"],
    ["--seed", "-1"],
    ["--seed", "4294967296"],
  ];
  for (const [flag = "", value = ""] of wrong) {
    await assert.rejects(simulate([`${flag}=${value}`]), (error) => {
      assert.ok(error instanceof UserError, String(error));
      assert.equal(error.exit, EXIT.usage);
      assert.ok(error.message.includes(`"${value}"`), error.message);
      assert.ok(error.hint?.startsWith(`claude-multi simulate ${flag} `), String(error.hint));
      return true;
    });
  }
});

Deno.test("docs/policies.md shows the tables that its commands print", async () => {
  const docs = Deno.readTextFileSync(repositoryPath("docs/policies.md"));
  const shown = [...docs.matchAll(/```text\n\$ claude-multi simulate (.*)\n([^`]*)```/g)];
  assert.equal(shown.length, 5);
  for (const [, args = "", table] of shown) assert.equal(table, await simulate(args.split(" ")));
});

Deno.test("a progress bar appears if it takes long, and is gone at the end", async () => {
  for (const [stepMs, isDrawn] of [[0, false], [200, true]] as const) {
    const context = fakeContext({ interactive: true });
    const nowMs = context.clock.nowMs.bind(context.clock);
    context.clock.nowMs = () => {
      context.clock.advance(stepMs);
      return nowMs();
    };
    await simulate(["--weeks", "40", "--policy", "weighted"], context);
    const { rewritten } = context.terminal;
    assert.equal(rewritten.length > 1, isDrawn, rewritten.join("|"));
    assert.equal(rewritten.at(-1), "");
    if (isDrawn) assert.match(rewritten[0] ?? "", /^[█▏▎▍▌▋▊▉░]{20} \d+ %$/);
  }
});
