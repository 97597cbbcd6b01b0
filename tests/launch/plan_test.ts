// Tests of the launch plan: arguments of the client, settings, environment.
import assert from "node:assert/strict";
import type { Account } from "../../lib/config/account.ts";
import { readClientArguments } from "../../lib/claude/arguments.ts";
import { planLaunch } from "../../lib/launch/plan.ts";
import { layoutOf } from "../../lib/config/paths.ts";

const layout = layoutOf({ home: "/home/user", root: null });
const work: Account = {
  name: "work",
  plan: null,
  disabled: false,
  group: null,
  last: false,
  reserve: { five_hour: null, seven_day: null },
  landingCap: null,
  price: null,
  inPlace: false,
  folder: "work",
  identity: null,
};

function plan(options: {
  account?: Account;
  args?: string[];
  settings?: Record<string, unknown>;
  number?: null;
}) {
  return planLaunch({
    program: "/bin/claude",
    args: readClientArguments(options.args ?? []),
    account: options.account ?? work,
    layout,
    cwd: "/src",
    settings: options.settings ?? null,
    sessionNumber: "number" in options ? options.number ?? null : 7,
    atLimit: "ask",
    launcherPid: 4711,
  });
}

Deno.test("an account runs in its own config dir", () => {
  const { set, unset } = plan({});
  assert.equal(set["CLAUDE_CONFIG_DIR"], "/home/user/.claude-multi/config/work");
  assert.equal(set["CLAUDE_MULTI_SESSION"], "7");
  assert.equal(set["CLAUDE_MULTI_LAUNCHER"], "4711:/bin/claude");
  assert.ok(!unset.includes("CLAUDE_CONFIG_DIR"));
});

Deno.test("the in-place account runs with the variable unset, never set to ~/.claude", () => {
  const { set, unset } = plan({ account: { ...work, inPlace: true } });
  assert.equal(set["CLAUDE_CONFIG_DIR"], undefined);
  assert.ok(unset.includes("CLAUDE_CONFIG_DIR"));
});

Deno.test("variables that override the account, or mark a nested session, are removed", () => {
  const { unset } = plan({});
  for (
    const name of [
      "ANTHROPIC_API_KEY",
      "CLAUDE_CODE_OAUTH_TOKEN",
      "CLAUDECODE",
      "CLAUDE_CODE_SESSION_ID",
    ]
  ) {
    assert.ok(unset.includes(name), name);
  }
});

Deno.test("what an outer launcher does at a limit never reaches a client that has another or none", () => {
  assert.equal(plan({}).set["CLAUDE_MULTI_HANDOFF"], "ask");
  const { set, unset } = plan({ number: null });
  for (const name of ["CLAUDE_MULTI_SESSION", "CLAUDE_MULTI_HANDOFF"]) {
    assert.ok(unset.includes(name) && !(name in set), name);
  }
});

Deno.test("arguments are passed on unchanged, after our settings", () => {
  const args = ["--model", "opus", "-p", "a b", "--", "--settings", "x"];
  assert.deepEqual(plan({ args, settings: { a: 1 } }).args, ["--settings", '{"a":1}', ...args]);
  assert.deepEqual(plan({ args, settings: {} }).args, args);
});
