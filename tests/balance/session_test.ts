// Tests of what a session is: whether it still runs, and what an id of the client looks like.
import assert from "node:assert/strict";
import type { ProcessFacts, Session } from "../../lib/balance/session.ts";
import { isClientSessionId, isRunning } from "../../lib/balance/session.ts";

const LAUNCHER = 10;
const CLIENT = 20;

interface Case {
  name: string;
  session: Partial<Session>;
  live: Array<[pid: number, start: string | null]>;
  runs: boolean;
}

const CASES: readonly Case[] = [
  {
    name: "before the client starts, the launcher counts",
    session: {},
    live: [[10, "1"]],
    runs: true,
  },
  {
    name: "before the client starts, without its launcher",
    session: {},
    live: [[20, "1"]],
    runs: false,
  },
  {
    name: "once the client runs, the launcher does not count",
    session: { pid: CLIENT, processStart: "5" },
    live: [[LAUNCHER, "5"]],
    runs: false,
  },
  {
    name: "the client with the start it was given",
    session: { pid: CLIENT, processStart: "5" },
    live: [[CLIENT, "5"]],
    runs: true,
  },
  {
    name: "another process with the client's number",
    session: { pid: CLIENT, processStart: "5" },
    live: [[CLIENT, "6"]],
    runs: false,
  },
  {
    name: "a process whose start nobody can read",
    session: { pid: CLIENT, processStart: "5" },
    live: [[CLIENT, null]],
    runs: true,
  },
  {
    name: "a client whose start was never read",
    session: { pid: CLIENT, processStart: null },
    live: [[CLIENT, "6"]],
    runs: true,
  },
  { name: "nothing is alive", session: { pid: CLIENT }, live: [], runs: false },
];

for (const { name, session, live, runs } of CASES) {
  Deno.test(`${runs ? "running" : "not running"}: ${name}`, () => {
    const row = { launcherPid: LAUNCHER, pid: null, processStart: null, ...session } as Session;
    const facts = new Map<number, ProcessFacts>(live.map(([pid, start]) => [pid, { start }]));
    assert.equal(isRunning(row, facts), runs);
  });
}

Deno.test("an id of the client is a UUID in small letters, and nothing around it", () => {
  const id = "11111111-2222-4333-8444-55555555555f";
  assert.equal(isClientSessionId(id), true);
  const others = [
    `${id}0`,
    ` ${id}`,
    id.toUpperCase(),
    id.slice(1),
    "../x",
    "",
    5,
    null,
    undefined,
  ];
  for (const other of others) assert.equal(isClientSessionId(other), false, String(other));
});
