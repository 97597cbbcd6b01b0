// Tests of reading a transcript in pieces: long lines, torn lines, and what counts as a line.
import assert from "node:assert/strict";
import type { LineMeaning } from "../../../lib/claude/transcript/line.ts";
import { mayCount, meaningOf } from "../../../lib/claude/transcript/line.ts";
import {
  LineScanner,
  LONGEST_LINE_BYTES,
  PIECE_BYTES,
} from "../../../lib/claude/transcript/scan.ts";
import type { ScanResult } from "../../../lib/claude/transcript/scan.ts";
import { callLine, promptLine, toolResultLine } from "../../statusline/lines.ts";

type Scanned = ScanResult & { found: LineMeaning[] };

/** Scans text or bytes, and returns what the lines mean. */
function scan(
  content: string | Uint8Array,
  options: {
    from?: number;
    to?: number;
    insideLongLine?: boolean;
    /** The number of pieces that there is time for. */
    pieces?: number;
    /** The most bytes that one read returns. */
    largestRead?: number;
    pieceBytes?: number;
    longestLineBytes?: number;
  } = {},
): Scanned {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const found: LineMeaning[] = [];
  let asked = 0;
  const result = new LineScanner(options).scan((buffer, at) => {
    const piece = bytes.subarray(at, at + Math.min(buffer.length, options.largestRead ?? Infinity));
    buffer.set(piece);
    return piece.length;
  }, {
    from: options.from ?? 0,
    to: options.to ?? bytes.length,
    insideLongLine: options.insideLongLine ?? false,
    mayGoOn: () => ++asked < (options.pieces ?? Infinity),
    isWanted: mayCount,
    onLine(line, offset) {
      const meaning = meaningOf(line, offset);
      if (meaning !== null) found.push(meaning);
    },
  });
  return { ...result, found };
}

const outputs = (found: LineMeaning[]): number[] =>
  found.flatMap((line) => line.kind === "call" ? line.tokens.output : []);

Deno.test("lines of every length around the size of a piece are read", () => {
  for (const length of [0, 1, 100]) {
    for (const size of [PIECE_BYTES - length, PIECE_BYTES + length, 2 * PIECE_BYTES - length]) {
      const bare = callLine({ output: 7, content: [{ type: "text", text: "" }] }).length;
      const long = callLine({
        output: 7,
        content: [{ type: "text", text: "x".repeat(size - bare) }],
      });
      const text = callLine({ output: 1 }) + long + callLine({ output: 2 }) + long + promptLine();
      for (const largestRead of [undefined, 1000, 65_536]) {
        const { found, offset, complete } = scan(text, largestRead ? { largestRead } : {});
        assert.deepEqual(outputs(found), [1, 7, 2, 7], `${size}`);
        assert.equal(found.at(-1)?.kind, "prompt");
        assert.deepEqual([offset, complete], [text.length, true]);
      }
    }
  }
});

Deno.test("a line of 6 MB counts, before and after others", () => {
  const image = { type: "image", source: { data: "A".repeat(6_000_000) } };
  const text = callLine({ output: 1 }) + callLine({ output: 2, content: [image] }) +
    toolResultLine("r".repeat(6_000_000)) + callLine({ output: 3 });
  assert.deepEqual(outputs(scan(text).found), [1, 2, 3]);
});

Deno.test("a last line without a newline waits, however long it is", () => {
  for (const size of [10, PIECE_BYTES, 3 * PIECE_BYTES]) {
    const first = callLine({ output: 1 });
    const torn = callLine({ output: 2, content: [{ type: "text", text: "y".repeat(size) }] });
    const cut = scan(first + torn.slice(0, -1));
    assert.deepEqual([outputs(cut.found), cut.offset, cut.complete], [[1], first.length, true]);
    const rest = scan(first + torn, { from: cut.offset });
    assert.deepEqual([outputs(rest.found), rest.offset], [[2], first.length + torn.length]);
  }
});

Deno.test("a scan that was stopped continues from its offset", () => {
  const lines = Array.from({ length: 3000 }, (_, i) => callLine({ id: `m${i}`, output: i }));
  const text = lines.join("");
  let offset = 0;
  const found: number[] = [];
  let calls = 0;
  for (let complete = false; !complete; calls++) {
    const result = scan(text, { from: offset, pieces: 1 });
    found.push(...outputs(result.found));
    ({ offset, complete } = result);
  }
  assert.deepEqual(found, lines.map((_, i) => i));
  assert.ok(calls > 2);
});

Deno.test("a line of the maximum length counts, and a longer one is skipped", () => {
  const bare = callLine({ output: 7, content: [""] }).length;
  const lineOf = (bytes: number): string =>
    callLine({ output: 7, content: ["x".repeat(bytes - bare)] });
  for (const longestLineBytes of [1000, LONGEST_LINE_BYTES]) {
    for (
      const [bytes, counts] of [[longestLineBytes, true], [longestLineBytes + 1, false]] as const
    ) {
      const text = callLine({ output: 1 }) + lineOf(bytes) + callLine({ output: 2 });
      for (const pieceBytes of [300, PIECE_BYTES].filter((size) => size * 1e5 > bytes)) {
        const { found, ...result } = scan(text, { longestLineBytes, pieceBytes });
        assert.deepEqual(outputs(found), counts ? [1, 7, 2] : [1, 2], `${bytes}`);
        assert.deepEqual(result, { offset: text.length, insideLongLine: false, complete: true });
      }
    }
  }
});

Deno.test("a line longer than any message is skipped, also over several calls", () => {
  const head = callLine({ output: 1 });
  const long = callLine({ output: 7, content: ["x".repeat(5000)] });
  const text = head + long + callLine({ output: 2 });
  const limits = { longestLineBytes: 1000, pieceBytes: 300 };
  for (let cut = head.length + 1000; cut < text.length - long.length / 8; cut += 700) {
    const torn = scan(text.slice(0, cut), limits);
    assert.deepEqual([outputs(torn.found), torn.insideLongLine, torn.offset], [[1], true, cut]);
    const rest = scan(text, { ...limits, from: torn.offset, insideLongLine: true });
    assert.deepEqual([outputs(rest.found), rest.insideLongLine], [[2], false]);
  }
});

Deno.test("CRLF, blank lines, invalid UTF-8, NUL and unknown types do no harm", () => {
  const encode = (text: string): number[] => [...new TextEncoder().encode(text)];
  const bytes = Uint8Array.from([
    ...encode(callLine({ output: 1 }).replace("\n", "\r\n")),
    ...encode("\n\r\n"),
    0xff,
    0xfe,
    0x00,
    0x0a,
    ...encode('{"type":"assistant","message":{"id":"é'),
    0xc3,
    0x28,
    ...encode('","usage":{"output_tokens":2}}}\n'),
    ...encode('{"type":"new-kind","message":{"role":"assistant","usage":{"output_tokens":9}}}\n'),
    ...encode(callLine({ output: 3 })),
  ]);
  assert.deepEqual(outputs(scan(bytes).found), [1, 2, 3]);
});

Deno.test("a file that shrinks while it is read ends the scan", () => {
  const text = callLine({ output: 1 }) + callLine({ output: 2 });
  const result = scan(text.slice(0, -3), { to: text.length });
  assert.deepEqual([outputs(result.found), result.offset], [[1], callLine({ output: 1 }).length]);
});

Deno.test("what is added while a file is read is left to the next scan", () => {
  const seen = callLine({ output: 1 }) + callLine({ output: 2 });
  const added = seen + callLine({ output: 3 });
  for (const pieceBytes of [50, PIECE_BYTES]) {
    const { found, offset, complete } = scan(added, { to: seen.length, pieceBytes });
    assert.deepEqual([outputs(found), offset, complete], [[1, 2], seen.length, true]);
  }
});

Deno.test("a scan that is stopped at the end of a file has read all of it", () => {
  const text = callLine({ output: 1 });
  const torn = callLine({ output: 2 }).slice(0, -20);
  assert.equal(scan(text + torn, { pieces: 1 }).complete, true);
  assert.equal(scan(text.repeat(2), { pieces: 1, pieceBytes: text.length + 5 }).complete, false);
});

Deno.test("a byte order mark before a line is no part of it, and anything else makes it broken", () => {
  const marked = `\ufeff${callLine({ output: 2 })}`;
  assert.deepEqual(outputs(scan(callLine({ output: 1 }) + marked).found), [1, 2]);
  assert.deepEqual(outputs(scan(`${callLine({ output: 1 })}x${marked}`).found), [1]);
});

Deno.test("lines without any id are distinguished by their position", () => {
  const anonymous = callLine({ more: { uuid: null, requestId: null } }).replace(
    '"id":"msg_1",',
    "",
  );
  const { found } = scan(promptLine("é😀") + anonymous + anonymous);
  const keys = found.flatMap((line) => line.kind === "call" ? line.key : []);
  const first = new TextEncoder().encode(promptLine("é😀")).length;
  assert.deepEqual(keys, [`place\n${first}`, `place\n${first + anonymous.length}`]);
});

Deno.test("of an unwanted line, only the start is decoded", () => {
  const seen: string[] = [];
  const text = `${"a".repeat(5000)}\n${"b".repeat(5000)}\né\n`;
  const bytes = new TextEncoder().encode(text);
  new LineScanner().scan((buffer, at) => {
    buffer.set(bytes.subarray(at, at + buffer.length));
    return Math.min(buffer.length, bytes.length - at);
  }, {
    from: 0,
    to: bytes.length,
    insideLongLine: false,
    mayGoOn: () => true,
    isWanted(beginning) {
      assert.ok(beginning.length <= 1024, `${beginning.length}`);
      return !beginning.startsWith("a");
    },
    onLine: (line, offset) => seen.push(`${offset} ${line}`),
  });
  assert.deepEqual(seen, [`5001 ${"b".repeat(5000)}`, "10002 é"]);
});
