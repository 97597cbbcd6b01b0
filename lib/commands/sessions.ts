// `sessions`: the ledger's newest sessions.
import { quoted } from "../text/escape.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { formatClock, formatDuration } from "../text/format.ts";
import { tildePath } from "../config/paths.ts";
import type { Session } from "../balance/session.ts";
import type { Context } from "../ports/context.ts";
import type { Command } from "../cli/command.ts";
import { closeLostSessions } from "../accounts/standings.ts";
import { shortPath } from "../cli/columns.ts";
import type { Cell, Span } from "../cli/table.ts";
import { renderTable } from "../cli/table.ts";

const SHOWN = 20;

/** The declaration of `sessions`. */
export const sessions: Command = {
  name: "sessions",
  repeatable: true,
  group: "more",
  summary: "Show the newest sessions of the ledger",
  details: [
    "`b ← 12` is a session on b that continued the conversation of session 12.",
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
    const rows = ledger.recentSessions(limit);
    const { terminal } = context;
    if (input.switches.has("json")) {
      terminal.print(JSON.stringify({ version: 1, sessions: rows }));
    } else if (rows.length === 0) {
      terminal.warn("no session yet; try: cl");
    } else {
      terminal.print(
        await renderTable(terminal, {
          columns: [
            { head: "session", right: true },
            { head: "account", least: 16 },
            "started",
            { head: "", gap: 1, rank: 3 },
            { head: "lasted", right: true, rank: 2 },
            "end",
            { head: "folder", least: 12, rank: 1, shorten: shortPath },
          ],
          rows: rows.map((session) => sessionRow(context, session)),
        }),
      );
    }
    return EXIT.ok;
  },
};

function parseLimit(text: string | undefined): number {
  const limit = Number(text ?? SHOWN);
  if (Number.isInteger(limit) && limit > 0) return Math.min(limit, 100_000);
  throw new UserError(
    `Cannot show ${quoted(text ?? "")} sessions: not a whole number above 0`,
    {
      hint: "claude-multi sessions --limit 5",
      exit: EXIT.usage,
    },
  );
}

function sessionRow(context: Context, session: Session): Cell[] {
  const nowMs = context.clock.nowMs();
  return [
    String(session.id),
    [
      { text: session.account, style: "bold" },
      ...session.handedFrom === null ? [] : [` ← ${session.handedFrom}`],
    ],
    formatClock(session.startedAtMs, nowMs),
    { text: `${formatDuration(nowMs - session.startedAtMs)} ago`, style: "dim" },
    formatDuration((session.endedAtMs ?? nowMs) - session.startedAtMs),
    { text: endText(session), style: endStyle(session) },
    tildePath(session.cwd, context.layout.home),
  ];
}

function endText(session: Session): string {
  switch (session.endedHow) {
    case null:
      return "running";
    case "exit":
      return `exit ${session.exitCode ?? "?"}`;
    case "signal":
      return session.signal ?? "signal";
    case "lost":
      return "lost";
    case "failed":
      return "did not start";
  }
}

function endStyle({ endedHow, exitCode }: Session): Span["style"] {
  if (endedHow === null) return "green";
  return endedHow === "exit" && exitCode === 0 ? "dim" : "yellow";
}
