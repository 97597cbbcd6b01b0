// Tests of the hooks of a launch: the setting that asks for them, and what their payloads report.
import assert from "node:assert/strict";
import { hookSetting, readHook } from "../../lib/claude/hooks.ts";

const ID = "11111111-2222-4333-8444-555555555555";

Deno.test("each event runs the command with its name; of failed turns only refusals do", () => {
  const run = (command: string) => [{ type: "command", command }];
  assert.deepEqual(hookSetting(["SessionStart", "StopFailure"], "x hook"), {
    SessionStart: [{ hooks: run("x hook SessionStart") }],
    StopFailure: [{ matcher: "rate_limit", hooks: run("x hook StopFailure") }],
  });
});

const NOTHING = { startedSession: null, runningTasks: null, refusal: null };
const running = (id: string) => ({ id, status: "running" });

for (
  const [event, payload, report] of [
    ["SessionStart", { session_id: ID }, { startedSession: ID }],
    ["SessionStart", { session_id: "../x" }, {}],
    ["Stop", { session_id: ID }, {}],
    ["Stop", { background_tasks: [] }, { runningTasks: 0 }],
    ["Stop", { background_tasks: "2" }, {}],
    [
      "SubagentStop",
      { agent_id: "b", background_tasks: [running("a"), running("b"), { id: "c" }, null] },
      { runningTasks: 1 },
    ],
    ["StopFailure", { error: "rate_limit" }, { refusal: { transcript: null } }],
    [
      "StopFailure",
      { error: "rate_limit", transcript_path: "/t.jsonl" },
      { refusal: { transcript: "/t.jsonl" } },
    ],
    ["StopFailure", { error: "overloaded" }, {}],
    ["Stop", { error: "rate_limit" }, {}],
  ] as const
) {
  Deno.test(`${event} with ${JSON.stringify(payload)} reports ${JSON.stringify(report)}`, () => {
    assert.deepEqual(readHook(event, JSON.stringify(payload)), { ...NOTHING, ...report });
  });
}

Deno.test("a payload that isn't a JSON object is an error", () => {
  for (const text of ["", "[]", "null", "{"]) assert.throws(() => readHook("Stop", text));
});
