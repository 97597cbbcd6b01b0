// Tests of faults: each use of a port fails once while a conversation runs and moves, and it is never lost.
import assert from "node:assert/strict";
import { EXIT } from "../../lib/text/errors.ts";
import type { Ended, Faults, StageOptions } from "./stage.ts";
import { answers, hitsLimit, repliesLimit, Stage, withFault } from "./stage.ts";

/** The code of the client that hits its limit, and of the one after it. */
const FIRST = 7;
const SECOND = 8;
/** The code of a client that takes our SIGTERM. */
const ENDED_BY_US = 143;

/** Courses of a conversation: the stage, the arguments, the answer. */
const WAYS: Readonly<Record<string, { stage: StageOptions; words: string[]; answer?: string }>> = {
  ask: { stage: {}, words: [], answer: "" },
  auto: { stage: { settings: { handoff: "auto" } }, words: [] },
  title: { stage: { settings: { handoffTitle: true } }, words: [], answer: "" },
  failover: { stage: { interactive: false }, words: ["--failover", "--", "-p", "hello"] },
};

/** Runs a conversation whose `nth` use of a port fails, from its first launch on. */
async function runWithFault(
  { stage: options, words, answer }: typeof WAYS[string],
  nth: number,
): Promise<{ stage: Stage; ended: Ended; faults: Faults }> {
  const first = words.includes("-p") ? repliesLimit : hitsLimit;
  const stage = new Stage({
    ...options,
    clients: [async (client) => {
      faults.isOn = true;
      const outcome = await first(client);
      return outcome && { ...outcome, code: FIRST };
    }, async (client) => {
      await answers(client);
      return client.leaves(SECOND);
    }],
  });
  if (answer !== undefined) stage.context.terminal.answers.push(answer);
  const { context, faults } = withFault(stage.context, nth);
  const ended = await stage.run(words, context);
  return { stage, ended, faults };
}

for (const [name, way] of Object.entries(WAYS)) {
  Deno.test(`${name}: whichever use of a port fails, nothing is lost and one line says so`, async () => {
    const reached = new Set<string>();
    for (let nth = 1;; nth++) {
      const { stage, ended, faults } = await runWithFault(way, nth);
      const { stderr } = ended;
      const at = `use ${nth}, ${faults.failed}: ${ended.code}\n${stderr}`;
      const moved = stage.accounts.length === 2;
      if (faults.failed === null) {
        assert.deepEqual([moved, ended.code], [true, SECOND], at);
        break;
      }
      reached.add(faults.failed);
      const warnings = stderr.split("claude-multi: ").slice(1)
        .filter((text) => !/ hit its limit; retrying on /.test(text));
      assert.ok(warnings.length <= 1, at);
      // The terminal is where it would be said.
      if (faults.failed === "terminal.pass") continue;
      const id = stage.ledger.sessionOfClient("00000000-0000-4000-8000-000000002000");
      if (moved) assert.equal(ended.code, SECOND, at);
      else if (faults.failed === "processes.launch" && name !== "failover") {
        assert.match(stderr, /claude-multi: cannot start "\/usr\/bin\/claude": .*\ntry: /, at);
        assert.equal(ended.code, EXIT.failed, at);
      } else {
        assert.ok(ended.code === FIRST || (name === "auto" && ended.code === ENDED_BY_US), at);
        assert.equal(warnings.length, 1, at);
      }
      if (name === "failover") {
        assert.match(ended.stdout, moved ? /^the answer\n$/ : /^a is at its limit\n$/);
      } else assert.ok(moved || id !== null || /this run is not recorded/.test(stderr), at);
      const running = stage.ledger.openSessions();
      assert.ok(running.length <= 1, `${at}${JSON.stringify(running)}`);
    }
    for (const port of ["ledger.endSession", "ledger.startSession", "processes.launch"]) {
      assert.ok(reached.has(port), port);
    }
    assert.ok(reached.size >= 30, `only ${[...reached].join(" ")}`);
  });
}
