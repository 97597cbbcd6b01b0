// Tokens of conversations: which account and folder they are counted for.
import type { Span } from "../history/daily.ts";
import type { PastTokens } from "../history/day.ts";
import type { Queries } from "./queries.ts";
import type { Row } from "./rows.ts";
import { numberOf } from "./rows.ts";

/** Calls are added up by this much time, which divides the hours of every time zone. */
const QUARTER_MS = 15 * 60_000;

/** Tokens of conversations that ran in sessions of ours, each with the account that it ran on then. */
export function tokensOf({ all }: Queries, { fromMs, toMs }: Span): PastTokens[] {
  return all("SELECT id, path FROM transcripts WHERE updated_at_ms >= ?", fromMs).flatMap((row) => {
    // The client names a transcript after its session.
    const conversation = /([^/]+)\.jsonl$/.exec(String(row["path"]))?.[1];
    if (conversation === undefined) return [];
    // Before our first session, plain claude ran it, with a login that we don't know.
    const stays = staysOf(all(
      `SELECT account, cwd, started_at_ms FROM sessions WHERE client_session_id = ?
       ORDER BY started_at_ms, id`,
      conversation,
    ));
    return stays.flatMap((stay, index) =>
      all(
        `SELECT at_ms / ${QUARTER_MS} AS quarter, sum(fresh_input + cache_write + cache_read) AS input,
           sum(output) AS output
         FROM transcript_calls WHERE transcript_id = ? AND at_ms >= ? AND at_ms < ? GROUP BY quarter`,
        Number(row["id"]),
        Math.max(fromMs, stay.sinceMs),
        Math.min(toMs, stays[index + 1]?.sinceMs ?? toMs),
      ).map((calls): PastTokens => ({
        account: stay.account,
        folder: stay.folder,
        // The quarter of the start may have begun before the span.
        atMs: Math.max(fromMs, numberOf(calls["quarter"]) * QUARTER_MS),
        input: numberOf(calls["input"]),
        output: numberOf(calls["output"]),
      }))
    );
  });
}

/** Where a conversation ran from a time on, until it ran elsewhere. */
interface Stay {
  account: string;
  folder: string;
  sinceMs: number;
}

/** The stays of a conversation, by its sessions in order of time. */
function staysOf(sessions: readonly Row[]): Stay[] {
  const stays: Stay[] = [];
  for (const row of sessions) {
    const [account, folder] = [String(row["account"]), String(row["cwd"])];
    const last = stays.at(-1);
    if (last?.account === account && last.folder === folder) continue;
    stays.push({ account, folder, sinceMs: numberOf(row["started_at_ms"]) });
  }
  return stays;
}
