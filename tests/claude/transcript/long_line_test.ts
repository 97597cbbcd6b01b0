// Tests of lines that take longer than one call may last: they count, or what follows them does.
import assert from "node:assert/strict";
import { LineScanner, PIECE_BYTES } from "../../../lib/claude/transcript/scan.ts";
import { callLine } from "../../statusline/lines.ts";
import {
  MAIN,
  MemoryFiles,
  MemoryProgress,
  refreshOnce,
} from "../../statusline/memory_transcripts.ts";

/** A line of about that many pieces, full of escapes. */
const longLine = (pieces: number): string =>
  callLine({
    id: "long",
    output: 10,
    content: [{ type: "text", text: '"\\\n"'.repeat(pieces * PIECE_BYTES / 8) }],
  });

/** The outputs counted after each call, which has time for one piece, until everything is read. */
function callsWithLittleTime(
  files: MemoryFiles,
  options: ConstructorParameters<typeof LineScanner>[0] = {},
): number[] {
  const store = new MemoryProgress();
  const outputs: number[] = [];
  for (let call = 0; call < 50; call++) {
    const scanner = new LineScanner(options);
    let asked = 0;
    const totals = refreshOnce(files, store, { scanner, mayGoOn: () => ++asked <= 1 });
    outputs.push(totals?.all.output ?? -1);
    if (totals?.complete) return outputs;
  }
  throw new Error(`never complete: ${outputs.join(" ")}`);
}

Deno.test("a line that takes longer than a call may last counts, and so does what follows", () => {
  const files = new MemoryFiles();
  files.append(MAIN, longLine(6) + callLine({ id: "after", output: 1 }));
  assert.deepEqual(callsWithLittleTime(files), [11]);
});

Deno.test("a long line after others is left to the next call, which starts with it", () => {
  const files = new MemoryFiles();
  files.append(MAIN, callLine({ id: "before", output: 100 }) + longLine(6));
  files.append(MAIN, callLine({ id: "after", output: 1 }));
  assert.deepEqual(callsWithLittleTime(files), [100, 111]);
});

Deno.test("a line too long to be read is skipped piece by piece, and what follows counts", () => {
  const files = new MemoryFiles();
  files.append(MAIN, longLine(6) + callLine({ id: "after", output: 1 }));
  const outputs = callsWithLittleTime(files, { longestLineBytes: 2 * PIECE_BYTES });
  assert.equal(outputs.at(-1), 1);
  assert.ok(outputs.length > 2 && outputs.length < 10, outputs.join(" "));
  files.append(MAIN, callLine({ id: "later", output: 2 }));
  assert.equal(callsWithLittleTime(files, { longestLineBytes: 2 * PIECE_BYTES }).at(-1), 3);
});

Deno.test("a long line that is still being written waits for its end, and then counts", () => {
  const files = new MemoryFiles();
  const line = longLine(6);
  files.append(MAIN, line.slice(0, -100));
  assert.deepEqual(callsWithLittleTime(files), [0]);
  files.append(MAIN, line.slice(-100));
  assert.deepEqual(callsWithLittleTime(files), [10]);
});
