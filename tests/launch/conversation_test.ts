// Tests of how a conversation goes on elsewhere: continued by its id, or asked for once more.
import assert from "node:assert/strict";
import { readClientArguments } from "../../lib/claude/arguments.ts";
import { defaultConfig } from "../../lib/config/config.ts";
import { requestElsewhere } from "../../lib/launch/conversation.ts";
import type { LaunchRequest } from "../../lib/launch/request.ts";
import type { Mode, Move } from "../../lib/launch/state.ts";

const request: LaunchRequest = {
  config: defaultConfig(),
  policy: "weighted",
  args: readClientArguments(["--session-id", "one", "--model", "opus", "-p", "hello"]),
  named: "a",
  owner: "a",
  cwd: "/p",
  callers: {},
  records: true,
  wait: false,
  failover: true,
};

/** What the client is asked for after a limit, and whose group the conversation stays in. */
function elsewhere(mode: Mode, id: string | null): [args: readonly string[], owner?: string] {
  const limit = {
    account: "a",
    window: null,
    model: null,
    untilMs: 9,
    kind: "limit",
    recordedAtMs: 1,
  } as const;
  const limited = { id, session: 7, limit, isRefused: true };
  const move: Move = { limited, mode, outcome: null, offer: null, sending: null };
  const { args, owner, ...more } = requestElsewhere({ request, chain: ["b", "a"] }, move);
  const { named, handedFrom, except } = more;
  const left = mode === "retry" ? ["b", "a"] : ["a"];
  assert.deepEqual([named, handedFrom, except], [null, 7, left]);
  return owner === undefined ? [args.rest] : [args.rest, owner];
}

Deno.test("a conversation is continued by its id, without its first prompt, in its group", () => {
  for (const mode of ["ask", "auto"] as const) {
    const args = ["--resume", "two", "--model", "opus", "--print"];
    assert.deepEqual(elsewhere(mode, "two"), [args, "a"]);
  }
});

Deno.test("a printed reply is asked for once more as a new conversation in the same group", () => {
  for (const id of ["two", null]) {
    assert.deepEqual(elsewhere("retry", id), [["--model", "opus", "-p", "hello"], "a"]);
  }
});
