// `stats`: the history of all accounts, from the ledger's daily rows.
import { shellWord } from "../text/shell_quote.ts";
import { resolve } from "node:path";
import { closeLostSessions } from "../accounts/lost_sessions.ts";
import type { Command } from "../cli/command.ts";
import { wholeNumber } from "../cli/values.ts";
import { EXIT, usageError } from "../text/errors.ts";

const DAYS = 91;

/** The declaration of `stats`. */
export const stats: Command = {
  name: "stats",
  repeatable: true,
  group: "everyday",
  summary: "Show what you used, where it went, and what expired",
  details: [
    "Hours count overlapping sessions once, except those of folders, which add them up. A paid week is a 7d window of an account that ended, or a week in which nothing of it was used; its use is the last figure before the reset. Waiting is the time that a conversation stood still at a limit before it went on. Of more than 14 weeks, months are shown.",
    "Days are those of your time zone. What no reading says is shown as no data: use on other machines counts only where a status line or claude-multi refresh measured it afterwards. Tokens are those that the status line counted.",
  ],
  flags: [
    { name: "days", value: "N", summary: `the last N days; default: ${DAYS}` },
    { name: "account", value: "NAME", summary: "only this account, also one that was removed" },
    { name: "project", value: "FOLDER", summary: "only sessions in this folder and below" },
    {
      name: "json",
      summary:
        "print JSON: version, from, to, since, account, project, total, weeksEnded, percentUnused, accounts, projects, minutesByHour",
    },
    {
      name: "csv",
      summary: "print a line for each day and account; with --project also by folder",
    },
  ],
  examples: [
    ["claude-multi stats", "the last three months"],
    ["claude-multi stats --days 365 --account work", "a year of one account"],
    ["claude-multi stats --project . --csv > days.csv", "this folder, for a spreadsheet"],
  ],
  async run(context, { values, switches }) {
    if (switches.has("json") && switches.has("csv")) {
      throw usageError("use --json or --csv, not both", "claude-multi stats --json");
    }
    const place = { option: "--days", line: "claude-multi stats --days" };
    const count = wholeNumber(values["days"] ?? String(DAYS), {
      ...place,
      least: 1,
      most: 36_500,
      usual: DAYS,
    });
    const { inScope, lastDays, summaryOf } = await import("../history/summary.ts");
    const ledger = context.ledger();
    closeLostSessions(context, ledger);
    const nowMs = context.clock.nowMs();
    const span = lastDays(count, nowMs);
    const folder = values["project"];
    const daily = await ledger.daily(span, { nowMs, foldersByDay: folder !== undefined });
    const scope = {
      account: values["account"] ?? null,
      project: folder === undefined ? null : resolve(context.processes.cwd(), folder),
    };
    const { terminal, layout } = context;
    if (switches.has("csv")) {
      const { daysCsv, foldersCsv } = await import("../history/csv.ts");
      const rows = inScope(daily, scope);
      terminal.print(scope.project === null ? daysCsv(rows) : foldersCsv(rows));
      return EXIT.ok;
    }
    const summary = summaryOf(daily, { ...scope, span });
    if (switches.has("json")) terminal.print(JSON.stringify(summary));
    else if (summary.accounts.length === 0) {
      const { noSessionText } = await import("../pages/no_sessions.ts");
      const year = lastDays(365, nowMs);
      const known = count < 365
        ? await ledger.daily(year, { nowMs, foldersByDay: folder !== undefined })
        : daily;
      const isKnown = summaryOf(known, { ...scope, span: year }).accounts.length > 0;
      const time = isKnown || count >= 365 ? "in that time" : "in a year";
      const none = noSessionText(context, { ...scope, time }) ?? "nothing is known of that time";
      const options = (["account", "project"] as const).flatMap((name) => {
        const value = values[name];
        return value === undefined ? [] : [`--${name} ${shellWord(value)}`];
      });
      const longer = ["claude-multi stats --days 365", ...options].join(" ");
      terminal.warn(
        isKnown && count < 365
          ? `${none}; try: ${longer}`
          : known.days.length > 0
          ? none
          : "nothing is known of that time: there is something to show once cl has run",
      );
    } else {
      const { statsPage } = await import("../pages/stats_page.ts");
      terminal.print(await statsPage(terminal, { summary, home: layout.home }));
    }
    return EXIT.ok;
  },
};
