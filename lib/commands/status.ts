// `status`: every account with its windows, sessions, score and state.
import { EXIT } from "../text/errors.ts";
import { eligibleAccounts } from "../accounts/eligible.ts";
import { standingsNow } from "../accounts/standings.ts";
import { statusJson, statusJsonSchema } from "../accounts/status_json.ts";
import { renderStatus } from "../accounts/status_report.ts";
import type { Command } from "../cli/command.ts";
import type { Context } from "../ports/context.ts";

const WATCH_EVERY_MS = 2000;
const HOME_AND_CLEAR = new TextEncoder().encode("\x1b[H\x1b[J");

/** The declaration of `status`. */
export const status: Command = {
  name: "status",
  repeatable: true,
  group: "everyday",
  summary: "Show windows, resets, sessions and scores of every account",
  flags: [
    { name: "json", summary: "print JSON: version, account, nextOpening, accounts" },
    { name: "schema", summary: "print the JSON Schema of that" },
    { name: "watch", summary: "refresh every 2 seconds until Ctrl-C" },
  ],
  details: [
    "After the percentage used of a window comes the time to its reset. Below each account: its owner, its plan, how old its figures are and where they come from. ~ marks an estimate from hours of sessions, used where nothing was measured; ? means unknown. An account whose plan has no 5h window says so.",
  ],
  examples: [
    ["claude-multi status", "every account at a glance"],
    ["claude-multi status --watch", "… and keep it up to date"],
  ],
  async run(context, input) {
    if (input.switches.has("schema")) {
      context.terminal.print(JSON.stringify(statusJsonSchema(), null, 2));
      return EXIT.ok;
    }
    const json = input.switches.has("json");
    const watches = input.switches.has("watch");
    for (;;) {
      const text = await renderOnce(context, json);
      // JSON is one document per line; a table is drawn over the last one.
      if (watches && !json) context.terminal.pass(HOME_AND_CLEAR);
      if (watches || text !== "") context.terminal.print(text);
      if (!watches) return EXIT.ok;
      await context.clock.sleep(WATCH_EVERY_MS);
      context.claudeHome.forget();
    }
  },
};

async function renderOnce(context: Context, json: boolean): Promise<string> {
  const config = context.configFile.read();
  const standings = standingsNow(context, { config });
  const { accounts } = standings;
  if (json) {
    const here = { config, cwd: context.processes.cwd(), owner: null, home: context.layout.home };
    const eligible = eligibleAccounts(context, here);
    return JSON.stringify(statusJson(standings, { eligible, nowMs: context.clock.nowMs() }));
  }
  if (accounts.length > 0) return await renderStatus(context, accounts);
  context.terminal.warn("no account is set up yet; try: claude-multi setup");
  return "";
}
