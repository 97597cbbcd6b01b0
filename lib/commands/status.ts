// `status`: every account with its windows, sessions, score and state.
import { EXIT } from "../text/errors.ts";
import { statusJsonSchema } from "../accounts/status_json.ts";
import { statusDocument, statusText } from "../accounts/status_report.ts";
import { modelsOfFolder } from "../launch/model.ts";
import type { Command } from "../cli/command.ts";

const WATCH_EVERY_MS = 2000;
const HOME = "\x1b[H";
const CLEAR_LINE = "\x1b[K";
const CLEAR_BELOW = "\x1b[J";

/** The declaration of `status`. */
export const status: Command = {
  name: "status",
  repeatable: true,
  group: "everyday",
  summary: "Show windows, resets, sessions and scores of every account",
  flags: [
    { name: "refresh", summary: "first ask claude for the figures of every account" },
    { name: "json", summary: "print JSON: version, account, nextOpening, accounts" },
    { name: "schema", summary: "print the JSON Schema of that" },
    { name: "watch", summary: "show it again every 2 seconds until Ctrl-C" },
  ],
  details: [
    "After the percentage used of a window comes the time to its reset. Below each account: its owner, its plan, how old its figures are and where they come from. ~ marks an estimate from hours of sessions, used where nothing was measured; ? means unknown. An account whose plan has no 5h window says so. Figures older than an hour are marked, and claude-multi refresh gets new ones.",
    "If a window runs out before its reset at the present pace, a line says when, from when to when that may be, and how much a day may use for it to last. Nothing is said if the readings say too little: in the first fourteenth of a window, or without a reading in as long.",
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
    if (input.switches.has("refresh")) {
      const { askable, refreshFigures } = await import("../accounts/refresh.ts");
      const config = context.configFile.read();
      await refreshFigures(context, { config, accounts: askable(context, config) });
    }
    const models = () => modelsOfFolder(context, context.processes.cwd());
    for (let isFirst = true;; isFirst = false) {
      const text = json
        ? JSON.stringify(statusDocument(context, models))
        : await statusText(context, models);
      // JSON is one document per line; a table is drawn over the last one.
      if (watches && !json) context.terminal.pass(new TextEncoder().encode(frame(text, isFirst)));
      else if (watches || text !== "") context.terminal.print(text);
      if (!watches) return EXIT.ok;
      await context.clock.sleep(WATCH_EVERY_MS);
      context.claudeHome.forget();
    }
  },
};

/** A table drawn over the last one. Only the first clears the screen: tmux keeps what a cleared screen showed. */
function frame(text: string, isFirst: boolean): string {
  const lines = text.replaceAll("\n", `${CLEAR_LINE}\n`);
  return `${HOME}${isFirst ? CLEAR_BELOW : ""}${lines}${CLEAR_LINE}\n${CLEAR_BELOW}`;
}
