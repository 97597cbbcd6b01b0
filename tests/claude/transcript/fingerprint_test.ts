// Tests of fingerprints: everything in a small file counts, samples and the end of a large one.
import assert from "node:assert/strict";
import { EMPTY_FINGERPRINT, fingerprint } from "../../../lib/claude/transcript/fingerprint.ts";

type Reads = Array<[at: number, bytes: number]>;

/** The fingerprint of a file up to an offset, and what was read for it. */
function taken(content: Uint8Array, offset = content.length): { print: number; reads: Reads } {
  const reads: Reads = [];
  const facts = { inode: 1, bytes: content.length, changedAtMs: 0 };
  const print = fingerprint({
    facts,
    readAt(buffer, at) {
      reads.push([at, buffer.length]);
      const piece = content.subarray(at, at + buffer.length);
      buffer.set(piece);
      return piece.length;
    },
    close() {},
  }, offset);
  return { print, reads };
}

const filled = (length: number) => Uint8Array.from({ length }, (_, i) => i % 251);

/** The content with one byte changed. */
function changed(content: Uint8Array, at: number): Uint8Array {
  const copy = content.slice();
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

Deno.test("of a small file all is read, of nothing nothing", () => {
  assert.deepEqual(taken(filled(9), 0), { print: EMPTY_FINGERPRINT, reads: [] });
  assert.deepEqual(taken(filled(9)).reads, [[0, 9]]);
  assert.deepEqual(taken(filled(5120)).reads, [[0, 5120]]);
});

Deno.test("of a large file 16 samples at even distances are read, and the last kilobyte", () => {
  for (const offset of [5121, 1_000_003]) {
    const step = Math.floor((offset - 1024) / 16);
    const samples = Array.from({ length: 16 }, (_, i) => [i * step, 256]);
    assert.deepEqual(taken(filled(offset + 99), offset).reads, [...samples, [offset - 1024, 1024]]);
  }
});

Deno.test("a change of any byte of a small file is noticed, and what lies behind the offset is not", () => {
  const content = filled(203);
  const { print } = taken(content, 200);
  for (let at = 0; at < 203; at++) {
    assert.equal(taken(changed(content, at), 200).print === print, at >= 200, `${at}`);
  }
});

Deno.test("a change in the last kilobyte of a large file is noticed", () => {
  const content = filled(50_000);
  const { print } = taken(content);
  for (const at of [0, 50_000 - 1024, 49_999]) {
    assert.notEqual(taken(changed(content, at)).print, print, `${at}`);
  }
});

Deno.test("a fingerprint is the same whatever was read before it", () => {
  const small = [1, 2, 3, 4, 5, 8].map(filled);
  const before = small.map((content) => taken(content).print);
  taken(filled(50_000).fill(255));
  assert.deepEqual(small.map((content) => taken(content).print), before);
  assert.equal(new Set(before).size, before.length);
});
