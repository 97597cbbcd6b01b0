// Tests of the model of a launch: what names it, in which order, and when nobody does.
import assert from "node:assert/strict";
import { defaultConfig } from "../../lib/config/config.ts";
import { modelsOfLaunch } from "../../lib/launch/model.ts";
import { launchRequest } from "../../lib/launch/request.ts";
import { callLine } from "../statusline/lines.ts";
import { PROJECTS, Stage } from "./stage.ts";

const CONVERSATION = "11111111-2222-4333-8444-555555555555";
const LOCAL = "/home/ann/project/.claude/settings.local.json";
const PROJECT = "/home/ann/project/.claude/settings.json";
const USER = "/home/ann/.claude/settings.json";

/** Everything that can name a model, the first that counts first. */
interface Named {
  args?: readonly string[];
  env?: string;
  /** The model of the last reply of the conversation that is resumed. */
  reply?: string;
  callers?: unknown;
  files?: Record<string, unknown>;
}

function modelsOf({ args = [], env, reply, callers, files = {} }: Named): readonly string[] | null {
  const { context, ledger } = new Stage({
    ...env !== undefined && { env: { ANTHROPIC_MODEL: env } },
  });
  for (const [path, value] of Object.entries(files)) context.files.put(path, JSON.stringify(value));
  const words = callers === undefined ? args : [...args, "--settings", JSON.stringify(callers)];
  const config = context.configFile.read();
  const request = launchRequest(context, {
    words,
    config,
    policy: defaultConfig().policy,
    named: null,
    wait: false,
    failover: false,
    cwd: "/home/ann/project",
  });
  if (reply === undefined) return modelsOfLaunch(context, { request, conversation: null });
  context.files.put(`${PROJECTS}/-p/${CONVERSATION}.jsonl`, callLine({ model: reply }));
  const id = ledger.startSession(
    { account: "a", launcherPid: 1, cwd: "/", startedAtMs: 0, handedFrom: null },
    { chosenAtMs: 0, policy: "weighted", account: "a", forced: false, ranked: [] },
  );
  ledger.learnClientSession(id, CONVERSATION);
  return modelsOfLaunch(context, { request, conversation: ledger.session(id) });
}

const all: Named = {
  args: ["--model", "opus"],
  env: "sonnet",
  reply: "claude-haiku-5-5",
  callers: { model: "fable" },
  files: {
    [LOCAL]: { model: "claude-saga-1" },
    [PROJECT]: { model: "claude-ode-1" },
    [USER]: { model: "claude-epic-1" },
  },
};

for (
  const [from, named, model] of [
    ["--model", all, "opus"],
    ["--model=", { ...all, args: ["--model=claude-opus-5-5[1m]"] }, "opus"],
    ["the last --model", { ...all, args: ["--model=opus", "--model", "sonnet"] }, "sonnet"],
    ["ANTHROPIC_MODEL", { ...all, args: [] }, "sonnet"],
    ["the conversation", { reply: all.reply, callers: all.callers, files: all.files }, "haiku"],
    ["the caller's settings", { callers: all.callers, files: all.files }, "fable"],
    ["the project's local settings", { files: all.files }, "saga"],
    ["the project's settings", { files: { ...all.files, [LOCAL]: {} } }, "ode"],
    ["the user's settings", { files: { [USER]: { model: "opus" } } }, "opus"],
    ["the environment in settings", {
      files: { [LOCAL]: { model: "opus" }, [USER]: { env: { ANTHROPIC_MODEL: "sonnet" } } },
    }, "sonnet"],
  ] as const
) {
  Deno.test(`the model of a launch may be named by ${from}`, () => {
    assert.deepEqual(modelsOf(named as Named), [model]);
  });
}

Deno.test("the model of a launch is unknown if nothing names it, or only a word that leaves it open", () => {
  assert.equal(modelsOf({}), null);
  assert.equal(
    modelsOf({ args: ["--model", "default"], files: { [USER]: { model: "opus" } } }),
    null,
  );
  assert.equal(modelsOf({ files: { [LOCAL]: "no object", [USER]: { model: 5 } } }), null);
});

Deno.test("opusplan needs both of its models", () => {
  assert.deepEqual(modelsOf({ args: ["--model", "opusplan"] }), ["opus", "sonnet"]);
});
