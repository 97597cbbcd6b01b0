// Tests of what counts as removed by the user: single losses, and what a command was to remove.
import assert from "node:assert/strict";
import { learnMirror, slips } from "../../lib/claude/mirrored_keys.ts";
import { EMPTY_MIRROR } from "../../lib/claude/mirrored_keys.ts";
import { settingText, sureRemovals, wishOf } from "../../lib/claude/removals.ts";

type Json = Record<string, unknown>;

const key = (...path: string[]) => JSON.stringify(path);
const sure = (config: Json, missing: string[], words: string[] = []) =>
  sureRemovals(missing, { config, wish: wishOf(words, "/p") ?? undefined });
const DOCS = key("mcpServers", "docs");
const FILES = key("mcpServers", "files");
const TRUST = key("projects", "/p", "hasTrustDialogAccepted");
const TOOL = key("projects", "/p", "allowedTools", "x");
const OWN = key("projects", "/p", "mcpServers", "own");

Deno.test("one server that is gone from a list that is still there was removed by the user", () => {
  assert.deepEqual(sure({ mcpServers: {} }, [DOCS]), [DOCS]);
  assert.deepEqual(sure({ mcpServers: { files: {} } }, [DOCS]), [DOCS]);
  assert.deepEqual(sure({ projects: { "/p": { mcpServers: {} } } }, [OWN]), [OWN]);
});

Deno.test("a client that rewrote the file without the list, or lost several, has removed nothing", () => {
  for (const mcpServers of [undefined, null, []]) {
    assert.deepEqual(sure({ mcpServers }, [DOCS]), []);
  }
  assert.deepEqual(sure({ mcpServers: {} }, [DOCS, FILES]), []);
  assert.deepEqual(sure({ projects: { "/p": {} } }, [OWN]), []);
  assert.deepEqual(sure({ projects: {} }, [OWN]), []);
  assert.deepEqual(sure({}, [TRUST]), []);
  assert.deepEqual(sure({ mcpServers: {}, projects: {} }, [DOCS, TRUST]), []);
});

Deno.test("answers about one folder were taken back by the user, those about two were not", () => {
  assert.deepEqual(sure({ projects: { "/p": {} } }, [TRUST, TOOL]), [TRUST, TOOL]);
  assert.deepEqual(sure({ projects: {} }, [TRUST, TOOL]), [TRUST, TOOL]);
  const other = key("projects", "/q", "hasTrustDialogAccepted");
  assert.deepEqual(sure({ projects: { "/p": {}, "/q": {} } }, [TRUST, other]), []);
});

Deno.test("onboarding is never removed", () => {
  assert.deepEqual(sure({ a: {} }, [key("hasCompletedOnboarding")]), []);
});

Deno.test("what a command was to remove is removed, even if more is missing", () => {
  const config = { mcpServers: {}, projects: { "/p": { mcpServers: {} } } };
  const missing = [DOCS, FILES, OWN, TRUST];
  assert.deepEqual(sure(config, missing, ["mcp", "remove", "-s", "user", "docs"]), [DOCS]);
  assert.deepEqual(sure(config, missing, ["mcp", "remove", "own"]), [OWN]);
  assert.deepEqual(sure(config, missing, ["mcp", "add", "docs"]), []);
  assert.deepEqual(sure({}, missing, ["mcp", "remove", "docs"]), [], "but not if the list is gone");
  assert.deepEqual(sure(config, missing, ["purge"]), [OWN, TRUST]);
  assert.deepEqual(sure(config, missing, ["project", "purge", "/p", "--yes"]), [OWN, TRUST]);
  assert.deepEqual(sure(config, missing, ["purge", "/elsewhere"]), []);
  assert.deepEqual(sure(config, missing, ["purge", "--all"]), [OWN, TRUST]);
  const choice = key("projects", "/p", "enabledMcpjsonServers", "x");
  assert.deepEqual(sure(config, [choice, DOCS], ["mcp", "reset-project-choices"]), [choice]);
  assert.equal(wishOf(["doctor"], "/p"), null);
});

Deno.test("a slip is reported once, and comes back in the file itself", () => {
  const source = (config: Json, changedAtMs: number) => ({ id: "a", changedAtMs, config });
  const whole = { mcpServers: { docs: { command: "d" }, files: { command: "f" } } };
  const before = learnMirror(EMPTY_MIRROR, { sources: [source(whole, 1)], nowMs: 1 });
  const lost = [source({}, 2)];
  assert.deepEqual(slips(before, lost), [{ id: "a", keys: [DOCS, FILES] }]);
  const after = learnMirror(before, { sources: lost, nowMs: 2 });
  assert.deepEqual(Object.keys(after.entries), [DOCS, FILES]);
  assert.deepEqual(slips(after, lost), []);
});

Deno.test("a message names a server, or the folder that an answer is about", () => {
  assert.equal(settingText(OWN), 'server "own"');
  assert.equal(settingText(TRUST), 'an answer about "/p"');
});
