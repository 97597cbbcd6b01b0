// Tests that the totals are the same however a transcript is split into appends, calls and budgets.
import assert from "node:assert/strict";
import fc from "fast-check";
import { LineScanner } from "../../../lib/claude/transcript/scan.ts";
import type { SessionTotals } from "../../../lib/claude/transcript/totals.ts";
import { callLine, promptLine, toolResultLine } from "../../statusline/lines.ts";
import {
  MAIN,
  MemoryFiles,
  MemoryProgress,
  refreshOnce,
  subagentPath,
} from "../../statusline/memory_transcripts.ts";
import { oracleTotals } from "../../statusline/oracle.ts";

const NAMES = ["a1", "b2", "c3"] as const;
const PATHS = [MAIN, MAIN, MAIN, ...NAMES.map(subagentPath)] as const;

const time = fc.integer({ min: 0, max: 40 }).map((s) =>
  `2026-11-23T06:00:${String(s).padStart(2, "0")}.000Z`
);

/** Lines of every shape, with few ids, so that they repeat. */
const line = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      id: fc.constantFrom("msg_1", "msg_2", "msg_3", "msg_4", "msg_é\u0000"),
      request: fc.constantFrom("req_1", "req_2"),
      fresh: fc.nat(50),
      output: fc.nat(500),
      sidechain: fc.boolean(),
      at: time,
      content: fc.constantFrom<unknown[]>(
        [{ type: "text", text: 'a "usage":{"input_tokens":9} \\" }' }],
        [{ type: "tool_use", name: "X", input: { usage: { input_tokens: 3 }, type: "user" } }],
      ),
      more: fc.constantFrom<Record<string, unknown>>(
        {},
        {},
        {},
        { isApiErrorMessage: true },
        { message: "text" },
        { requestId: null },
      ),
    }).map(callLine),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom("go", "<local-command-stdout>x", "é😀"), time).map((
      [text, at],
    ) => promptLine(text, { at })),
  },
  { weight: 2, arbitrary: fc.constantFrom("x", '"type":"assistant"').map(toolResultLine) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      callLine({ model: "<synthetic>", id: "msg_1" }),
      promptLine("meta", { more: { isMeta: true } }),
      promptLine("summary", { more: { isCompactSummary: true } }),
      promptLine("note", { more: { origin: { kind: "task-notification" } } }),
      '{"type":"assistant","message":{"id":"msg_2","usage":{"input_tokens":5\n',
      '{"type":"assistant","message":{"id":"msg_2","usage":{"input_tokens":5}}}}\n',
      "\n",
      "\r\n",
      '["assistant","user"]\n',
      "\u0001\u0002\n",
    ),
  },
);

/** Pieces smaller and larger than a line; with and without lines that are skipped as too long. */
const limits = fc.record({
  pieceBytes: fc.constantFrom(7, 200, 1000, 262_144),
  longestLineBytes: fc.constantFrom(350, 500, 16_777_216),
});

const newline = fc.constantFrom("\n", "\r\n");

/** The bytes of each file, to be appended in this order and split anywhere. */
const history = fc.array(fc.tuple(fc.nat(PATHS.length - 1), line, newline), { maxLength: 40 });

function same(
  totals: SessionTotals | null,
  files: MemoryFiles,
  options: { longestLineBytes?: number } = {},
): void {
  const expected = oracleTotals(files.bytes(MAIN), files.subagents(), options);
  assert.ok(totals);
  assert.deepEqual(
    { ...totals, complete: true },
    { ...expected, complete: totals.complete },
  );
}

Deno.test("any split of a transcript into appends gives the totals of one pass", () => {
  fc.assert(
    fc.property(
      history,
      fc.array(fc.nat(400), { minLength: 1, maxLength: 30 }),
      limits,
      (lines, cuts, limits) => {
        const check = (): void =>
          same(refreshOnce(files, store, { scanner: new LineScanner(limits) }), files, limits);
        const files = new MemoryFiles();
        files.append(MAIN, "");
        const store = new MemoryProgress();
        let cut = 0;
        for (const [place, text, end] of lines) {
          let bytes = new TextEncoder().encode(text.replace("\n", end));
          const path = PATHS[place] ?? MAIN;
          while (bytes.length > 0) {
            const size = 1 + (cuts[cut++ % cuts.length] ?? 0);
            files.append(path, bytes.slice(0, size));
            bytes = bytes.slice(size);
            if (cut % 3 === 0) check();
          }
        }
        check();
        const before = files.bytesRead;
        check();
        assert.equal(files.bytesRead, before, "a call with nothing new reads nothing");
      },
    ),
    { numRuns: 300 },
  );
});

Deno.test("a budget that ends a call anywhere only delays the totals", () => {
  fc.assert(
    fc.property(history, fc.integer({ min: 1, max: 4 }), limits, (lines, pieces, limits) => {
      const files = new MemoryFiles();
      files.append(MAIN, "");
      for (const [place, text] of lines) files.append(PATHS[place] ?? MAIN, text);
      const store = new MemoryProgress();
      const bytes = files.bytes(MAIN).length +
        files.subagents().values().reduce((sum, { length }) => sum + length, 0);
      for (let call = 0; call < 60 + bytes / limits.pieceBytes; call++) {
        let asked = 0;
        const scanner = new LineScanner(limits);
        const totals = refreshOnce(files, store, { scanner, mayGoOn: () => asked++ < pieces });
        assert.ok(totals);
        if (!totals.complete) continue;
        same(totals, files, limits);
        return;
      }
      assert.fail("the totals never became complete");
    }),
    { numRuns: 200 },
  );
});

Deno.test("a run that is killed before it saves changes nothing", () => {
  fc.assert(
    fc.property(history, fc.array(fc.boolean(), { minLength: 1 }), (lines, killed) => {
      const files = new MemoryFiles();
      files.append(MAIN, "");
      const store = new MemoryProgress();
      lines.forEach(([place, text], index) => {
        files.append(PATHS[place] ?? MAIN, text);
        same(
          refreshOnce(files, store, { save: killed[index % killed.length] === false }),
          files,
        );
      });
      same(refreshOnce(files, store), files);
    }),
    { numRuns: 200 },
  );
});

Deno.test("after rewriting, cutting or replacing files at any point, the totals are those of what is there", () => {
  const deed = fc.constantFrom("append", "rewrite", "replace", "cut", "remove");
  fc.assert(
    fc.property(history, fc.array(deed, { minLength: 1 }), (lines, deeds) => {
      const files = new MemoryFiles();
      files.append(MAIN, "");
      const store = new MemoryProgress();
      lines.forEach(([place, text], index) => {
        const path = PATHS[place] ?? MAIN;
        const now = files.bytes(path);
        switch (deeds[index % deeds.length]) {
          case "rewrite":
            files.write(path, text);
            break;
          case "replace":
            files.write(path, text + new TextDecoder().decode(now), { renamed: true });
            break;
          case "cut":
            files.write(path, now.slice(0, Math.floor(now.length / 2)));
            break;
          case "remove":
            if (path !== MAIN) files.remove(path);
            break;
          default:
            files.append(path, text);
        }
        same(refreshOnce(files, store), files);
      });
    }),
    { numRuns: 200 },
  );
});
