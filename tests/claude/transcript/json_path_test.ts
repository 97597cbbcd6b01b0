// Tests that the byte reader finds exactly what JSON.parse finds, in pieces of any size.
import assert from "node:assert/strict";
import fc from "fast-check";
import type { LineFields } from "../../../lib/claude/transcript/line.ts";
import { fieldsOf } from "../../../lib/claude/transcript/line.ts";
import { JsonPathReader } from "../../../lib/claude/transcript/json_path.ts";

/** Feeds a text in pieces of a size and says what was found. */
function read(text: string, pieceBytes = 1 << 20): LineFields | null {
  const bytes = new TextEncoder().encode(text);
  const reader = new JsonPathReader();
  reader.begin();
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    reader.feed(bytes, at, Math.min(bytes.length, at + pieceBytes));
  }
  return reader.finish() ? reader.fields() : null;
}

/** The same from the parsed value. */
function parsed(text: string): LineFields | null {
  try {
    return fieldsOf(JSON.parse(text));
  } catch {
    return null;
  }
}

const word = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.constantFrom("type", "usage", "input_tokens", '"', "\\", '\\"', "}", "assistant", "😀"),
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
  fc.record({ type: fc.constantFrom("text", "image", "tool_use"), text: word, input: anything }),
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
const line = fc.record({
  parentUuid: anything,
  message,
  isSidechain: fc.oneof(fc.boolean(), scalar),
  requestId: scalar,
  toolUseResult: anything,
  type: fc.constant("assistant"),
  tail: anything,
}, { requiredKeys: ["type"] });

Deno.test("the reader agrees with JSON.parse on any line, in pieces of any size", () => {
  fc.assert(
    fc.property(line, fc.integer({ min: 1, max: 60 }), fc.boolean(), (value, piece, indented) => {
      const text = JSON.stringify(value, null, indented ? 1 : 0).replaceAll("\n", " ");
      assert.deepEqual(read(text, piece), parsed(text));
    }),
    { numRuns: 2000 },
  );
});

Deno.test("the last of a repeated key wins, as in JSON.parse", () => {
  for (
    const text of [
      '{"type":"assistant","requestId":"a","requestId":"b"}',
      '{"type":"assistant","requestId":"a","requestId":1}',
      '{"type":"assistant","isSidechain":true,"isSidechain":"true"}',
      '{"type":"assistant","message":{"id":"a","id":"b","usage":{"input_tokens":1,"input_tokens":2}}}',
      '{"\\u0074ype":"assistant","request\\u0049d":"x\\u0041\\n"}',
    ]
  ) assert.deepEqual(read(text, 3), parsed(text), text);
});

Deno.test("a line that is broken anywhere says nothing", () => {
  const whole = JSON.stringify({
    type: "assistant",
    message: { id: "m", usage: { input_tokens: 1 }, content: [{ type: "text" }, [1, { a: "}" }]] },
  });
  for (let length = 0; length < whole.length; length++) {
    assert.equal(read(whole.slice(0, length)), null, whole.slice(0, length));
  }
  for (
    const text of [whole + "}", whole + whole, `[${whole}]`, whole.replace(":", ""), "1", '"a"']
  ) {
    assert.equal(read(text), null, text);
  }
  assert.ok(read(`${whole} \r`));
});

Deno.test("a very deep line is passed over without harm", () => {
  const deep = `{"type":"assistant","x":${"[".repeat(50_000)}${"]".repeat(50_000)}}`;
  assert.equal(read(deep), null);
  assert.ok(read(`{"type":"assistant","x":${"[".repeat(500)}${"]".repeat(500)}}`));
});
