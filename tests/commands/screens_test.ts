// Tests of what pick, why, list, status and doctor show to a person: short, and percent used.
import assert from "node:assert/strict";
import { refuseWhileRunning } from "../../lib/accounts/removal.ts";
import { parseRequest } from "../../lib/cli/parse.ts";
import { COMMANDS } from "../../lib/commands/mod.ts";
import type { FakeContext } from "../helpers/context.ts";
import { fakeContext, START_MS } from "../helpers/context.ts";

const HOUR_MS = 3_600_000;

/** A context with accounts that have used these percentages of 5h and 7d; null: nothing is known. */
function contextWith(
  used: Record<string, readonly [five: number, seven: number] | null>,
  config: Record<string, unknown> = {},
  columns = 120,
): FakeContext {
  const context = fakeContext({
    columns,
    config: { accounts: Object.keys(used).map((name) => ({ name })), ...config },
    logins: Object.fromEntries(Object.keys(used).map((name) => [name, {}])),
  });
  for (const [account, percents] of Object.entries(used)) {
    if (percents === null) continue;
    context.ledger().addReadings(
      (["five_hour", "seven_day"] as const).map((window, index) => ({
        account,
        window,
        model: null,
        identity: null,
        percentUsed: percents[index] ?? 0,
        resetsAtMs: START_MS + (index === 0 ? 2 : 84) * HOUR_MS,
        measuredAtMs: START_MS,
        source: "statusline" as const,
      })),
    );
  }
  return context;
}

async function shown(context: FakeContext, line: string): Promise<string> {
  const request = parseRequest(line.split(" "), COMMANDS);
  assert.equal(request.kind, "run");
  if (request.kind === "run") await request.command.run(context, request.input);
  return context.terminal.stdout.trimEnd();
}

/** Starts a session on an account, chosen by weighted as `pick` would. */
async function started(context: FakeContext, line = "run"): Promise<void> {
  await shown(context, line);
  context.terminal.stdout = "";
}

Deno.test("pick says in two lines what decided and by which formula", async () => {
  const text = await shown(contextWith({ work: [40, 10], home: [60, 10] }), "pick");
  const [, below] = text.split("\n\n");
  assert.deepEqual(below?.split("\n"), [
    "cl takes work: home is 14 points behind; with 20 % less of its 5h used it would be first",
    "weighted: the least used now: 100 − 0.7 × 5h used − 0.3 × 7d used − 2 per running session",
  ]);
});

Deno.test("pick never asks for less than nothing used, and names unknown windows in a line of their own", async () => {
  const context = contextWith({ work: [0, 0], home: null });
  const ranked = contextWith({ work: [0, 10], home: [3, 20] });
  assert.match(await shown(ranked, "pick"), /cl takes work: home is 5\.1 points behind\n/);
  assert.doesNotMatch(ranked.terminal.stdout, /would be first| left /);
  const text = await shown(context, "pick --policy paced");
  assert.match(text, /^ *account +score .*5h lasts +pace of 7d +starts +state$/m);
  assert.match(text, /^→ home +222\.0 +\? +\? +≥3h +0 % behind +5h \+50, 7d \+100 +open$/m);
  assert.match(text, /\n\?: unknown, counts as unused$/);
});

Deno.test("why shows the terms of each score as columns, and what else counts below the row", async () => {
  const context = contextWith({ work: [40, 10], home: [60, 10], spare: [100, 50], new: null });
  await started(context);
  const [head, table] = (await shown(context, "why")).split("\n\n");
  assert.match(head ?? "", /took new at .* by weighted: the least used now: 100 − 0\.7 × 5h used/);
  assert.deepEqual(table?.split("\n").map((line) => line.trimEnd()), [
    "account    score  5h used  7d used",
    "→ new      100.0        ?        ?",
    "  work      69.0     40 %     10 %",
    "  home      55.0     60 %     10 %",
    "  spare        –    100 %     50 %",
    "  5h at 100 %, reserve 100 %, read 0s ago by the status line, resets in 2h",
    "?: unknown, counts as unused",
  ]);
});

Deno.test("the score of a limited account isn't shown to people; JSON keeps it", async () => {
  const context = contextWith({ work: [100, 50], home: [10, 10] });
  assert.match(await shown(context, "status"), /^work .* – +limited until/m);
  context.terminal.stdout = "";
  assert.match(await shown(context, "pick --json"), /"name":"work","score":-85,"limited":true/);
});

Deno.test("list, status and pick show groups where there are any; list and status show pins", async () => {
  const accounts = [{ name: "work", group: "office" }, { name: "home" }];
  const pins = [{ path: "/home/ann/job", group: "office" }, { path: "/srv/x", account: "home" }];
  const pinned = 'pinned: ~/job to the group "office", /srv/x to home';
  const groups = [["list", / +office +/], ["status", / · group office/], [
    "pick",
    /^account +group +score [^]*^→ work +office +\d/m,
  ]] as const;
  for (const [line, group] of groups) {
    const none = await shown(contextWith({ work: [1, 1], home: [1, 1] }), line);
    assert.doesNotMatch(none, /group|pinned/);
    const text = await shown(contextWith({ work: [1, 1], home: [1, 1] }, { accounts, pins }), line);
    assert.match(text, group);
    assert.equal(text.includes(pinned), line !== "pick", text);
  }
});

Deno.test("pick says whether the folder or the group keeps an account out", async () => {
  const accounts = [{ name: "work", group: "office" }, { name: "home" }];
  const pins = [{ path: "/home/ann/project", account: "work" }];
  const text = await shown(contextWith({ work: [1, 1], home: [1, 1] }, { accounts, pins }), "pick");
  assert.match(text, /home .*not for this folder/);
  assert.match(text, /\ncl takes work: the only one to choose from\n/);
});

Deno.test("every account that is busy is named at once, with the folders of its sessions", () => {
  const context = contextWith({ work: [1, 1], home: [1, 1], spare: [1, 1] });
  for (
    const [account, cwd] of [["work", "/home/ann/project"], ["spare", "/srv/x\x1b[2J"]] as const
  ) {
    context.ledger().startSession(
      {
        account,
        launcherPid: context.processes.ownPid,
        cwd,
        startedAtMs: START_MS,
        handedFrom: null,
      },
      { chosenAtMs: START_MS, policy: "weighted", account, forced: false, ranked: [] },
    );
  }
  const { accounts } = context.configFile.read();
  assert.throws(
    () =>
      refuseWhileRunning(context, { accounts, what: "uninstall", again: "claude-multi uninstall" }),
    {
      message:
        'cannot uninstall while claude is running on "work" (session in ~/project, process 1000) and "spare" (session in /srv/x\ufffd[2J, process 1000); leave claude there first',
      hint: "claude-multi uninstall",
      exit: 5,
    },
  );
});

Deno.test("status cuts nothing that it says of an account: what doesn't fit continues below", async () => {
  const said = async (columns: number) => {
    const config = { accounts: [{ name: "work", plan: "max", group: "office" }] };
    const context = contextWith({ work: [100, 90] }, config, columns);
    const later = { measuredAtMs: START_MS + 1000, identity: null, source: "statusline" as const };
    context.clock.advance(2000);
    context.ledger().addReadings([
      { account: "work", window: "five_hour", model: null, percentUsed: 4, ...later },
      { account: "work", window: "seven_day", model: null, percentUsed: 5, ...later },
    ].map((one, index) => ({ ...one, resetsAtMs: START_MS + (index === 0 ? 2 : 84) * HOUR_MS })));
    return (await shown(context, "status")).split("\n").slice(2);
  };
  const fell = "fell from 100 % before its reset: limit reset or upgrade";
  const week = `7d ${fell.replace("100", "90")}`;
  const who = "  work@example.test · max · group office · read 1s ago by the status line";
  assert.deepEqual(await said(300), [`${who} · 5h ${fell} · ${week}`]);
  for (const columns of [80, 100]) {
    assert.deepEqual(await said(columns), [who, `  5h ${fell}`, `  ${week}`]);
  }
});

Deno.test("status: a line of the figures' sources breaks between the windows", async () => {
  const context = contextWith({ work: [40, 10] }, {}, 50);
  context.clock.advance(20_000);
  context.ledger().addReadings([{
    account: "work",
    window: "five_hour",
    model: null,
    identity: null,
    percentUsed: 100,
    resetsAtMs: START_MS + 2 * HOUR_MS,
    measuredAtMs: START_MS + 19_000,
    source: "limit",
  }]);
  const lines = (await shown(context, "status")).split("\n").slice(2);
  assert.deepEqual(lines, [
    "  work@example.test · max5",
    "  5h read 1s ago by a limit",
    "  7d read 20s ago by the status line",
  ]);
});

Deno.test("config set says what it means for sessions that are running, and nothing if none is", async () => {
  const said: ReadonlyArray<[line: string, note: string]> = [
    [
      "config set handoff auto",
      "sessions that are running now aren't ended at their limit; leave claude there, and the conversation continues without a question\n",
    ],
    ["config set notify bell", "this counts from the next session on\n"],
    ["config unset handoff", ""],
    ["config set handoff off", ""],
  ];
  for (const [line, note] of said) {
    const idle = contextWith({ work: [1, 1] });
    await shown(idle, line);
    assert.equal(idle.terminal.stderr, "");
    const busy = contextWith({ work: [1, 1] });
    busy.ledger().startSession(
      {
        account: "work",
        launcherPid: busy.processes.ownPid,
        cwd: "/home/ann/project",
        startedAtMs: START_MS,
        handedFrom: null,
      },
      { chosenAtMs: START_MS, policy: "weighted", account: "work", forced: false, ranked: [] },
    );
    await shown(busy, line);
    assert.equal(busy.terminal.stderr, note);
    busy.terminal.stderr = "";
    await shown(busy, "config set policy paced");
    assert.equal(busy.terminal.stderr, "", "this counts at once");
  }
});

Deno.test("statusline preview --legend says what each part means, such as +15k", async () => {
  const text = await shown(contextWith({ work: [1, 1] }), "statusline preview --legend");
  assert.match(text, /^\+15k +after in or out: the input or output since your last prompt$/m);
  assert.match(text, /^\/exit to move to personal 5h 18% +this account is limited: leave claude/m);
});

Deno.test("the very first session says how to find out what the line means, later ones don't", async () => {
  const context = contextWith({ work: [1, 1] });
  Object.defineProperty(context.terminal, "interactive", { value: true });
  await started(context);
  assert.match(context.terminal.stderr, /: claude-multi statusline preview --legend\n/);
  context.terminal.stderr = "";
  await started(context);
  assert.equal(context.terminal.stderr, "");
});

Deno.test("in a narrow terminal, status and pick show when a limit ends, not that it is one", async () => {
  const context = contextWith({ work: [100, 90], spare: [10, 10] }, {}, 40);
  for (const command of ["status", "pick"]) {
    assert.match(await shown(context, command), /work .*(?<!limited) until \d\d:\d\d$/m, command);
  }
});

Deno.test("why says that a named account isn't among those that a pin left", async () => {
  const pins = [{ path: "/home/ann/project", account: "spare" }];
  const context = contextWith({ work: [0, 0], spare: [10, 10] }, { pins });
  const session = { account: "work", launcherPid: 1, cwd: "/", startedAtMs: START_MS };
  context.ledger().startSession({ ...session, handedFrom: null }, {
    chosenAtMs: START_MS,
    policy: "weighted",
    account: "work",
    forced: true,
    ranked: [{ name: "spare", score: 90, limited: false, reasons: [] }],
  });
  assert.match(
    await shown(context, "why"),
    /took work at .*, because you named it\nwithout a name, the folder or the conversation would have left only these:\n\n/,
  );
});
