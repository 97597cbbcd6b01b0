// End to end: the real Agent SDK starts the real client through claude-multi-ide.
import assert from "node:assert/strict";
import type { RunOptions } from "../helpers/binaries.ts";
import { runMulti } from "../helpers/binaries.ts";
import { repositoryPath } from "../helpers/paths.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { waitUntil } from "../helpers/waiting.ts";
import { startSdkScript } from "./agent_sdk.ts";
import { MockApi } from "./mock_api.ts";
import { realClaude, realClaudeEnv } from "./real_claude.ts";

interface Stage extends AsyncDisposable {
  home: TempHome;
  api: MockApi;
  options: RunOptions & { onlyEnv: Record<string, string> };
  /** Runs a script with the SDK; returns what it said. */
  script(body: string): Promise<Record<string, unknown>[]>;
  sessions(): Promise<Array<Record<string, unknown>>>;
}

/** A home with accounts, the best first, and the service. */
async function stageOf(names: readonly string[]): Promise<Stage> {
  const home = await TempHome.create();
  home.writeConfig({ accounts: names.map((name) => ({ name })) });
  for (const [index, name] of names.entries()) {
    home.seedAccount(name);
    home.seedCachedUsage(name, { fiveHour: 10 + index, sevenDay: 10 });
  }
  const api = await MockApi.start();
  const more = { CLAUDE_MULTI_CLAUDE: await realClaude() };
  const options = { home, onlyEnv: realClaudeEnv(home, { api, more }) };
  return {
    home,
    api,
    options,
    async script(body) {
      const script = `import { query } from "@anthropic-ai/claude-agent-sdk";
        /* head */
        const options = {
          pathToClaudeCodeExecutable: ide, cwd, stderr: (text) => say({ stderr: text }),
        };
        const results = async (asked) => {
          for await (const message of asked) if (message.type === "result") {
            const { result, is_error, session_id } = message;
            say({ result, is_error, session_id });
          }
        };
        ${body}`;
      const { code, stdout, stderr } = await (await startSdkScript(script, options)).ended;
      assert.equal(code, 0, stdout + stderr);
      return stdout.trim().split("\n").map((line) => JSON.parse(line) as Record<string, unknown>);
    },
    async sessions() {
      const run = await runMulti(["sessions", "--json"], options);
      return (JSON.parse(run.stdout) as { sessions: Array<Record<string, unknown>> }).sessions;
    },
    async [Symbol.asyncDispose]() {
      await api[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
    },
  };
}

/** Prompts that are given one after the other, each when the result of the one before is there. */
const TURNS = `
  const turns = (...prompts) => {
    let next = () => {};
    const input = async function* () {
      for (const content of prompts) {
        yield { type: "user", message: { role: "user", content } };
        await new Promise((resolve) => { next = resolve; });
      }
    };
    return { input: input(), next: () => next() };
  };
  const conversation = async (prompts, more = {}) => {
    const { input, next } = turns(...prompts);
    const asked = query({ prompt: input, options: { ...options, ...more } });
    try {
      for await (const { type, result, is_error, session_id } of asked) if (type === "result") {
        say({ result, is_error, session_id });
        next();
      }
    } catch (error) {
      say({ error: error.message });
    }
  };`;

Deno.test("a query of the SDK runs on the account that cl would choose, and leaves a session", async () => {
  await using stage = await stageOf(["alice", "bob"]);
  const said = await stage.script(`await results(query({ prompt: "hello", options }));`);
  assert.equal(said.length, 1, JSON.stringify(said));
  assert.match(String(said[0]?.["result"]), /^ECHO#\d+ hello$/);
  assert.deepEqual(stage.api.turns(), [{ account: "alice", text: "hello" }]);
  const [session] = await stage.sessions();
  assert.deepEqual(
    [session?.["account"], session?.["origin"], session?.["exitCode"]],
    ["alice", "sdk", 0],
  );
  assert.equal(session?.["clientSessionId"], said[0]?.["session_id"], "the hook told us");
});

Deno.test("streaming input: two turns are one session", async () => {
  await using stage = await stageOf(["alice", "bob"]);
  const said = await stage.script(`${TURNS} await conversation(["one", "two"]);`);
  assert.deepEqual(
    said.map(({ result }) => String(result).replace(/#\d+/, "")),
    ["ECHO one", "ECHO two"],
  );
  assert.equal((await stage.sessions()).length, 1);
  assert.deepEqual(stage.api.turns().map(({ account }) => account), ["alice", "alice"]);
});

Deno.test("a resumed conversation stays on its account, though another one has more room", async () => {
  await using stage = await stageOf(["alice", "bob"]);
  const [first] = await stage.script(`await results(query({ prompt: "one", options }));`);
  stage.home.seedCachedUsage("alice", { fiveHour: 60, sevenDay: 10 });
  const resume = JSON.stringify(first?.["session_id"]);
  const [second] = await stage.script(
    `await results(query({ prompt: "two", options: { ...options, resume: ${resume} } }));`,
  );
  assert.equal(second?.["session_id"], first?.["session_id"]);
  assert.deepEqual(stage.api.turns(), [
    { account: "alice", text: "one" },
    { account: "alice", text: "two" },
  ]);
  await stage.script(`await results(query({ prompt: "three", options }));`);
  assert.equal(stage.api.turns().at(-1)?.account, "bob", "a new one goes where there is room");
});

Deno.test("interrupt() ends a turn, and the next one is answered", async () => {
  await using stage = await stageOf(["alice"]);
  const release = stage.api.hold("alice");
  const done = stage.script(`${TURNS}
    const { input, next } = turns("slow", "quick");
    const asked = query({ prompt: input, options });
    const timer = setInterval(async () => {
      const { existsSync } = await import("node:fs");
      if (!existsSync(cwd + "/arrived")) return;
      clearInterval(timer);
      await asked.interrupt();
    }, 50);
    for await (const { type, subtype, result } of asked) if (type === "result") {
      say({ subtype, result });
      next();
    }`);
  await waitUntil("the turn arrives", {
    holds: () => stage.api.turns().length > 0,
    timeoutMs: 120_000,
  });
  Deno.writeTextFileSync(`${stage.home.project}/arrived`, "");
  await waitUntil("the second turn arrives", {
    holds: () => stage.api.turns().some(({ text }) => text.includes("quick")),
  });
  release();
  const said = await done;
  assert.equal(said.length, 2);
  assert.doesNotMatch(String(said[0]?.["result"]), /ECHO/);
  assert.match(String(said[1]?.["result"]), /ECHO#\d+ [^]*quick$/);
});

Deno.test("canUseTool is asked, and its answer counts", async () => {
  await using stage = await stageOf(["alice"]);
  const said = await stage.script(`${TURNS}
    const canUseTool = async (name, input) => {
      say({ asked: name, command: input.command });
      return input.command.includes("good")
        ? { behavior: "allow", updatedInput: input }
        : { behavior: "deny", message: "not this one" };
    };
    const asks = { canUseTool, permissionMode: "default" };
    await conversation(["RUNBASH touch good", "RUNBASH touch bad"], asks);`);
  // Without a named mode, 2.1.300 runs both and asks nothing.
  const asked = said.flatMap(({ command }) => command === undefined ? [] : [command]);
  assert.deepEqual(asked, ["touch good", "touch bad"]);
  const made = [...Deno.readDirSync(stage.home.project)].map(({ name }) => name);
  assert.ok(made.includes("good") && !made.includes("bad"), made.join());
});

Deno.test("a limit in the middle is recorded, and the next query goes to another account", async () => {
  await using stage = await stageOf(["alice", "bob"]);
  const limit = {
    rejected: "five_hour",
    fiveHour: { utilization: 1, resetsAtMs: Date.now() + 3_600_000 },
  } as const;
  const first = stage.script(`${TURNS}
    const { input, next } = turns("one", "two");
    const { existsSync } = await import("node:fs");
    const asked = query({ prompt: input, options });
    try {
      for await (const { type, is_error } of asked) if (type === "result") {
        say({ is_error });
        while (!existsSync(cwd + "/limited")) await new Promise((done) => setTimeout(done, 50));
        next();
      }
    } catch (error) {
      say({ error: error.message });
    }`);
  await waitUntil("the first turn arrives", {
    holds: () => stage.api.turns().length > 0,
    timeoutMs: 120_000,
  });
  stage.api.accounts["alice"] = limit;
  Deno.writeTextFileSync(`${stage.home.project}/limited`, "");
  const said = await first;
  assert.deepEqual(said.slice(0, 2).map((one) => one["is_error"]), [false, true]);
  await stage.script(`await results(query({ prompt: "three", options }));`);
  assert.deepEqual(
    stage.api.turns().map(({ account, text }) => [account, text]),
    [["alice", "one"], ["alice", "two"], ["bob", "three"]],
  );
  const status = await runMulti(["status", "--json"], stage.options);
  const { accounts } = JSON.parse(status.stdout) as {
    accounts: Array<{ name: string; state: string }>;
  };
  assert.equal(accounts.find(({ name }) => name === "alice")?.state, "limited");
});

Deno.test("three queries at once use three accounts", async () => {
  await using stage = await stageOf(["alice", "bob", "carol"]);
  const releases = ["alice", "bob", "carol"].map((name) => stage.api.hold(name));
  const done = stage.script(`
    await Promise.all(["1", "2", "3"].map((prompt) => results(query({ prompt, options }))));`);
  await waitUntil("three turns arrive", {
    holds: () => stage.api.turns().length === 3,
    timeoutMs: 120_000,
  });
  for (const release of releases) release();
  assert.equal((await done).length, 3);
  assert.deepEqual(
    stage.api.turns().map(({ account }) => account).toSorted(),
    ["alice", "bob", "carol"],
  );
});

Deno.test("the example in docs/sdk.md runs as it is", async () => {
  await using stage = await stageOf(["alice", "bob"]);
  const page = Deno.readTextFileSync(repositoryPath("docs/sdk.md"));
  const example = /```ts\n([^]*?)```/.exec(page)?.[1] ?? "";
  const { code, stdout, stderr } = await (await startSdkScript(example, stage.options)).ended;
  assert.equal(code, 0, stderr);
  assert.match(stdout, /^ECHO#\d+ Say hello\n$/);
  assert.equal(stage.api.turns().at(-1)?.account, "alice");
});
