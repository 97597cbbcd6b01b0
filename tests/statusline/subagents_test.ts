// Tests of finding the transcripts of subagents, with real files and folders.
import assert from "node:assert/strict";
import { transcriptFiles } from "../../lib/system/transcript_files.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { accountHome, draw, explain, payload } from "./drawn.ts";
import { callLine } from "./lines.ts";

Deno.test("the tokens of a workflow's subagents count, its journal doesn't", async () => {
  const made = await accountHome();
  await using home = made.home;
  const subagents = `${made.dir}/projects/p/session/subagents`;
  const run = `${subagents}/workflows/wf_0123-abc`;
  Deno.mkdirSync(run, { recursive: true });
  const write = (path: string, output: number): void =>
    Deno.writeTextFileSync(path, callLine({ id: path, output }), { append: true });
  write(`${run}/agent-a1.jsonl`, 100);
  write(`${run}/journal.jsonl`, 5000);
  write(`${subagents}/agent-a2.jsonl`, 3);
  const stdin = payload({ transcript_path: made.transcript });
  const { tokens, files } = await explain(home, stdin);
  assert.deepEqual([tokens.output, tokens.apiCalls, tokens.complete], [145, 3, true]);
  assert.deepEqual(files.map((file) => file.path), [
    made.transcript,
    `${subagents}/agent-a2.jsonl`,
    `${run}/agent-a1.jsonl`,
  ]);
  write(`${run}/agent-a3.jsonl`, 55);
  assert.match(await draw(home, { stdin }), /out 200 .*sub \d+%/);
});

Deno.test("folders of subagents are searched, up to a depth, and links to folders aren't", async () => {
  await using home = await TempHome.create();
  const top = `${home.project}/subagents`;
  Deno.mkdirSync(`${top}/a/b/c/d`, { recursive: true });
  for (const folder of ["", "/a", "/a/b", "/a/b/c", "/a/b/c/d"]) {
    Deno.writeTextFileSync(`${top}${folder}/x`, "");
  }
  Deno.symlinkSync(top, `${top}/a/loop`);
  Deno.mkdirSync(`${top}/closed`, { mode: 0o000 });
  assert.deepEqual(transcriptFiles.list(top).filter((name) => name.endsWith("x")).sort(), [
    "a/b/c/x",
    "a/b/x",
    "a/x",
    "x",
  ]);
});
