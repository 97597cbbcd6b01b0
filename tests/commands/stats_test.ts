// Tests of `stats`: golden pages of a made-up year, its JSON and CSV, what it refuses.
import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import type { Summary } from "../../lib/history/summary.ts";
import { cellWidth } from "../../lib/text/cells.ts";
import type { FakeContext, FakeContextOptions } from "../helpers/context.ts";
import { fakeContext } from "../helpers/context.ts";
import { goldenFile } from "../helpers/golden.ts";
import { FOLDERS } from "../helpers/past_work.ts";
import { runInUtc } from "../helpers/run_in_utc.ts";

const YEAR = { days: 365, accounts: ["work", "home", "spare"], seed: 7 };

/** Runs `claude-multi stats ARGS` in a context with a made-up year. */
function stats(
  args: string[],
  options: FakeContextOptions = {},
): Promise<FakeContext["terminal"]> {
  const context = fakeContext({ columns: 80, past: YEAR, ...options });
  return runInUtc(context, ["stats", ...args]);
}

async function json(args: string[]): Promise<Summary> {
  return JSON.parse((await stats([...args, "--json"])).stdout) as Summary;
}

const PAGES: ReadonlyArray<readonly [string, string[]]> = [
  ["quarter", []],
  ["year", ["--days", "365"]],
  ["account", ["--account", "home", "--days", "60"]],
  ["project", ["--project", "/home/ann/src"]],
];
for (const [name, args] of PAGES) {
  Deno.test(`the page "${name}" fits 80 columns, and colours change nothing but colours`, async () => {
    const { stdout } = await stats(args);
    goldenFile(`tests/commands/golden/stats-${name}.txt`, stdout.trimEnd());
    for (const line of stdout.split("\n")) assert.ok(cellWidth(line) <= 80, line);
    const colored = await stats(args, { color: true });
    assert.notEqual(colored.stdout, stdout);
    assert.equal(stripVTControlCharacters(colored.stdout), stdout);
  });
}

Deno.test("a narrow terminal gets a narrow page, and many accounts get several blocks of bars", async () => {
  const accounts = ["work", "home", "spare", "lab", "four"];
  const past = { days: 60, accounts, seed: 1, sittings: 12 };
  for (const [columns, blocks] of [[40, 5], [50, 3], [60, 2]] as const) {
    const { stdout } = await stats([], { past, columns });
    for (const line of stdout.split("\n")) assert.ok(cellWidth(line) <= columns, line);
    assert.equal(stdout.match(/^7d used /gm)?.length, blocks);
    assert.doesNotMatch(stdout, /\d…|no d?…/, "figures are whole");
  }
});

Deno.test("JSON has the sums of its parts", async () => {
  const found = await json(["--days", "365"]);
  const sum = (key: "sessions" | "limits" | "moves" | "tokensIn") =>
    found.accounts.reduce((all, one) => all + (one[key] ?? 0), 0);
  for (const key of ["sessions", "limits", "moves", "tokensIn"] as const) {
    assert.equal(found.total[key], sum(key), key);
    assert.ok(sum(key) > 0, key);
  }
  assert.equal(
    found.projects.reduce((all, one) => all + one.sessions, 0),
    found.total.sessions,
  );
  assert.ok((found.total.busyHours ?? 0) < found.total.sessionHours);
  assert.deepEqual(found.minutesByHour?.map((row) => row.length), new Array(7).fill(24));
  const weeks = found.accounts.flatMap((one) =>
    one.weeks.filter(({ state }) => state === "ended" || state === "idle")
  );
  assert.equal(found.weeksEnded, weeks.length);
});

Deno.test("an account or a project limits every figure", async () => {
  const all = await json([]);
  const home = await json(["--account", "home"]);
  assert.deepEqual(home.accounts, all.accounts.filter(({ account }) => account === "home"));
  assert.equal(home.total.sessions, home.accounts[0]?.sessions);
  const project = await json(["--project", "../src"]);
  assert.deepEqual(
    project.projects.map((one) => one.project).sort(),
    FOLDERS.filter((folder) => folder.startsWith("/home/ann/src/")).sort(),
  );
  assert.equal(project.minutesByHour, null);
  assert.equal((await json(["--project", "/home/ann/s"])).projects.length, 0);
  assert.ok((await json(["--project", "/"])).projects.length >= project.projects.length);
});

Deno.test("CSV has a line for each day and account, and quotes what needs it", async () => {
  const days = (await stats(["--days", "30", "--csv"])).stdout.trimEnd().split("\n");
  assert.match(days[0] ?? "", /^date,account,sessions,.*,tokens_in,tokens_out$/);
  assert.match(days[1] ?? "", /^2026-10-\d\d,\w+,\d+,/);
  const folders = (await stats(["--project", "/home/ann/src", "--csv"])).stdout;
  assert.match(folders, /,"\/home\/ann\/src\/<script>alert\(""1""\)<\/script>",\d/);
  assert.match(folders, /,"\/home\/ann\/src\/a&b,'c'",\d/);
});

Deno.test("an empty time says so, and wrong options are refused", async () => {
  const past = { ...YEAR, days: 0 };
  const { stdout, stderr } = await stats([], { past });
  assert.deepEqual([stdout, stderr], [
    "",
    "claude-multi: nothing is known of that time: there is something to show once cl has run\n",
  ]);
  for (const days of ["1", "365"]) {
    assert.equal(
      (await stats(["--days", days, "--project", "/nowhere"])).stderr,
      `claude-multi: no session in /nowhere in ${
        days === "1" ? "a year" : "that time"
      }: there is no such folder\n`,
    );
  }
  assert.equal(JSON.parse((await stats(["--json"], { past })).stdout).since, null);
  await assert.rejects(stats(["--account", "wrk"], { past }), /unknown account "wrk"/);
  await assert.rejects(stats(["--days", "0"]), /invalid value "0" for --days/);
  await assert.rejects(stats(["--json", "--csv"]), /--json or --csv, not both/);
});
