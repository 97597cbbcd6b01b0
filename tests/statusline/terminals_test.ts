// A property of many terminals on one account: whatever they repeat, the newest measurement decides.
import assert from "node:assert/strict";
import fc from "fast-check";
import { mergeReadings, useOf } from "../../lib/balance/windows.ts";
import { parsePayload } from "../../lib/claude/status_payload.ts";
import { statuslineState } from "../../lib/ledger/statusline_state.ts";
import { saidBy } from "../../lib/statusline/recording.ts";
import { TempHome } from "../helpers/temp_home.ts";

const START_MS = Date.UTC(2026, 10, 23, 6);
const MINUTE_MS = 60_000;
const RESETS = [4, 4.8].map((hours) => START_MS + hours * 60 * MINUTE_MS);
const TERMINALS = 12;

/** A client in a terminal: the figures of its last turn, and what it has spent since it was cleared. */
interface Terminal {
  session: string;
  figures: { percent: number; resetsAtMs: number };
  apiMs: number;
  sinceMs: number;
}

/** What happens next: in which terminal, after how many seconds, and what the service then says. */
const EVENTS = fc.array(
  fc.record({
    terminal: fc.nat({ max: TERMINALS - 1 }),
    what: fc.constantFrom("turn", "draw", "draw", "draw", "clear"),
    seconds: fc.integer({ min: 1, max: 120 }),
    percent: fc.integer({ min: 0, max: 100 }),
    resetsAtMs: fc.constantFrom(...RESETS),
  }),
  { minLength: 5, maxLength: 60 },
);

Deno.test("twelve terminals of one account, of different ages, idle, busy or cleared: the newest turn decides", async () => {
  await using home = await TempHome.create();
  let run = 0;
  fc.assert(
    fc.property(EVENTS, (events) => {
      const account = `a${run++}`;
      const state = statuslineState(`${home.multi}/ledger.db`, { busyTimeoutMs: 1000 });
      let nowMs = START_MS;
      let sessions = 0;
      const newSession = () => `${account} ${sessions++}`;
      /** One call of the status line in a terminal; returns what it shows. */
      const draw = ({ session, figures, apiMs, sinceMs }: Terminal) => {
        const payload = parsePayload(JSON.stringify({
          session_id: session,
          cost: { total_duration_ms: nowMs - sinceMs, total_api_duration_ms: apiMs },
          rate_limits: {
            five_hour: { used_percentage: figures.percent, resets_at: figures.resetsAtMs / 1000 },
          },
        }));
        const heard = state.readings.heard(account, { session, identity: null, nowMs });
        const { knownAtMs } = state.readings;
        const said = saidBy(payload, { account, last: heard?.last ?? null, nowMs, knownAtMs });
        if (said.news !== null) state.readings.add(said.readings, { ...said.news, session });
        const use = useOf(mergeReadings([...heard?.readings ?? [], ...said.readings], nowMs));
        return { percent: use?.percentUsed, resetsAtMs: use?.resetsAtMs };
      };
      let truth = { percent: 50, resetsAtMs: RESETS[0] ?? 0 };
      const terminals = Array.from({ length: TERMINALS }, (): Terminal => {
        nowMs += MINUTE_MS;
        const terminal = { session: newSession(), figures: truth, apiMs: 0, sinceMs: nowMs };
        draw(terminal);
        return terminal;
      });
      for (const { terminal: index, what, seconds, percent, resetsAtMs } of events) {
        nowMs += seconds * 1000;
        const terminal = terminals[index];
        assert.ok(terminal);
        if (what === "turn") {
          truth = terminal.figures = { percent, resetsAtMs };
          terminal.apiMs += 1500;
        } else if (what === "clear") {
          Object.assign(terminal, { session: newSession(), apiMs: 0, sinceMs: nowMs });
        }
        assert.deepEqual(draw(terminal), truth, `${what} in ${index}`);
      }
    }),
    { numRuns: 25 },
  );
});
