// Tests of what a transcript says about its conversation, wherever in the file it says so.
import assert from "node:assert/strict";
import { describeTranscript } from "../../../lib/claude/transcript/description.ts";
import type { Description } from "../../../lib/claude/transcript/description.ts";

/** Describes a transcript with these lines; the last one has no newline with `isTorn`. */
function describe(lines: readonly unknown[], { isTorn = false } = {}): Description {
  const text = lines.map((line) => typeof line === "string" ? line : JSON.stringify(line))
    .join("\n") + (isTorn ? "" : "\n");
  const bytes = new TextEncoder().encode(text);
  return describeTranscript((buffer, at) => {
    const part = bytes.subarray(at, at + Math.min(buffer.length, 100_000));
    buffer.set(part);
    return part.length;
  }, bytes.length);
}

const filler = (bytes: number) => ({ type: "attachment", attachment: "A".repeat(bytes) });
const prompt = (text: string, more = {}) => ({
  type: "user",
  message: { role: "user", content: text },
  cwd: "/home/ann/project",
  ...more,
});
const picture = {
  type: "user",
  message: {
    content: [
      { type: "image", source: { type: "base64", data: "A".repeat(5_000_000) } },
      { type: "text", text: "what is wrong here" },
    ],
  },
  cwd: "/home/ann/project",
};

Deno.test("a conversation that begins with a picture of 5 MB has its folder and its title", () => {
  const found = {
    title: "what is wrong here",
    prompt: "what is wrong here",
    folder: "/home/ann/project",
    owner: null,
    entrypoint: null,
    isBlank: false,
  };
  assert.deepEqual(describe([{ type: "mode" }, picture]), found);
  assert.deepEqual(describe([picture, prompt("more")]), found);
  assert.deepEqual(describe([picture], { isTorn: true }), found);
});

Deno.test("folder, title and owner are found behind summaries, attachments and broken lines", () => {
  const owner = { type: "session-owner", accountUuid: "u", organizationUuid: "o" };
  const before = [filler(300_000), { type: "summary", summary: "another one" }, "{broken"];
  const after = [filler(300_000), filler(300_000)];
  const found = describe([...before, prompt("hello"), ...after, owner, ...after]);
  assert.deepEqual(found, {
    title: "hello",
    prompt: "hello",
    folder: "/home/ann/project",
    owner: { accountUuid: "u", organizationUuid: "o" },
    entrypoint: null,
    isBlank: false,
  });
  const named = { type: "custom-title", customTitle: "auth-refactor" };
  assert.equal(describe([prompt("hello"), named, ...after, prompt("x")]).title, "auth-refactor");
  const renamed = { ...named, customTitle: "two\u202e\nlines" };
  assert.equal(describe([named, prompt("hello"), ...after, renamed, ...after]).title, "two lines");
});

Deno.test("a first prompt that says nothing gives way to the first that does", () => {
  const titled = (...prompts: string[]) => describe(prompts.map((text) => prompt(text))).title;
  assert.equal(
    titled("hi", "ok", "fix the parser of dates", "now the tests, please"),
    "fix the parser of dates",
  );
  assert.equal(titled("add a test for it", "hi"), "add a test for it");
  assert.equal(titled("hi", "go on"), "hi", "if none does, it is the first");
  const { prompt: first } = describe([prompt("hi"), prompt("fix the parser of dates")]);
  assert.equal(first, "hi", "it can still be found by it");
});

Deno.test("a transcript with only a summary has that as its title, and no folder", () => {
  const found = describe([{ type: "summary", summary: "the old days", leafUuid: "x" }]);
  const nothing = { prompt: null, folder: null, owner: null, entrypoint: null, isBlank: true };
  assert.deepEqual(found, { title: "the old days", ...nothing });
  assert.deepEqual(describe([]), { title: null, ...nothing });
  assert.equal(describe([prompt("x", { cwd: "relative" })]).folder, null);
});

Deno.test("the folder is that of the first message, whatever comes first and wherever it moves to", () => {
  const snapshot = { type: "file-history-snapshot", snapshot: { data: "A".repeat(400_000) } };
  const aside = prompt("of an agent", { isSidechain: true });
  const moved = prompt("later", { cwd: "/home/ann/project/sub" });
  const found = describe([snapshot, snapshot, aside, prompt("hello"), moved]);
  assert.equal(found.folder, "/home/ann/project");
  assert.equal(found.title, "hello");
});

Deno.test("a conversation is blank if it was left with /exit at once, unless it has a name", () => {
  const local = [
    prompt("<local-command-caveat>The command below was run directly</local-command-caveat>", {
      isMeta: true,
    }),
    prompt("<command-name>/exit</command-name>\n<command-args></command-args>"),
    prompt("<local-command-stdout>See ya!</local-command-stdout>"),
  ];
  const isBlank = (...more: unknown[]) => describe([...local, ...more]).isBlank;
  assert.equal(isBlank(), true);
  const name = { type: "custom-title", customTitle: "parser-work" };
  assert.equal(isBlank(name), false);
  assert.equal(describe([name]).isBlank, true, "the client doesn't find it");
  assert.equal(isBlank(prompt("hi")), false);
  assert.equal(isBlank({ type: "assistant", message: { content: [] } }), false, "a custom command");
  const image = { type: "image", source: { type: "base64", data: "A" } };
  assert.equal(isBlank({ type: "user", message: { content: [image] } }), false);
});
