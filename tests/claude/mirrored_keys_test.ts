// Tests of the mirror: additions flow, removals flow and are not brought back, identity never flows.
import assert from "node:assert/strict";
import type { MirrorState } from "../../lib/claude/mirrored_keys.ts";
import {
  applyMirror,
  EMPTY_MIRROR,
  extractMirrored,
  learnMirror,
} from "../../lib/claude/mirrored_keys.ts";

type Json = Record<string, unknown>;

/** Accounts that are launched one after the other, as a small world without files. */
class World {
  state: MirrorState = EMPTY_MIRROR;
  clock = 1000;
  readonly configs = new Map<string, { config: Json; changedAtMs: number }>();

  set(id: string, edit: (config: Json) => Json): void {
    const before = this.configs.get(id)?.config ?? {};
    this.configs.set(id, { config: edit(structuredClone(before)), changedAtMs: ++this.clock });
  }

  launch(id: string): void {
    const sources = [...this.configs].map(([id, c]) => ({ id, ...c }));
    this.state = learnMirror(this.state, { sources, nowMs: ++this.clock });
    const own = this.configs.get(id)?.config ?? {};
    const changed = applyMirror(own, this.state.entries);
    if (changed !== null) this.set(id, () => changed);
    this.state = learnMirror(this.state, {
      sources: [...this.configs].map(([id, c]) => ({ id, ...c })),
      nowMs: this.clock,
    });
    assert.equal(applyMirror(this.configs.get(id)?.config ?? {}, this.state.entries), null);
  }

  servers(id: string): string[] {
    return Object.keys((this.configs.get(id)?.config["mcpServers"] ?? {}) as Json);
  }
}

const withServer = (name: string, server: unknown = { command: name }) => (config: Json): Json => ({
  ...config,
  mcpServers: { ...config["mcpServers"] as Json, [name]: server },
});
const withoutServer = (name: string) => (config: Json): Json => {
  const { [name]: _gone, ...others } = config["mcpServers"] as Json;
  return { ...config, mcpServers: others };
};

Deno.test("a server added under one account reaches the other at its next launch", () => {
  const world = new World();
  world.set("a", (c) => c);
  world.set("b", (c) => c);
  world.launch("b");
  world.set("a", withServer("files"));
  assert.deepEqual(world.servers("b"), []);
  world.launch("b");
  assert.deepEqual(world.servers("b"), ["files"]);
});

Deno.test("a server removed under one account goes everywhere and is never brought back", () => {
  const world = new World();
  for (const id of ["a", "b", "c"]) world.set(id, (c) => c);
  world.set("a", withServer("files"));
  for (const id of ["b", "c", "a"]) world.launch(id);
  world.set("b", withoutServer("files"));
  for (const id of ["a", "c", "b", "a", "c"]) {
    world.launch(id);
    assert.deepEqual(world.servers(id), [], id);
  }
});

Deno.test("an account that lay unused while a server was removed does not bring it back", () => {
  const world = new World();
  world.set("a", withServer("files"));
  world.launch("a");
  world.configs.set("late", {
    config: withServer("files")({}),
    changedAtMs: world.clock,
  });
  world.set("a", withoutServer("files"));
  const late = world.configs.get("late");
  world.configs.delete("late");
  world.launch("a");
  if (late) world.configs.set("late", late);
  world.launch("a");
  assert.deepEqual(world.servers("a"), []);
});

Deno.test("a file that was made anew does not count as removing everything", () => {
  const world = new World();
  world.set("a", (c) => withServer("files")({ ...c, firstStartTime: "one" }));
  world.set("b", (c) => ({ ...c, firstStartTime: "two" }));
  world.launch("b");
  world.set("b", () => ({ firstStartTime: "three" }));
  world.launch("b");
  assert.deepEqual(world.servers("b"), ["files"]);
  world.launch("a");
  assert.deepEqual(world.servers("a"), ["files"]);
});

Deno.test("a changed server is taken over; the later change wins", () => {
  const world = new World();
  world.set("a", withServer("files", 1));
  world.set("b", (c) => c);
  world.launch("b");
  world.set("a", withServer("files", 2));
  world.set("b", withServer("files", 3));
  world.launch("a");
  assert.deepEqual(world.configs.get("a")?.config["mcpServers"], { files: 3 });
});

Deno.test("trust, allowed tools and onboarding flow; tools are removed one by one", () => {
  const world = new World();
  world.set("a", (c) => ({
    ...c,
    hasCompletedOnboarding: true,
    projects: { "/p": { hasTrustDialogAccepted: true, allowedTools: ["x", "y"], lastCost: 3 } },
  }));
  world.set("b", (c) => ({ ...c, projects: { "/p": { hasTrustDialogAccepted: false } } }));
  world.launch("b");
  const b = () => world.configs.get("b")?.config as Json;
  assert.deepEqual(b(), {
    hasCompletedOnboarding: true,
    projects: { "/p": { hasTrustDialogAccepted: true, allowedTools: ["x", "y"] } },
  });
  world.set("b", (c) => ({
    ...c,
    projects: { "/p": { hasTrustDialogAccepted: true, allowedTools: ["y"] } },
  }));
  world.launch("a");
  assert.deepEqual((world.configs.get("a")?.config["projects"] as Json)["/p"], {
    hasTrustDialogAccepted: true,
    allowedTools: ["y"],
    lastCost: 3,
  });
});

Deno.test("identity and caches never flow", () => {
  const entries = extractMirrored({
    oauthAccount: { accountUuid: "u" },
    userID: "id",
    machineID: "m",
    cachedUsageUtilization: {},
    numStartups: 4,
    projects: { "/p": { lastSessionId: "s", history: ["secret"] } },
  });
  assert.deepEqual(entries, {});
});

Deno.test("a server or folder called __proto__ is a name like any other", () => {
  const config = JSON.parse('{"mcpServers":{"__proto__":{"command":"x"}}}') as Json;
  const changed = applyMirror({}, extractMirrored(config));
  assert.equal(JSON.stringify(changed), JSON.stringify(config));
});
