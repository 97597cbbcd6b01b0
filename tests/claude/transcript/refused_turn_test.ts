// Tests of the refused turn at the end of a transcript: which prompts can be sent again, and which can't.
import assert from "node:assert/strict";
import type { RefusedWork } from "../../../lib/claude/transcript/refused_turn.ts";
import {
  contextTokens,
  hasFinishedTurn,
  refusedTurn,
} from "../../../lib/claude/transcript/refused_turn.ts";

type Line = Record<string, unknown>;

const AT = "2026-11-26T19:00:10.000Z";
const user = (content: unknown, more: Line = {}): Line => ({
  type: "user",
  message: { role: "user", content },
  timestamp: AT,
  ...more,
});
const reply = (more: Line = {}): Line => ({
  type: "assistant",
  timestamp: AT,
  message: {
    model: "opus",
    stop_reason: "end_turn",
    usage: { input_tokens: 11, cache_creation_input_tokens: 1200, cache_read_input_tokens: 3400 },
  },
  ...more,
});
const refusal: Line = {
  type: "assistant",
  timestamp: AT,
  message: { model: "<synthetic>", usage: { input_tokens: 0 } },
  error: "rate_limit",
  isApiErrorMessage: true,
  quotaLimits: { resetsAt: 9, rateLimitType: "five_hour" },
};
const notice: Line = { type: "system", subtype: "informational", content: "Usage limit reached" };
const queued = (operation: string): Line => ({ type: "queue-operation", operation, timestamp: AT });

const sinceMs = Date.parse(AT) - 1_000;
const text = (lines: readonly Line[]): string =>
  lines.map((line) => JSON.stringify(line)).join("\n");
const workAt = (lines: readonly Line[]): RefusedWork | null =>
  refusedTurn(text(lines), { sinceMs })?.work ?? null;

const prompt = (text: string): RefusedWork => ({ is: "prompt", text });
const special = (why: string): RefusedWork => ({ is: "special", why });

/** What stands before the refusal, and what the turn was about. */
const TURNS: ReadonlyArray<readonly [name: string, before: Line[], work: RefusedWork]> = [
  ["a prompt", [reply(), user("fix it")], prompt("fix it")],
  ["a prompt of several lines", [user("a\n\n b ")], prompt("a\n\n b ")],
  ["a prompt that begins with a dash", [user("--version")], prompt("--version")],
  ["one block of text", [user([{ type: "text", text: "fix it" }])], prompt("fix it")],
  ["a prompt that was refused before", [user("a"), refusal, user("a")], prompt("a")],
  ["two refused prompts: the last", [user("a"), refusal, user("b")], prompt("b")],
  ["a refusal after a refusal", [user("a"), refusal, notice], prompt("a")],
  ["a tool's result", [user("a"), reply(), user([{ type: "tool_result" }])], { is: "under way" }],
  ["a reply", [user("a"), reply()], { is: "under way" }],
  ["a summary", [user("This session …", { isCompactSummary: true })], { is: "under way" }],
  ["the end of a task", [user("<task-notification>…")], { is: "under way" }],
  ["a subagent's result", [user("a"), user("x", { isSidechain: true })], prompt("a")],
  ["text of the client", [user("a"), user("Caveat", { isMeta: true })], prompt("a")],
  ["a command", [user("<command-name>/review</command-name>")], special("it is a command")],
  ["what looks like a command", [user("/tmp/x is broken")], special("it is a command")],
  ["a shell command", [user("<bash-input>ls</bash-input>")], special("it is a command")],
  ["a picture", [user([{ type: "image" }])], special("it has a picture or a file")],
  ["a picture by name", [user("see [Image #1]")], special("it has a picture or pasted text")],
  [
    "a placeholder",
    [user("[Pasted text #1 +9 lines]")],
    special("it has a picture or pasted text"),
  ],
  ["pasted text in full", [user("look:\nline 1\nline 2")], prompt("look:\nline 1\nline 2")],
  ["two texts", [user([{ type: "text" }, { type: "text" }])], special("it has several parts")],
  ["a beginning that was not read", [], { is: "unread" }],
  [
    "a long pasted text that was kept elsewhere",
    [user("[...Truncated text #1 +9 lines...]")],
    special("it has a picture or pasted text"),
  ],
  ["a message from a channel", [user("do it", { origin: { kind: "channel" } })], {
    is: "under way",
  }],
  ["a prompt of a person", [user("do it", { origin: { kind: "human" } })], prompt("do it")],
  [
    "a queued prompt",
    [user("a"), queued("enqueue")],
    special("more prompts were waiting behind it"),
  ],
  ["a queued prompt that was sent", [queued("enqueue"), queued("dequeue"), user("a")], prompt("a")],
  [
    "a queued prompt, behind which the end of a task was queued and taken",
    [
      user("a"),
      { ...queued("enqueue"), content: "b" },
      { ...queued("enqueue"), content: "<task-notification>" },
      { ...queued("remove"), content: "<task-notification>" },
    ],
    special("more prompts were waiting behind it"),
  ],
  ["queued prompts that were taken back", [user("a"), queued("enqueue"), queued("popAll")], {
    is: "prompt",
    text: "a",
  }],
  [
    "a prompt queued on an earlier account",
    [{ ...queued("enqueue"), timestamp: "2026-11-26T18:00:00.000Z" }, user("a")],
    prompt("a"),
  ],
];
for (const [name, before, work] of TURNS) {
  Deno.test(`refused after ${name}`, () => {
    assert.deepEqual(workAt([...before, refusal, notice]), work);
  });
}

Deno.test("something that was typed after the refusal: the person decides", () => {
  const since = special("something was typed since");
  assert.deepEqual(workAt([user("a"), refusal, user("b")]), since);
  assert.deepEqual(workAt([user("a"), refusal, user("<task-notification>")]), prompt("a"));
  const exit = [
    user("<local-command-caveat>…", { isMeta: true }),
    user("<command-name>/exit</command-name>"),
    user("<local-command-stdout>See ya!</local-command-stdout>"),
  ];
  assert.deepEqual(workAt([user("a"), refusal, ...exit]), prompt("a"), "a command sends nothing");
});

Deno.test("a transcript that doesn't end with a refusal has no refused turn", () => {
  assert.equal(workAt([]), null);
  assert.equal(workAt([user("a"), refusal, user("b"), reply()]), null);
  assert.equal(workAt([user("a"), { ...refusal, error: "overloaded" }]), null);
});

Deno.test("whether the client offers to go on slowly stands in the refusal", () => {
  const offers = (lowPriorityOffer: string) => {
    const quotaLimits = { lowPriorityOffer };
    return refusedTurn(text([user("a"), { ...refusal, quotaLimits }]), { sinceMs })
      ?.offersLowPriority;
  };
  assert.deepEqual([offers("treatment"), offers("control")], [true, false]);
});

Deno.test("the context is that of the last real reply", () => {
  assert.equal(contextTokens(text([reply(), user("a"), refusal])), 4611);
  assert.equal(contextTokens(text([user("a"), refusal])), null);
});

Deno.test("a finished turn is a reply of this session that ends its turn", () => {
  const finished = (line: Line) => hasFinishedTurn(text([line, refusal]), { sinceMs });
  assert.equal(finished(reply()), true);
  assert.equal(finished(reply({ timestamp: "2026-11-26T18:00:00.000Z" })), false);
  assert.equal(finished(reply({ isSidechain: true })), false);
  assert.equal(finished(reply({ message: { model: "opus", stop_reason: "tool_use" } })), false);
  assert.equal(finished(refusal), false);
});
