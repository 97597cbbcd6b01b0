// Tests of reading only what is new: when there is something to save, and when all is read again.
import assert from "node:assert/strict";
import type { Refreshed } from "../../../lib/claude/transcript/progress.ts";
import { refresh } from "../../../lib/claude/transcript/progress.ts";
import { LineScanner } from "../../../lib/claude/transcript/scan.ts";
import { callLine } from "../../statusline/lines.ts";
import {
  MAIN,
  MemoryFiles,
  MemoryProgress,
  subagentPath,
} from "../../statusline/memory_transcripts.ts";

const SUB = subagentPath("a");

/** A session with a main file and a subagent's, and what was saved of it. */
class Session {
  readonly files = new MemoryFiles();
  readonly store = new MemoryProgress();
  /** Files that cannot be opened. */
  readonly closed = new Set<string>();

  constructor() {
    const open = this.files.open.bind(this.files);
    this.files.open = (path) => this.closed.has(path) ? null : open(path);
    this.files.append(MAIN, callLine({ id: "m1", output: 1 }));
    this.files.append(SUB, callLine({ id: "s1", output: 10 }));
  }

  /** One call, with time for some files; what it finds is saved. */
  call(filesInTime = Infinity): Refreshed {
    let asked = 0;
    const loaded = this.store.load();
    const found = refresh(MAIN, {
      files: this.files,
      loaded,
      scanner: new LineScanner(),
      // Asked before each file, and after it.
      mayGoOn: () => ++asked <= 2 * filesInTime,
    });
    assert.ok(found);
    const { progress, restart, calls } = found;
    const revision = loaded?.revision ?? null;
    if (found.changed) this.store.save(MAIN, { progress, revision, restart, calls, nowMs: 0 });
    return found;
  }
}

/** In short: what is shown, whether it is saved, and whether all was read again. */
function told({ totals, changed, restart }: Refreshed): unknown[] {
  return [
    totals.all.output,
    ...totals.complete ? [] : ["incomplete"],
    ...changed ? ["saved"] : [],
    ...restart ? ["again"] : [],
  ];
}

Deno.test("the first call has something to save, and one that finds nothing new has not", () => {
  const session = new Session();
  assert.deepEqual(told(session.call()), [11, "saved"]);
  assert.deepEqual(told(session.call()), [11]);
  session.files.append(MAIN, callLine({ id: "m2", output: 2 }));
  assert.deepEqual(told(session.call()), [13, "saved"]);
  assert.deepEqual(told(session.call()), [13]);
});

Deno.test("even where no file can be opened, the first call is saved", () => {
  const session = new Session();
  session.closed.add(MAIN).add(SUB);
  assert.deepEqual(told(session.call()), [0, "incomplete", "saved"]);
  session.closed.clear();
  assert.deepEqual(told(session.call()), [11, "saved"]);
});

Deno.test("a file that cannot be opened keeps what was counted, which is then not all", () => {
  const session = new Session();
  session.call();
  session.files.append(SUB, callLine({ id: "s2", output: 20 }));
  session.closed.add(SUB);
  assert.deepEqual(told(session.call()), [11, "incomplete"]);
  session.closed.clear();
  assert.deepEqual(told(session.call()), [31, "saved"]);
});

Deno.test("a file that has grown and that there is no time for makes the sums incomplete", () => {
  const session = new Session();
  session.call();
  session.files.append(MAIN, callLine({ id: "m2", output: 2 }));
  session.files.append(SUB, callLine({ id: "s2", output: 20 }));
  assert.deepEqual(told(session.call(1)), [13, "incomplete", "saved"]);
  assert.deepEqual(told(session.call()), [33, "saved"]);
});

const REWRITES: ReadonlyArray<
  readonly [name: string, rewrite: (files: MemoryFiles) => void, output: number]
> = [
  [
    "rewritten with the same length",
    (files) => files.write(SUB, callLine({ id: "s1", output: 90 })),
    91,
  ],
  [
    "rewritten and longer",
    (files) => files.write(SUB, callLine({ id: "s1", output: 90, content: ["a longer line"] })),
    91,
  ],
  ["cut", (files) => files.write(SUB, ""), 1],
  [
    "replaced by one that begins alike",
    (files) => {
      const more = callLine({ id: "s1", output: 10 }) + callLine({ id: "s2", output: 20 });
      files.write(SUB, more, { renamed: true });
    },
    31,
  ],
  ["removed", (files) => files.remove(SUB), 1],
];

for (const [name, rewrite, output] of REWRITES) {
  Deno.test(`if a file was ${name}, all is read again`, () => {
    const session = new Session();
    session.call();
    rewrite(session.files);
    assert.deepEqual(told(session.call()), [output, "saved", "again"]);
    assert.deepEqual(told(session.call()), [output]);
  });
}
