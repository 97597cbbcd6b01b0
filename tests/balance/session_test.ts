// Tests of whether a session is still running.
import assert from "node:assert/strict";
import type { ProcessFacts, Session } from "../../lib/balance/session.ts";
import { isRunning } from "../../lib/balance/session.ts";

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
    name: "once the client runs, the launcher doesn't count",
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
    name: "another process with the client's pid",
    session: { pid: CLIENT, processStart: "5" },
    live: [[CLIENT, "6"]],
    runs: false,
  },
  {
    name: "a process whose start can't be read",
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
