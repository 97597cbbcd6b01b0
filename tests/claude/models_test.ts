// Tests of the names of models: aliases, ids, and what a launch with them needs.
import assert from "node:assert/strict";
import { modelKey, neededModels } from "../../lib/claude/models.ts";

for (
  const [name, key] of [
    ["opus", "opus"],
    ["Opus", "opus"],
    ["opus[1m]", "opus"],
    ["claude-opus-5-5", "opus"],
    ["claude-opus-5-5[1m]", "opus"],
    ["claude-opus-4-1-20250805", "opus"],
    ["claude-3-5-sonnet-20241022", "sonnet"],
    ["Sonnet 5.5", "sonnet"],
    ["Claude Opus 5.5 (1M context)", "opus"],
    ["Fable", "fable"],
    ["us.anthropic.claude-opus-4-1-20250805-v1:0", "opus"],
    ["claude-sonnet-4@20250514", "sonnet"],
    ["arn:aws:bedrock:us-east-1:1:inference-profile/eu.anthropic.claude-haiku-4-5-v1:0", "haiku"],
    ["claude-saga-6", "saga"],
    ["claude-6-saga-20270101", "saga"],
    ["my-own-model", "my-own-model"],
    ["opusplan", "opusplan"],
    ["  Gpt-X[1m] ", "gpt-x"],
    ["", ""],
  ] as const
) {
  Deno.test(`the model "${name}" is ${JSON.stringify(key)}`, () => {
    assert.equal(modelKey(name), key);
  });
}

for (
  const [word, needed] of [
    [null, null],
    ["", null],
    ["default", null],
    ["best", null],
    ["opus", ["opus"]],
    ["claude-opus-5-5[1m]", ["opus"]],
    ["opusplan", ["opus", "sonnet"]],
    ["opusplan[1m]", ["opus", "sonnet"]],
    ["sonnet", ["sonnet"]],
    ["my-own-model", ["my-own-model"]],
    ["constructor", ["constructor"]],
  ] as const
) {
  Deno.test(`a launch with the model ${JSON.stringify(word)} needs ${JSON.stringify(needed)}`, () => {
    assert.deepEqual(neededModels(word), needed);
  });
}
