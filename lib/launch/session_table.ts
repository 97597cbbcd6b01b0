// The table of sessions: which account, when, for how long, how it ended, where.
import type { Context } from "../ports/context.ts";
import { formatClock, formatDuration } from "../text/format.ts";
import { tildePath } from "../config/paths.ts";
import type { Session } from "../balance/session.ts";
import type { Limit } from "../ports/mod.ts";
import { shortPath } from "../cli/columns.ts";
import type { Cell, Span } from "../cli/table.ts";
import { renderTable } from "../cli/table.ts";

/** A session, with the limit that it ended at or waits at. */
type Listed = Session & { limit: Limit | null };

/** The table that `sessions` shows. */
export function renderSessions(context: Context, sessions: readonly Listed[]): Promise<string> {
  const nowMs = context.clock.nowMs();
  return renderTable(context.terminal, {
    columns: [
      { head: "session", right: true },
      { head: "account", least: 16 },
      "started",
      { head: "", gap: 1, rank: 3 },
      { head: "lasted", right: true, rank: 2 },
      "end",
      { head: "from", rank: 4 },
      { head: "folder", least: 12, rank: 1, shorten: shortPath },
    ],
    rows: sessions.map((session): Cell[] => {
      const { id, account, cwd, handedFrom, startedAtMs, endedAtMs } = session;
      return [
        String(id),
        [{ text: account, style: "bold" }, handedFrom === null ? "" : ` ← ${handedFrom}`],
        formatClock(startedAtMs, nowMs),
        { text: `${formatDuration(nowMs - startedAtMs)} ago`, style: "dim" },
        formatDuration((endedAtMs ?? nowMs) - startedAtMs),
        session.limit === null ? endOf(session) : atLimit(session),
        { text: session.origin ?? "", style: "dim" },
        tildePath(cwd, context.layout.home),
      ];
    }),
  });
}

function atLimit(session: Listed): Span {
  return { text: `limit, ${endOf(session).text}`, style: "yellow" };
}

function endOf({ endedHow, exitCode, signal }: Session): Span {
  switch (endedHow) {
    case null:
      return { text: "running", style: "green" };
    case "exit":
      return { text: `exit ${exitCode ?? "?"}`, style: exitCode === 0 ? "dim" : "yellow" };
    case "signal":
      return { text: signal ?? "signal", style: "yellow" };
    case "lost":
      return { text: "lost", style: "yellow" };
    case "failed":
      return { text: "didn't start", style: "yellow" };
  }
}
