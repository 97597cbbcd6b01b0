// `sessions`: the newest sessions in the ledger.
import { EXIT } from "../text/errors.ts";
import type { Command } from "../cli/command.ts";
import { invalidValue } from "../cli/values.ts";
import { closeLostSessions } from "../accounts/lost_sessions.ts";
import { limitJson, limitOfSession } from "../accounts/session_limit.ts";
import { renderSessions } from "../launch/session_table.ts";

const SHOWN = 20;

/** The declaration of `sessions`. */
export const sessions: Command = {
  name: "sessions",
  repeatable: true,
  group: "more",
  summary: "Show the newest sessions of the ledger",
  details: [
    "`b ← 12` is a session on b that continued the conversation of session 12. `limit` is a session that ended at a limit, or is at one.",
  ],
  flags: [
    { name: "limit", value: "N", summary: `how many; default: ${SHOWN}` },
    { name: "json", summary: "print JSON: version, sessions" },
  ],
  examples: [["claude-multi sessions --limit 5", "the last five"]],
  async run(context, input) {
    const limit = parseLimit(input.values["limit"]);
    const ledger = context.ledger();
    closeLostSessions(context, ledger);
    const nowMs = context.clock.nowMs();
    const found = ledger.recentSessions(limit).map((session) => ({
      ...session,
      limit: limitOfSession(ledger, { session, nowMs }),
    }));
    const { terminal } = context;
    if (input.switches.has("json")) {
      terminal.print(
        JSON.stringify({
          version: 1,
          sessions: found.map((one) => ({ ...one, limit: limitJson(one.limit) })),
        }),
      );
    } else if (found.length === 0) terminal.warn("no session yet; try: cl");
    else terminal.print(await renderSessions(context, found));
    return EXIT.ok;
  },
};

function parseLimit(text = String(SHOWN)): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit > 0) return Math.min(limit, 100_000);
  const place = { option: "--limit", line: "claude-multi sessions --limit" };
  throw invalidValue(text, { ...place, expected: "a whole number above 0", good: 5 });
}
