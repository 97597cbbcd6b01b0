// Tests of a removed setting: the file loads with a warning, and unset removes it.
import assert from "node:assert/strict";
import { examine } from "../../lib/setup/checks.ts";
import { unsetSetting } from "../../lib/setup/change_settings.ts";
import { warnOfOverrides } from "../../lib/launch/run_client.ts";
import type { FakeContext } from "../helpers/context.ts";
import { fakeContext } from "../helpers/context.ts";

function withRemoved(): FakeContext {
  return fakeContext({
    config: '{\n  "policy": "drain",\n  "share": {\n    "memory": false } // mine\n}\n',
  });
}

Deno.test("a launch warns about a removed setting in one line, with the command that removes it", () => {
  const context = withRemoved();
  assert.equal(context.configFile.read().policy, "drain");
  warnOfOverrides(context, { callers: {}, config: context.configFile.read(), cwd: "/" });
  const [line = "", ...more] = context.terminal.stderr.trimEnd().split("\n");
  assert.match(line, /\.claude-multi\/config\.json:4:5: "share\.memory" is no longer a setting: /);
  assert.match(line, /; to remove it: claude-multi config unset share\.memory$/);
  assert.deepEqual(more, []);
  unsetSetting(context, "share.memory");
  assert.equal(
    context.files.readText(context.layout.configFile),
    '{\n  "policy": "drain" // mine\n}\n',
  );
});

Deno.test("doctor reports a removed setting, and the command that removes it", () => {
  const found = examine(withRemoved()).find(({ id }) => id === "config-key");
  assert.equal(found?.severity, "warning");
  assert.match(found?.message ?? "", /config\.json:4:5: "share\.memory" is no longer a setting/);
  assert.equal(found?.fix, "claude-multi config unset share.memory");
});

Deno.test("a launch doesn't warn about unknown keys: a newer version may have them", () => {
  const context = fakeContext({ config: { polcy: "drain" } });
  context.configFile.read();
  warnOfOverrides(context, { callers: {}, config: context.configFile.read(), cwd: "/" });
  assert.equal(context.terminal.stderr, "");
});
