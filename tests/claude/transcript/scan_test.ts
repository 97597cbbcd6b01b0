// Tests of walking through a transcript's bytes: long lines, torn ones, and what counts as a line.
import assert from "node:assert/strict";
import { bytewiseReader } from "../../../lib/claude/transcript/bytewise.ts";
import type { LineMeaning } from "../../../lib/claude/transcript/line.ts";
import {
  CHUNK_BYTES,
  LineScanner,
  LONGEST_LINE_BYTES,
} from "../../../lib/claude/transcript/scan.ts";
import type { ScanResult } from "../../../lib/claude/transcript/scan.ts";
import { callLine, promptLine, toolResultLine } from "../../statusline/lines.ts";

type Scanned = ScanResult & { found: LineMeaning[] };

/** Scans in both ways, which must find the same. */
function scan(
  content: string | Uint8Array,
  options: {
    from?: number;
    to?: number;
    insideLongLine?: boolean;
    pieces?: number;
    largestRead?: number;
  } = {},
): Scanned {
  const [whole, bytewise] = [Infinity, 0].map((parsedWholeBytes) =>
    scanOneWay(content, { ...options, parsedWholeBytes })
  );
  assert.deepEqual(whole, bytewise);
  return whole as Scanned;
}

function scanOneWay(
  content: string | Uint8Array,
  options: Parameters<typeof scan>[1] & { parsedWholeBytes: number },
): Scanned {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const found: LineMeaning[] = [];
  let asked = 0;
  const scanner = new LineScanner(options);
  scanner.use(bytewiseReader());
  const result = scanner.scan((buffer, at) => {
    const piece = bytes.subarray(at, at + Math.min(buffer.length, options.largestRead ?? Infinity));
    buffer.set(piece);
    return piece.length;
  }, {
    from: options.from ?? 0,
    to: options.to ?? bytes.length,
    insideLongLine: options.insideLongLine ?? false,
    mayGoOn: () => ++asked < (options.pieces ?? Infinity),
    onLine: (meaning) => found.push(meaning),
  });
  return { ...result, found };
}

const outputs = (found: LineMeaning[]): number[] =>
  found.flatMap((line) => line.kind === "call" ? line.tokens.output : []);

Deno.test("lines of every length around the buffer's size are read", () => {
  for (const length of [0, 1, 100]) {
    for (const size of [CHUNK_BYTES - length, CHUNK_BYTES + length, 2 * CHUNK_BYTES - length]) {
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

Deno.test("a last line without newline waits, however long it is", () => {
  for (const size of [10, CHUNK_BYTES, 3 * CHUNK_BYTES]) {
    const first = callLine({ output: 1 });
    const torn = callLine({ output: 2, content: [{ type: "text", text: "y".repeat(size) }] });
    const cut = scan(first + torn.slice(0, -1));
    assert.deepEqual([outputs(cut.found), cut.offset, cut.complete], [[1], first.length, true]);
    const rest = scan(first + torn, { from: cut.offset });
    assert.deepEqual([outputs(rest.found), rest.offset], [[2], first.length + torn.length]);
  }
});

Deno.test("a scan that is stopped goes on from its offset", () => {
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

Deno.test("a line longer than any message is skipped, also over several calls", () => {
  const head = callLine({ output: 1 });
  const bytes = new Uint8Array(head.length + LONGEST_LINE_BYTES + 5 * CHUNK_BYTES).fill(0x20);
  new TextEncoder().encodeInto(head, bytes);
  const whole = new Uint8Array(bytes.length + 1000);
  whole.set(bytes);
  const tail = `\n${callLine({ output: 2 })}`;
  new TextEncoder().encodeInto(tail, whole.subarray(bytes.length));
  const content = whole.subarray(0, bytes.length + tail.length);
  const torn = scan(bytes);
  assert.deepEqual([torn.insideLongLine, torn.offset], [true, bytes.length]);
  const rest = scan(content, { from: torn.offset, insideLongLine: true });
  assert.deepEqual([outputs(rest.found), rest.insideLongLine], [[2], false]);
  assert.deepEqual(outputs(scan(content).found), [1, 2]);
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

Deno.test("lines without any id are told apart by their place, in both ways", () => {
  const anonymous = callLine({ more: { uuid: null, requestId: null } }).replace(
    '"id":"msg_1",',
    "",
  );
  const { found } = scan(promptLine("é😀") + anonymous + anonymous);
  const keys = found.flatMap((line) => line.kind === "call" ? line.key : []);
  const first = new TextEncoder().encode(promptLine("é😀")).length;
  assert.deepEqual(keys, [`place\n${first}`, `place\n${first + anonymous.length}`]);
});

Deno.test("ids longer than any real one are no ids", () => {
  const long = callLine({ id: "m".repeat(300), request: "r".repeat(256) });
  const [found] = scan(long).found;
  assert.equal(found?.kind === "call" ? found.key : null, "uuid\nu");
  const [longest] = scan(callLine({ id: "m".repeat(255), request: "r" })).found;
  assert.equal(longest?.kind === "call" ? longest.key.length : null, 257);
});

Deno.test("without a bytewise reader a scan ends where one is wanted, and goes on with one", () => {
  const long = callLine({ output: 2, content: ["x".repeat(2 * CHUNK_BYTES)] });
  for (const text of [callLine({ output: 1 }) + long + callLine({ output: 3 }), long]) {
    const bytes = new TextEncoder().encode(text);
    const scanner = new LineScanner();
    const found: LineMeaning[] = [];
    const scanFrom = (from: number): ScanResult =>
      scanner.scan((buffer, at) => {
        const piece = bytes.subarray(at, at + buffer.length);
        buffer.set(piece);
        return piece.length;
      }, {
        from,
        to: bytes.length,
        insideLongLine: false,
        mayGoOn: () => true,
        onLine: (meaning) => found.push(meaning),
      });
    const first = scanFrom(0);
    assert.deepEqual([first.complete, scanner.wantsBytewise], [false, true]);
    assert.deepEqual(scanFrom(first.offset), { ...first, complete: false });
    scanner.use(bytewiseReader());
    assert.equal(scanFrom(first.offset).complete, true);
    assert.deepEqual(outputs(found), text === long ? [2] : [1, 2, 3]);
  }
  const few = new LineScanner({ parsedWholeBytes: 0 });
  const text = new TextEncoder().encode(callLine());
  const result = few.scan((buffer, at) => {
    buffer.set(text.subarray(at));
    return text.length - at;
  }, {
    from: 0,
    to: text.length,
    insideLongLine: false,
    mayGoOn: () => true,
    onLine: () => assert.fail("read without a reader"),
  });
  assert.deepEqual([result.offset, few.wantsBytewise], [0, true]);
});
