// Tests of what is counted: one case for each shape of transcript that the client writes.
import assert from "node:assert/strict";
import { readFixture } from "../../helpers/paths.ts";
import { callLine, promptLine, toolResultLine } from "../../statusline/lines.ts";
import {
  MAIN,
  MemoryFiles,
  MemoryProgress,
  refreshOnce,
  subagentPath,
} from "../../statusline/memory_transcripts.ts";
import { oracleTotals } from "../../statusline/oracle.ts";

/** What a case expects: all API calls and all output, output of subagents, output of the turn. */
interface Expected {
  calls: number;
  output: number;
  subagents?: number;
  turn?: number;
}

interface Shape {
  name: string;
  main: string;
  subagents?: Record<string, string>;
  expected: Expected;
}

const T = (second: number): string => `2026-11-23T06:00:${String(second).padStart(2, "0")}.000Z`;

const SHAPES: readonly Shape[] = [
  {
    name: "usage repeated on every content block counts once",
    main: callLine({ output: 42 }).repeat(3),
    expected: { calls: 1, output: 42 },
  },
  {
    name: "a partial first line gives way to the last",
    main: callLine({ output: 1 }) + callLine({ output: 250 }),
    expected: { calls: 1, output: 250 },
  },
  {
    name: "the last line wins even when it says less",
    main: callLine({ output: 250 }) + callLine({ output: 9 }),
    expected: { calls: 1, output: 9 },
  },
  {
    name: "a message that continues after other lines counts once",
    main: callLine({ id: "a", output: 1 }) + toolResultLine() + callLine({ id: "b", output: 10 }) +
      callLine({ id: "a", output: 5 }),
    expected: { calls: 2, output: 15 },
  },
  {
    name: "one message id under two request ids is two calls",
    main: callLine({ request: "r1", output: 1 }) + callLine({ request: "r2", output: 2 }),
    expected: { calls: 2, output: 3 },
  },
  {
    name: "lines without a request id belong together",
    main: callLine({ more: { requestId: undefined } }) + callLine({ more: { requestId: null } }),
    expected: { calls: 1, output: 5 },
  },
  {
    name: "the client's own lines and API errors count nothing",
    main: callLine({ model: "<synthetic>", output: 50 }) +
      callLine({ id: "b", output: 60, more: { isApiErrorMessage: true } }) +
      callLine({ id: "c", output: 1 }),
    expected: { calls: 1, output: 1 },
  },
  {
    name: "usage of a tool's result, in a tool's input or in text counts nothing",
    main: toolResultLine('{"type":"assistant","message":{"usage":{"output_tokens":999}}}') +
      callLine({
        output: 3,
        content: [{
          type: "tool_use",
          input: { type: "assistant", message: { id: "x", usage: { output_tokens: 888 } } },
        }],
      }) +
      '{"type":"progress","message":{"id":"y","role":"assistant","usage":{"output_tokens":777}}}\n',
    expected: { calls: 1, output: 3 },
  },
  {
    name: "inline sidechains are subagents",
    main: callLine({ id: "a", output: 4 }) + callLine({ id: "b", output: 6, sidechain: true }),
    expected: { calls: 2, output: 10, subagents: 6 },
  },
  {
    name: "subagents' files count in the total and as their share",
    main: callLine({ id: "a", output: 4 }),
    subagents: {
      a1: callLine({ id: "b", output: 6, sidechain: true }),
      b2: callLine({ id: "c", output: 7, sidechain: true }),
    },
    expected: { calls: 3, output: 17, subagents: 13 },
  },
  {
    name: "a subagent forked from the session repeats its lines: they stay the session's",
    main: callLine({ id: "a", output: 4 }) + callLine({ id: "b", output: 5 }),
    subagents: { f: callLine({ id: "a", output: 4 }) + callLine({ id: "c", output: 6 }) },
    expected: { calls: 3, output: 15, subagents: 6 },
  },
  {
    name: "a call in two subagents' files counts once",
    main: callLine({ id: "a", output: 1 }),
    subagents: { x: callLine({ id: "s", output: 2 }), y: callLine({ id: "s", output: 3 }) },
    expected: { calls: 2, output: 3, subagents: 2 },
  },
  {
    name: "compaction removes nothing and starts no turn",
    main: promptLine() + callLine({ id: "a", output: 4 }) +
      '{"type":"system","subtype":"compact_boundary","compactMetadata":{"preTokens":9}}\n' +
      promptLine("summary", { more: { isCompactSummary: true } }) +
      callLine({ id: "b", output: 5 }),
    expected: { calls: 2, output: 9, turn: 9 },
  },
  {
    name: "a turn starts at the user's prompt, not at a tool result",
    main: promptLine("one") + callLine({ id: "a", output: 100 }) + promptLine("two") +
      callLine({ id: "b", output: 1 }) + toolResultLine() + callLine({ id: "c", output: 2 }),
    expected: { calls: 3, output: 103, turn: 3 },
  },
  {
    name: "meta lines, notifications, command output and interruptions start no turn",
    main: promptLine("one") + callLine({ id: "a", output: 1 }) +
      promptLine("m", { more: { isMeta: true } }) +
      promptLine("n", { more: { origin: { kind: "task-notification" } } }) +
      promptLine("<local-command-stdout>ok</local-command-stdout>") +
      promptLine("side", { more: { isSidechain: true } }) +
      promptLine("x", {
        more: { message: { content: [{ type: "text", text: "[Request interrupted by user]" }] } },
      }) + callLine({ id: "b", output: 2 }),
    expected: { calls: 2, output: 3, turn: 3 },
  },
  {
    name: "a prompt in blocks, or with a picture only, starts a turn",
    main: callLine({ id: "a", output: 1 }) +
      promptLine("", { more: { message: { content: [{ type: "text", text: "hi" }] } } }) +
      callLine({ id: "b", output: 2 }) +
      promptLine("", { more: { message: { content: [{ type: "image", source: {} }] } } }) +
      callLine({ id: "c", output: 4 }),
    expected: { calls: 3, output: 7, turn: 4 },
  },
  {
    name: "without any prompt everything belongs to the turn",
    main: callLine({ id: "a", output: 1 }) + callLine({ id: "b", output: 2 }),
    expected: { calls: 2, output: 3, turn: 3 },
  },
  {
    name: "subagents count in the turn by their times",
    main: promptLine("one", { at: T(0) }) + callLine({ id: "a", output: 1, at: T(1) }) +
      promptLine("two", { at: T(10) }) + callLine({ id: "b", output: 2, at: T(11) }),
    subagents: {
      s: callLine({ id: "s1", output: 100, at: T(5) }) +
        callLine({ id: "s2", output: 40, at: T(15) }),
    },
    expected: { calls: 4, output: 143, subagents: 140, turn: 42 },
  },
  {
    name: "a subagent's line without a time belongs to no turn, even where there is no prompt",
    main: callLine({ id: "a", output: 1 }),
    subagents: { s: callLine({ id: "s1", output: 100, more: { timestamp: null } }) },
    expected: { calls: 2, output: 101, subagents: 100, turn: 1 },
  },
  {
    name: "the first lines of a fork are its own total",
    main: callLine({ id: "old", output: 7 }) + promptLine() + callLine({ id: "new", output: 8 }),
    expected: { calls: 2, output: 15, turn: 8 },
  },
];

function count(shape: Shape): ReturnType<typeof refreshOnce> {
  const files = new MemoryFiles();
  files.append(MAIN, shape.main);
  for (const [name, text] of Object.entries(shape.subagents ?? {})) {
    files.append(subagentPath(name), text);
  }
  return refreshOnce(files, new MemoryProgress());
}

for (const shape of SHAPES) {
  Deno.test(shape.name, () => {
    const totals = count(shape);
    assert.ok(totals);
    assert.equal(totals.complete, true);
    assert.deepEqual({
      calls: totals.all.apiCalls,
      output: totals.all.output,
      subagents: totals.subagents.output,
      turn: shape.expected.turn === undefined ? undefined : totals.turn.output,
    }, { subagents: 0, turn: undefined, ...shape.expected });
  });
}

Deno.test("input is fresh tokens, cache writes and cache reads together", () => {
  const totals = count({
    name: "",
    main: callLine({ fresh: 1, write: 20, read: 300, output: 4 }),
    expected: { calls: 1, output: 4 },
  });
  assert.deepEqual(totals?.all, {
    freshInput: 1,
    cacheWrite: 20,
    cacheRead: 300,
    output: 4,
    apiCalls: 1,
  });
  assert.deepEqual(totals?.turn, { input: 321, output: 4 });
});

Deno.test("negative, broken and huge counts neither break the sums nor count", () => {
  const strange = callLine().replace('"input_tokens":10', '"input_tokens":-5')
    .replace('"cache_creation_input_tokens":100', '"cache_creation_input_tokens":"7"')
    .replace('"cache_read_input_tokens":1000', '"cache_read_input_tokens":1e308')
    .replace('"output_tokens":5', '"output_tokens":2.9');
  const totals = count({ name: "", main: strange, expected: { calls: 1, output: 2 } });
  assert.equal(totals?.all.freshInput, 0);
  assert.equal(totals?.all.cacheWrite, 0);
  assert.ok(Number.isSafeInteger(totals?.all.cacheRead));
  assert.equal(totals?.all.output, 2);
});

Deno.test("captured transcripts of the client have the totals of a simple count", () => {
  const expectedCalls = {
    "interactive-compacted.jsonl": 2,
    "interactive-rate-limited.jsonl": 5,
    "interactive-with-subagent.jsonl": 5,
    "resumed-by-second-account.jsonl": 3,
  };
  for (const [name, calls] of Object.entries(expectedCalls)) {
    const main = readFixture(`transcripts/${name}`);
    const subagent = name.includes("subagent")
      ? readFixture("transcripts/subagents-agent-ae4f834686edafea7.jsonl")
      : "";
    const totals = count({
      name,
      main,
      subagents: { ae4f834686edafea7: subagent },
      expected: { calls, output: 0 },
    });
    const expected = oracleTotals(main, new Map([["a", subagent]]));
    assert.deepEqual(
      { ...totals, complete: true },
      { ...expected, complete: true },
      name,
    );
    assert.equal(totals?.all.apiCalls, calls, name);
  }
});

Deno.test("other files next to the session aren't its subagents", () => {
  const files = new MemoryFiles();
  files.append(MAIN, callLine({ id: "a" }));
  const others = ["agent-1.meta.json", "agent-1.jsonl.bak", "notes.jsonl"];
  for (const name of [...others, "workflows/wf_1/journal.jsonl", "agent-x/notes.jsonl"]) {
    files.append(`/p/session/subagents/${name}`, callLine({ id: "b" }));
  }
  files.append("/p/session/agent-1.jsonl", callLine({ id: "c" }));
  files.append("/p/other.jsonl", callLine({ id: "d" }));
  assert.equal(refreshOnce(files, new MemoryProgress())?.all.apiCalls, 1);
});

Deno.test("a missing transcript has no totals", () => {
  assert.equal(refreshOnce(new MemoryFiles(), new MemoryProgress()), null);
});

Deno.test("of thousands of files, a call opens only as many as there is time for, and all are counted", () => {
  const files = new MemoryFiles();
  files.append(MAIN, callLine({ output: 1 }));
  const count = 40;
  for (let n = 0; n < count; n++) {
    files.append(subagentPath(`a${n}`), callLine({ id: `m${n}`, output: 1 }));
  }
  let opened = 0;
  const open = files.open.bind(files);
  files.open = (path) => (opened++, open(path));
  const progress = new MemoryProgress();
  for (let call = 1; call <= count + 2; call++) {
    opened = 0;
    let looks = 0;
    const totals = refreshOnce(files, progress, { mayGoOn: () => ++looks <= 6 });
    assert.ok(opened <= 12, `${opened} files opened in call ${call}`);
    if (totals?.complete !== true) continue;
    assert.equal(totals.all.output, count + 1);
    return;
  }
  assert.fail("not counted");
});
