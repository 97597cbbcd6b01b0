// Tests that lines count as if they were simply parsed as JSON, however they are written.
import assert from "node:assert/strict";
import fc from "fast-check";
import { mayCount, meaningOf } from "../../../lib/claude/transcript/line.ts";
import type { SessionTotals } from "../../../lib/claude/transcript/totals.ts";
import { callLine, promptLine, toolResultLine } from "../../statusline/lines.ts";
import {
  MAIN,
  MemoryFiles,
  MemoryProgress,
  refreshOnce,
} from "../../statusline/memory_transcripts.ts";
import { oracleTotals } from "../../statusline/oracle.ts";

/** A call before the line and one after it show whether the line is a prompt. */
const BEFORE = callLine({ id: "before", output: 10_000 });
const BEHIND = callLine({ id: "behind", output: 100 });

/** Asserts that a line counts as the oracle says, also when it is long; returns the totals. */
function agrees(line: string): SessionTotals {
  const totals = countsAs(line);
  assert.deepEqual(countsAs(line + " ".repeat(5000)), totals, line);
  return totals;
}

/** Asserts that a line counts between two others as the oracle says; returns the totals. */
function countsAs(line: string): SessionTotals {
  const text = `${BEFORE}${line}\n${BEHIND}`;
  const files = new MemoryFiles();
  files.append(MAIN, text);
  const totals = refreshOnce(files, new MemoryProgress());
  assert.ok(totals);
  assert.deepEqual(totals, { ...oracleTotals(text), complete: true }, line);
  return totals;
}

/** Whether a line is an API call. */
const isCall = (line: string): boolean => agrees(line).all.apiCalls === 3;

const word = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom(
    "type",
    "usage",
    "input_tokens",
    '"',
    "\\",
    '\\"',
    "}",
    "assistant",
    "user",
    "😀",
    "<bash-stdout>x",
  ),
);
const scalar = fc.oneof(fc.integer(), fc.boolean(), fc.constant(null), word);
const anything = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    scalar,
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(
      fc.constantFrom("type", "usage", "message", "input_tokens", "id", "x", 'q"', "text"),
      tie("value"),
      { maxKeys: 4 },
    ),
  ),
})).value;
const usage = fc.oneof(
  fc.record({ input_tokens: fc.oneof(fc.integer(), scalar), x: anything }),
  anything,
);
const block = fc.oneof(
  fc.record({
    type: fc.constantFrom("text", "image", "tool_use", "tool_result"),
    text: word,
    input: anything,
  }),
  anything,
);
const message = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      id: scalar,
      model: word,
      usage,
      content: fc.oneof(word, fc.array(block)),
    }, {
      requiredKeys: [],
    }),
  },
  { weight: 1, arbitrary: anything },
);
const kind = fc.constantFrom("assistant", "assistant", "user", "user", "attachment");
/** Members in any order, as a JSON writer may put them; integers come first all the same. */
const line = fc.record({
  parentUuid: anything,
  message,
  isSidechain: fc.oneof(fc.boolean(), scalar),
  isMeta: fc.boolean(),
  origin: fc.oneof(fc.record({ kind: word }), fc.record({ kind: fc.constant("human") }), anything),
  requestId: scalar,
  timestamp: fc.oneof(fc.constant("2026-11-23T06:00:00.000Z"), scalar),
  toolUseResult: anything,
  type: fc.oneof({ weight: 9, arbitrary: kind }, { weight: 1, arbitrary: anything }),
  tail: anything,
}, { requiredKeys: ["type"] });
const shuffled = fc.tuple(line, fc.array(fc.nat(), { minLength: 10, maxLength: 10 })).map((
  [value, order],
) =>
  Object.fromEntries(
    Object.entries(value).map((member, index) => ({ member, place: order[index] ?? 0 }))
      .sort((a, b) => a.place - b.place).map(({ member }) => member),
  )
);

/** Writes every letter of the strings in a JSON text as an escape. */
function escaped(json: string): string {
  return json.replace(
    /"(?:[^"\\]|\\.)*"/g,
    (string) =>
      string.replace(
        /\\.|[a-z]/g,
        (sign) => sign.length > 1 ? sign : `\\u00${sign.charCodeAt(0).toString(16)}`,
      ),
  );
}

Deno.test("a line of any content, order and spacing counts as if parsed", () => {
  fc.assert(
    fc.property(
      shuffled,
      fc.constantFrom("", " ", "\t \r  "),
      fc.boolean(),
      (value, space, asEscapes) => {
        const spaced = JSON.stringify(value, null, space === "" ? 0 : 1).replaceAll(/\n */g, space);
        agrees(asEscapes ? escaped(spaced) : spaced);
      },
    ),
    { numRuns: 3000 },
  );
});

Deno.test("a start of a line that can't count is certain, wherever it is cut", () => {
  fc.assert(
    fc.property(shuffled, fc.nat(400), (value, length) => {
      const text = JSON.stringify(value);
      const meaning = meaningOf(text, 0);
      if (meaning !== null) assert.ok(mayCount(text.slice(0, length)), text);
    }),
    { numRuns: 3000 },
  );
});

Deno.test("tool results and lines of other types, as the client writes them, aren't read", () => {
  const tool = toolResultLine("x".repeat(2000));
  const other =
    '{"type":"api-request-blob","sessionId":"s","message":{"role":"user","content":[]}}';
  for (
    const text of [tool, other, '{"parentUuid":null,"isSidechain":false,"type":"system","n":1}']
  ) {
    assert.equal(mayCount(text.slice(0, 200)), false, text);
    assert.equal(mayCount(text.slice(0, 12)), true, text);
  }
  for (
    const text of [callLine(), promptLine(), '{"attachment":{"type":"x"},"type":"attachment"}']
  ) {
    assert.equal(mayCount(text), true, text);
  }
});

Deno.test("the last of a repeated key wins, as in JSON.parse", () => {
  for (
    const text of [
      '{"type":"assistant","requestId":"a","requestId":"b","message":{"usage":{"input_tokens":1}}}',
      '{"type":"assistant","uuid":"u","uuid":1,"message":{"usage":{"input_tokens":1}}}',
      '{"type":"assistant","isSidechain":true,"isSidechain":"true","message":{"usage":{"input_tokens":1}}}',
      '{"type":"assistant","message":{"id":"a","id":"b","usage":{"input_tokens":1,"input_tokens":2}}}',
      '{"type":"assistant","message":{"id":"a","usage":{"input_tokens":1}},"message":{"id":"b"}}',
      '{"type":"assistant","message":{"usage":{"input_tokens":1},"usage":"none"}}',
      '{"type":"user","type":"assistant","message":{"id":"a","usage":{"input_tokens":4}}}',
      '{"type":"assistant","message":{"id":"a","usage":{"input_tokens":4}},"type":"system"}',
      '{"type":"user","message":{"content":"words","content":[{"type":"tool_result"}]}}',
    ]
  ) agrees(text);
});

Deno.test("keys and types may be written with escapes", () => {
  const call =
    '{"\\u0074ype":"assistant","message":{"i\\u0064":"x\\u0041\\n","usage":{"input\\u005ftokens":7}}}';
  assert.equal(isCall(call), true);
  assert.equal(isCall(call.replace("\\u0074", "t").replace("assistant", "assist\\u0061nt")), true);
  assert.equal(isCall(call.replace("assistant", "assistan\\u0054")), false);
});

Deno.test("a line that is broken anywhere means nothing", () => {
  const whole = JSON.stringify({
    type: "assistant",
    message: { id: "m", usage: { input_tokens: 1 }, content: [{ type: "text" }, [1, { a: "}" }]] },
  });
  for (let length = 0; length < whole.length; length++) {
    assert.equal(isCall(whole.slice(0, length)), false, whole.slice(0, length));
  }
  for (
    const text of [whole + "}", whole + whole, `[${whole}]`, whole.replace(":", ""), "1", '"a"']
  ) {
    assert.equal(isCall(text), false, text);
  }
  assert.equal(isCall(`${whole} \r`), true);
});

Deno.test("a line of any depth counts", () => {
  const deep = (depth: number): string =>
    `{"type":"assistant","x":${"[".repeat(depth)}${"]".repeat(depth)},` +
    '"message":{"id":"deep","usage":{"input_tokens":1}}}';
  assert.equal(isCall(deep(500)), true);
  assert.equal(isCall(deep(50_000)), true);
});

Deno.test("ids that are longer than any real one are ignored", () => {
  const keyOf = (line: string): string | null => {
    const meaning = meaningOf(line, 0);
    return meaning?.kind === "call" ? meaning.key : null;
  };
  assert.equal(keyOf(callLine({ id: "m".repeat(300), request: "r".repeat(256) })), "uuid\nu");
  assert.equal(keyOf(callLine({ id: "m".repeat(255), request: "r" }))?.length, 257);
});
