// `refresh`: asks the official client of each account for its figures, and shows them.
import { findAccount } from "../config/account.ts";
import { EXIT } from "../text/errors.ts";
import { ANSWER_MS, refreshFigures } from "../accounts/refresh.ts";
import { statusDocument, statusText } from "../accounts/status_report.ts";
import { modelsOfFolder } from "../launch/model.ts";
import { findClient } from "../claude/executable.ts";
import type { Command } from "../cli/command.ts";
import { wholeNumber } from "../cli/values.ts";

/** The declaration of `refresh`. */
export const refresh: Command = {
  name: "refresh",
  group: "everyday",
  summary: "Ask claude for fresh figures of every account, and show them",
  positionals: [
    {
      name: "NAME",
      summary: "an account; default: all that are enabled",
      optional: true,
      repeats: true,
    },
  ],
  flags: [
    {
      name: "timeout",
      value: "SECONDS",
      summary: `how long each claude has to answer; default: ${ANSWER_MS / 1000}`,
    },
    { name: "json", summary: "print JSON: what status --json prints, and refreshed" },
  ],
  details: [
    "Starts the official claude of each account, at most four at once, asks it what /usage would show, and ends it. Nothing is sent to a model and no window begins; hooks, MCP servers and plugins stay off, and neither a session nor a transcript is left behind. claude uses and renews its login as always; claude-multi sees only the figures.",
    'Exits with 1 if an account gave none, with one line that says why; what was known about it stays. Use it for accounts that have been idle for hours or are also used elsewhere. With "refresh": "launch" in config.json, cl asks by itself for figures that are old.',
  ],
  examples: [
    ["claude-multi refresh", "every account"],
    ["claude-multi refresh work", "only one"],
    ["claude-multi pick --refresh", "new figures, then the account that cl would take"],
  ],
  async run(context, input) {
    const config = context.configFile.read();
    const { positionals } = input;
    const named = [...new Set(positionals)].map((name) => findAccount(config.accounts, name));
    const accounts = named.length > 0 ? named : config.accounts.filter((one) => !one.disabled);
    const seconds = wholeNumber(input.values["timeout"] ?? String(ANSWER_MS / 1000), {
      option: "--timeout",
      line: "claude-multi refresh --timeout",
      least: 1,
      most: 300,
      usual: ANSWER_MS / 1000,
    });
    if (accounts.length > 0) findClient(context, config);
    const models = () => modelsOfFolder(context, context.processes.cwd());
    const results = await refreshFigures(context, { config, accounts, timeoutMs: seconds * 1000 });
    if (input.switches.has("json")) {
      const document = { ...statusDocument(context, models), refreshed: results };
      context.terminal.print(JSON.stringify(document));
    } else {
      const text = await statusText(context, models);
      if (text !== "") context.terminal.print(text);
    }
    return results.every(({ why }) => why === null) ? EXIT.ok : EXIT.failed;
  },
};
