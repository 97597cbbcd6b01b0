// Tests of the client's settings: how two become one, and what in them overrides an account.
import assert from "node:assert/strict";
import { foldSettings, overridingSettings } from "../../lib/claude/settings.ts";

Deno.test("the caller's settings win, hooks are joined, env is merged by key", () => {
  const folded = foldSettings(
    { statusLine: { command: "ours" }, hooks: { Stop: [1] }, env: { A: "1", B: "1" } },
    { statusLine: { command: "theirs" }, hooks: { Stop: [2], End: [3] }, env: { B: "2" } },
  );
  assert.deepEqual(folded, {
    statusLine: { command: "theirs" },
    hooks: { Stop: [1, 2], End: [3] },
    env: { A: "1", B: "2" },
  });
});

Deno.test("hooks of another shape take none of ours away", () => {
  const ours = { hooks: { Stop: [1] }, env: { A: "1" } };
  for (const odd of [null, 3, "x", [], {}]) {
    assert.deepEqual(foldSettings(ours, { hooks: odd, env: odd }), ours, JSON.stringify(odd));
  }
  const folded = foldSettings(ours, { hooks: { Stop: null, End: [2] } });
  assert.deepEqual(folded["hooks"], { Stop: [1], End: [2] });
  assert.deepEqual(foldSettings({}, { hooks: null }), { hooks: null }, "passed on as it is");
});

Deno.test("a key helper, and variables that decide the login, override the account", () => {
  const env = { ANTHROPIC_API_KEY: "x", CLAUDE_CONFIG_DIR: "/x", EDITOR: "vi" };
  assert.deepEqual(overridingSettings({ apiKeyHelper: "x", env, model: "opus" }), [
    "apiKeyHelper",
    "env.ANTHROPIC_API_KEY",
    "env.CLAUDE_CONFIG_DIR",
  ]);
  for (const odd of [null, 3, "x", []]) assert.deepEqual(overridingSettings({ env: odd }), []);
});
