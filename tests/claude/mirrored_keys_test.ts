// Tests of what is copied between accounts: additions and removals, but never an identity.
import assert from "node:assert/strict";
import type { MirrorState } from "../../lib/claude/mirrored_keys.ts";
import {
  applyMirror,
  EMPTY_MIRROR,
  extractMirrored,
  learnMirror,
} from "../../lib/claude/mirrored_keys.ts";

type Json = Record<string, unknown>;

/** A small world without files, whose accounts are launched one after the other. */
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

Deno.test("a server added on one account reaches the other at its next launch", () => {
  const world = new World();
  world.set("a", (c) => c);
  world.set("b", (c) => c);
  world.launch("b");
  world.set("a", withServer("files"));
  assert.deepEqual(world.servers("b"), []);
  world.launch("b");
  assert.deepEqual(world.servers("b"), ["files"]);
});

Deno.test("a server removed on one account is removed everywhere and never comes back", () => {
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

Deno.test("an account that wasn't used while a server was removed doesn't bring it back", () => {
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

Deno.test("a recreated file doesn't count as removing everything", () => {
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

Deno.test("trust, allowed tools and onboarding are copied; tools are removed one by one", () => {
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

Deno.test("identity and caches are never copied", () => {
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
  for (
    const { writable, configurable } of Object.values(Object.getOwnPropertyDescriptors(changed))
  ) {
    assert.ok(writable && configurable);
  }
});

Deno.test("only values of the right type that differ from their default are copied", () => {
  const config = {
    hasCompletedOnboarding: true,
    lastOnboardingVersion: "2.1.0",
    mcpServers: { files: { command: "x" } },
    projects: {
      "/p": {
        hasTrustDialogAccepted: true,
        hasCompletedProjectOnboarding: false,
        allowedTools: ["x", 3, "y"],
        enabledMcpjsonServers: "none",
        mcpServers: { own: { command: "y" } },
      },
      "/q": null,
      "/r": ["not", "an", "object"],
    },
  };
  assert.deepEqual(extractMirrored(config), {
    '["hasCompletedOnboarding"]': true,
    '["lastOnboardingVersion"]': "2.1.0",
    '["mcpServers","files"]': { command: "x" },
    '["projects","/p","hasTrustDialogAccepted"]': true,
    '["projects","/p","mcpServers","own"]': { command: "y" },
    '["projects","/p","allowedTools","x"]': true,
    '["projects","/p","allowedTools","y"]': true,
  });
  const damaged = { hasCompletedOnboarding: "yes", lastOnboardingVersion: 3, mcpServers: [1] };
  assert.deepEqual(extractMirrored({ ...damaged, projects: "none" }), {});
  assert.deepEqual(applyMirror({}, extractMirrored(config)), {
    ...config,
    projects: {
      "/p": {
        hasTrustDialogAccepted: true,
        allowedTools: ["x", "y"],
        mcpServers: { own: { command: "y" } },
      },
    },
  });
});

/** The state after learning from sources, each `[id, changedAtMs, config]`. */
function learn(
  sources: readonly (readonly [string, number, Json])[],
  { state = EMPTY_MIRROR, nowMs = 100 }: { state?: MirrorState; nowMs?: number } = {},
): MirrorState {
  return learnMirror(state, {
    sources: sources.map(([id, changedAtMs, config]) => ({ id, changedAtMs, config })),
    nowMs,
  });
}

const FILES = '["mcpServers","files"]';

Deno.test("of two new sources, the one that changed first is learnt first", () => {
  const [old, young] = [withServer("files", 1)({}), withServer("files", 2)({})];
  assert.deepEqual(learn([["a", 2, young], ["b", 1, old]]).entries, { [FILES]: 1 });
  assert.deepEqual(learn([["a", 1, young], ["b", 2, old]]).entries, { [FILES]: 2 });
});

Deno.test("a known source that changed is taken over, and one that didn't has no effect", () => {
  const before = learn([["a", 1, withServer("files", 1)({})], [
    "b",
    1,
    withServer("files", 1)({}),
  ]]);
  const changed = [
    ["a", 2, withServer("files", 2)({})],
    ["b", 3, withServer("files", 1)({})],
  ] as const;
  assert.deepEqual(learn(changed, { state: before }).entries, { [FILES]: 2 });
});

Deno.test("a removed entry only comes back from a file that changed after the removal", () => {
  let state = learn([["a", 1, withServer("files", 1)({})]]);
  state = learn([["a", 40, { mcpServers: {} }]], { state, nowMs: 50 });
  assert.deepEqual([state.entries, state.removed], [{}, { [FILES]: 50 }]);
  for (const [changedAtMs, comesBack] of [[49, false], [50, false], [51, true]] as const) {
    const late = learn([["late", changedAtMs, withServer("files", 1)({})]], { state });
    assert.deepEqual(late.entries, comesBack ? { [FILES]: 1 } : {});
    assert.deepEqual(late.removed, comesBack ? {} : { [FILES]: 50 });
  }
  const again = learn([["a", 60, withServer("files", 3)({})]], { state });
  assert.deepEqual([again.entries, again.removed], [{ [FILES]: 3 }, {}]);
});

Deno.test("a new file at time 0 counts; removing what nobody has any more has no effect", () => {
  assert.deepEqual(learn([["a", 0, withServer("files", 1)({})]]).entries, { [FILES]: 1 });
  const state: MirrorState = {
    ...EMPTY_MIRROR,
    seen: { a: { incarnation: null, entries: { [FILES]: 1 } } },
  };
  assert.deepEqual(learn([["a", 1, { mcpServers: {} }]], { state }).removed, {});
});

Deno.test("a file without an incarnation stays known when it gets one, but not after another one", () => {
  const added = withServer("files", 1);
  const bare = learn([["a", 1, added({})]]);
  assert.equal(bare.seen["a"]?.incarnation, null);
  const none = { mcpServers: {} };
  const named = learn([["a", 2, { ...none, userID: "u" }]], { state: bare });
  assert.deepEqual([named.entries, named.seen["a"]?.incarnation], [{}, "u"]);
  const first = learn([["a", 1, added({ userID: "u", firstStartTime: "t" })]]);
  assert.equal(first.seen["a"]?.incarnation, "t");
  const remade = learn([["a", 2, { ...none, userID: "u", firstStartTime: "later" }]], {
    state: first,
  });
  assert.deepEqual(remade.entries, { [FILES]: 1 });
  const same = learn([["a", 2, { ...none, userID: "other", firstStartTime: "t" }]], {
    state: first,
  });
  assert.deepEqual(same.entries, {});
});

Deno.test("a configuration that already has the settings is left as it is", () => {
  const config: Json = { ...withServer("files", 1)({}), numStartups: 4 };
  assert.equal(applyMirror(config, { [FILES]: 1 }), null);
  assert.deepEqual(applyMirror(config, { [FILES]: 2 }), {
    mcpServers: { files: 2 },
    numStartups: 4,
  });
  assert.deepEqual(applyMirror(config, {}), { mcpServers: {}, numStartups: 4 });
  assert.deepEqual(config["mcpServers"], { files: 1 }, "the old one is not changed");
});

Deno.test("lists of a folder change item by item, and a value of the wrong type is replaced", () => {
  const tool = (name: string) => JSON.stringify(["projects", "/p", "allowedTools", name]);
  const config = { projects: { "/p": { allowedTools: ["x", 3, "y"] } } };
  const changed = applyMirror(config, { [tool("y")]: true, [tool("z")]: true });
  assert.deepEqual(changed, { projects: { "/p": { allowedTools: [3, "y", "z"] } } });
  const server = JSON.stringify(["projects", "/p", "mcpServers", "s"]);
  assert.deepEqual(applyMirror({ projects: { "/p": { mcpServers: 3 } } }, { [server]: 1 }), {
    projects: { "/p": { mcpServers: { s: 1 } } },
  });
  assert.deepEqual(
    applyMirror({ projects: { "/p": { allowedTools: "all" } } }, { [tool("x")]: true }),
    {
      projects: { "/p": { allowedTools: ["x"] } },
    },
  );
});
