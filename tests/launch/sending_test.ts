// Tests of what is sent after a move: prompts that an argument can repeat as they were, and those that none can.
import assert from "node:assert/strict";
import { sendingOf } from "../../lib/launch/sending.ts";

const sent = (text: string) =>
  sendingOf({ work: { is: "prompt", text }, offersLowPriority: false }, "go on");

for (
  const text of [
    "fix it",
    "--version",
    "update it",
    "  indented\n\n",
    "a\x1b[31mb\x07",
    "é".repeat(50_000),
  ]
) {
  Deno.test(`a prompt is sent as it was: ${JSON.stringify(text.slice(0, 20))}`, () => {
    assert.deepEqual(sent(text), { prompt: text });
  });
}

for (
  const [text, why] of [
    [" \n", "it is empty"],
    ["update", "claude would take it for a command"],
    [" install\n", "claude would take it for a command"],
    ["a\0b", "it has a zero byte"],
    ["a\ud800b", "it has half a character"],
    ["é".repeat(50_001), "it is too long"],
    ["x".repeat(200_000), "it is too long"],
  ] as const
) {
  Deno.test(`${JSON.stringify(text.slice(0, 20))} is not sent: ${why}`, () => {
    assert.deepEqual(sent(text), { prompt: null, why });
  });
}
