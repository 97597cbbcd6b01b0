// Tests of asking for figures before a launch: when, for whom, how long, and never twice.
import assert from "node:assert/strict";
import { runMulti, startMulti } from "../helpers/binaries.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { usedReply } from "../helpers/usage_reply.ts";
import { waitUntil } from "../helpers/waiting.ts";
import { answers, HOUR_MS, MINUTE_MS, Stage } from "./stage.ts";
import type { StageOptions } from "./stage.ts";

/** A stage with figures of an hour ago, by which "a" is the better account; now it is "b". */
function stageWith(settings: Record<string, unknown>, options: StageOptions = {}): Stage {
  const stage = new Stage({
    interactive: false,
    clients: [answers, answers],
    settings,
    ...options,
  });
  const { clock, processes } = stage.context;
  clock.advance(HOUR_MS);
  const nowMs = clock.nowMs();
  processes.reply = ({ set }) => ({
    line: usedReply(set["CLAUDE_CONFIG_DIR"]?.endsWith("/a") ? 90 : 5, nowMs),
  });
  return stage;
}

/** Whom the clients were asked about. */
function asked({ context }: Stage): Array<string | undefined> {
  return context.processes.asked.map(({ set }) => set["CLAUDE_CONFIG_DIR"]?.split("/").at(-1));
}

const LAUNCH = { refresh: "launch" };

Deno.test("by default, a launch asks nothing", async () => {
  const stage = stageWith({});
  await stage.run(["--", "-p", "x"]);
  assert.deepEqual(asked(stage), []);
  assert.deepEqual(stage.accounts, ["a"]);
});

Deno.test('with "refresh": "launch", a launch chooses by new figures, and the next one asks nothing', async () => {
  const stage = stageWith(LAUNCH);
  await stage.run(["--", "-p", "x"]);
  assert.deepEqual(asked(stage).toSorted(), ["a", "b"]);
  await stage.run(["--", "-p", "y"]);
  assert.equal(asked(stage).length, 2);
  assert.deepEqual(stage.accounts, ["b", "b"]);
});

Deno.test("figures younger than refreshAfterMinutes aren't asked for", async () => {
  const stage = stageWith({ ...LAUNCH, refreshAfterMinutes: 61 });
  await stage.run(["--", "-p", "x"]);
  assert.deepEqual(asked(stage), []);
});

Deno.test("a launch on a named account, and a command of the client, ask nothing", async () => {
  const stage = stageWith(LAUNCH);
  await stage.run(["--account", "a", "--", "-p", "x"]);
  await stage.run(["--", "mcp", "list"]);
  assert.deepEqual(asked(stage), []);
});

Deno.test("what doesn't answer within refreshDeadlineMs counts for the next choice", async () => {
  const stage = stageWith({ ...LAUNCH, refreshDeadlineMs: 1000 }, {
    clients: [async (client) => {
      await client.starts();
      await client.sits(MINUTE_MS);
      return client.leaves();
    }, answers],
  });
  const { clock, processes } = stage.context;
  const reply = processes.reply;
  processes.reply = async (plan) => {
    await clock.sleep(3000);
    return await reply(plan);
  };
  const startMs = clock.nowMs();
  const first = await stage.run(["--", "-p", "x"]);
  assert.deepEqual([first.code, first.stderr], [0, ""]);
  const startedAtMs = stage.ledger.session(1)?.startedAtMs ?? 0;
  assert.equal(startedAtMs - startMs, 1000);
  await stage.run(["--", "-p", "y"]);
  assert.deepEqual(stage.accounts, ["a", "b"]);
  assert.equal(asked(stage).length, 2);
});

Deno.test("in a terminal, a line names the accounts that haven't answered when one is chosen", async () => {
  const stage = stageWith({ ...LAUNCH, refreshDeadlineMs: 1500 }, { interactive: true });
  const { processes } = stage.context;
  const reply = processes.reply;
  processes.reply = (plan) => plan.set["CLAUDE_CONFIG_DIR"]?.endsWith("/b") ? null : reply(plan);
  const ended = await stage.run();
  assert.match(
    ended.stderr,
    /^claude-multi: no answer about "b" within 1.5 s; chosen by what was known before$/m,
  );
});

Deno.test("the time to start the asked clients counts for refreshDeadlineMs too", async () => {
  const stage = stageWith({ ...LAUNCH, refreshDeadlineMs: 1000 });
  const { clock, processes } = stage.context;
  processes.reply = () => null;
  const ask = processes.ask.bind(processes);
  processes.ask = (...args) => {
    clock.advance(300);
    return ask(...args);
  };
  const startMs = clock.nowMs();
  await stage.run(["--", "-p", "x"]);
  assert.equal(asked(stage).length, 2);
  assert.equal((stage.ledger.session(1)?.startedAtMs ?? 0) - startMs, 1000);
});

Deno.test("clients that haven't answered when the session is over are ended", async () => {
  const stage = stageWith(LAUNCH);
  stage.context.processes.reply = () => null;
  const ended = await stage.run(["--", "-p", "x"]);
  assert.deepEqual([ended.code, ended.stderr], [0, ""]);
  assert.deepEqual(stage.accounts, ["a"]);
  assert.equal(stage.context.processes.asking.now, 0);
});

Deno.test("a client that can't be started for a question doesn't stop a launch", async () => {
  const stage = stageWith(LAUNCH);
  stage.context.processes.ask = () => {
    throw new Error("no more processes");
  };
  const ended = await stage.run(["--", "-p", "x"]);
  assert.deepEqual([ended.code, ended.stderr], [0, ""]);
});

Deno.test("run --refresh asks at once, and says which account has no new figures", async () => {
  const stage = stageWith({});
  const { processes } = stage.context;
  const reply = processes.reply;
  processes.reply = (plan) =>
    plan.set["CLAUDE_CONFIG_DIR"]?.endsWith("/a") ? { code: 1 } : reply(plan);
  const ended = await stage.run(["--refresh", "--", "-p", "x"]);
  assert.equal(ended.code, 0);
  assert.match(ended.stderr, /no new figures of "a": claude exited with 1 without an answer/);
  assert.deepEqual(asked(stage).toSorted(), ["a", "b"]);
  assert.deepEqual(stage.accounts, ["b"]);
});

Deno.test("run --refresh --account asks only about that account", async () => {
  const stage = stageWith({});
  await stage.run(["--refresh", "--account", "b", "--", "-p", "x"]);
  assert.deepEqual(asked(stage), ["b"]);
});

Deno.test("Ctrl-C while cl asks ends it: no session begins, however slowly the asked client ends", async () => {
  await using home = await TempHome.create();
  const settings = { refresh: "launch", refreshDeadlineMs: 300 };
  home.writeConfig({ accounts: [{ name: "a" }], ...settings });
  home.seedAccount("a");
  const script = [
    "#!/bin/sh",
    `case " $* " in *" --safe-mode "*)`,
    // It ends later than the deadline.
    `  trap '' TERM; : >'${home.path}/asked'; sleep 2;;`,
    `*) : >'${home.path}/session';;`,
    "esac",
  ];
  Deno.writeTextFileSync(`${home.bin}/claude`, `${script.join("\n")}\n`, { mode: 0o755 });
  const run = startMulti(["run", "--", "-p", "x"], { home });
  await waitUntil("claude is asked", { holds: () => isThere(`${home.path}/asked`) });
  run.kill("SIGINT");
  assert.equal((await run.ended).signal, "SIGINT");
  assert.equal(isThere(`${home.path}/session`), false);
});

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

Deno.test('twelve cl at once with "refresh": "launch" ask once for each account', async () => {
  await using home = await TempHome.create();
  home.writeConfig({ accounts: [{ name: "a" }, { name: "b" }], refresh: "launch" });
  for (const name of ["a", "b"]) home.seedAccount(name);
  const script = [
    "#!/bin/sh",
    `case " $* " in *" --safe-mode "*)`,
    `  echo "$CLAUDE_CONFIG_DIR" >>'${home.path}/asked'`,
    `  read -r line; echo '${usedReply(10, Date.now())}';;`,
    "esac",
  ];
  Deno.writeTextFileSync(`${home.bin}/claude`, `${script.join("\n")}\n`, { mode: 0o755 });
  const runs = await Promise.all(Array.from({ length: 12 }, () => runMulti(["run"], { home })));
  assert.deepEqual(runs.map(({ code, stderr }) => [code, stderr]), Array(12).fill([0, ""]));
  const lines = Deno.readTextFileSync(`${home.path}/asked`).trimEnd().split("\n");
  assert.deepEqual(lines.toSorted(), [home.accountDir("a"), home.accountDir("b")]);
});
