// `report`: the history of all accounts as a page for the browser.
import { resolve } from "node:path";
import { closeLostSessions } from "../accounts/lost_sessions.ts";
import type { Command } from "../cli/command.ts";
import { wholeNumber } from "../cli/values.ts";
import { REPORT_FILE } from "../config/paths.ts";
import type { Context } from "../ports/context.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { shellWord } from "../text/shell_quote.ts";

/** A hundred years: all there is. */
const MOST_DAYS = 36_500;
/** How long a browser may take to say that it can't open the page. */
const OPENING_MS = 2000;

/** The declaration of `report`. */
export const report: Command = {
  name: "report",
  repeatable: true,
  group: "everyday",
  summary: "Write what you used, where it went and what expired as a page for the browser",
  details: [
    "The page has the figures of claude-multi stats, and every day of all years. It is one file that loads nothing and runs nothing: charts and tables, in dark and light, for the screen, a screen reader and the printer. It names your accounts and project folders, and only you can read it.",
    `FILE is ~/${REPORT_FILE} if you don't say; - is stdout. A report that is there is replaced, any other file only with --force; what was replaced is kept in backups/.`,
  ],
  positionals: [{
    name: "FILE",
    summary: "where to write the page, or - for stdout",
    optional: true,
  }],
  flags: [
    { name: "days", value: "N", summary: "the last N days; default: all" },
    { name: "account", value: "NAME", summary: "only this account, also one that was removed" },
    { name: "project", value: "FOLDER", summary: "only sessions in this folder and below" },
    { name: "force", summary: "replace any file" },
    { name: "open", summary: "open the page in the browser" },
  ],
  examples: [
    ["claude-multi report --open", "all years, in the browser"],
    ["claude-multi report --days 365 year.html", "the last year"],
    ["claude-multi report --project . - > project.html", "this folder, to stdout"],
  ],
  async run(context, { values, switches, positionals: [file] }) {
    const count = wholeNumber(values["days"] ?? String(MOST_DAYS), {
      ...{ option: "--days", line: "claude-multi report --days" },
      ...{ least: 1, most: MOST_DAYS, usual: 365 },
    });
    const { clock, processes, terminal, files, layout } = context;
    const folder = values["project"];
    const scope = {
      account: values["account"] ?? null,
      project: folder === undefined ? null : resolve(processes.cwd(), folder),
    };
    const { lastDays, summaryOf } = await import("../history/summary.ts");
    const { startOfDayMs } = await import("../history/calendar.ts");
    const { timelineOf } = await import("../history/timeline.ts");
    const ledger = context.ledger();
    closeLostSessions(context, ledger);
    const nowMs = clock.nowMs();
    const asked = lastDays(count, nowMs);
    const daily = await ledger.daily(asked, { nowMs, foldersByDay: scope.project !== null });
    const first = daily.days[0]?.day;
    const isWhole = values["days"] === undefined && first !== undefined;
    const span = isWhole ? { ...asked, fromMs: startOfDayMs(first) } : asked;
    const summary = summaryOf(daily, { ...scope, span });
    if (summary.accounts.length === 0) {
      const { noSessionText } = await import("../pages/no_sessions.ts");
      const what = noSessionText(context, { ...scope, time: "in that time" }) ??
        "nothing is known of that time";
      throw new UserError(`there is nothing to report: ${what}`, {
        hint: Object.keys(values).length === 0 ? "claude-multi run" : "claude-multi report",
      });
    }
    const { reportPage } = await import("../pages/report/page.ts");
    const page = await reportPage({
      summary,
      timeline: timelineOf(daily, { ...scope, span }),
      home: layout.home,
      version: context.version,
    });
    if (file === "-") {
      terminal.print(page.trimEnd());
      return EXIT.ok;
    }
    const { savePage } = await import("../pages/report/saved.ts");
    const path = file === undefined
      ? `${layout.home}/${REPORT_FILE}`
      : resolve(processes.cwd(), file);
    const copy = savePage(page, { path, files, force: switches.has("force") });
    terminal.print(path);
    if (copy !== null) terminal.note(`what was there is now ${copy}`);
    const opener = processes.system === "darwin" ? "open" : "xdg-open";
    if (!switches.has("open")) terminal.note(`open it with: ${opener} ${shellWord(path)}`);
    else await open(context, { opener, path });
    return EXIT.ok;
  },
};

/** Opens a page, and says so if that isn't possible: the page is there all the same. */
async function open(
  { processes, clock, terminal }: Context,
  { opener, path }: { opener: string; path: string },
): Promise<void> {
  const program = processes.find(opener, () => true);
  // Some openers stay until the browser is closed.
  const code = program === null
    ? null
    : await Promise.race([processes.background(program, [path]), clock.sleep(OPENING_MS)]) ?? 0;
  if (code === 0) return;
  const why = code === null ? `there is no ${opener}` : `${opener} failed with ${code}`;
  terminal.warn(`cannot open the page: ${why}; open it in a browser yourself`);
}
