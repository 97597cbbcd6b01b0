// `pick`: which account `cl` would take now, and the ranking behind it.
import { EXIT } from "../text/errors.ts";
import { explainChoice, scopeOf } from "../accounts/eligible.ts";
import { choiceJson } from "../accounts/choice_json.ts";
import type { Command } from "../cli/command.ts";
import { placedPins, realFolder } from "../accounts/pins.ts";
import {
  closeLostSessions,
  parsePolicy,
  readLogins,
  surveyAccounts,
} from "../accounts/standings.ts";

/** The declaration of `pick`. */
export const pick: Command = {
  name: "pick",
  repeatable: true,
  group: "everyday",
  summary: "Show which account cl would take now, and why",
  flags: [
    { name: "policy", value: "POLICY", summary: "rank by another policy than the configured one" },
    { name: "json", summary: "print JSON: version, account, policy, ranked" },
  ],
  details: [
    "Starts nothing and records nothing. Exit code 3 when no account has room.",
  ],
  examples: [
    ["claude-multi pick", "the ranking now"],
    ["claude-multi pick --policy paced", "the ranking under another policy"],
  ],
  async run(context, input) {
    const config = context.configFile.read();
    const policy = parsePolicy(input.values["policy"], config);
    const ledger = context.ledger();
    closeLostSessions(context, ledger);
    const logins = readLogins(context, config);
    const scope = scopeOf(config.accounts, {
      pins: placedPins(context, config.pins),
      cwd: realFolder(context, context.processes.cwd()),
      owner: null,
      home: context.layout.home,
    });
    const survey = surveyAccounts(context, { config, ledger, logins, policy, scope });
    const best = survey.ranked[0];
    const account = best !== undefined && !best.limited ? best.name : null;
    if (input.switches.has("json")) {
      const ranked = account === null
        ? survey.ranked
        : explainChoice(survey.ranked, { scope, chosen: account });
      context.terminal.print(JSON.stringify(choiceJson({ ...survey, ranked }, account)));
    } else if (survey.views.length === 0) {
      context.terminal.warn("no account is set up yet; try: claude-multi setup");
    } else {
      // Loaded for people only: scripts that ask for JSON wait for no table.
      const { conclusion, renderRanking } = await import("../accounts/table.ts");
      const shown = { survey, surface: context.terminal };
      context.terminal.print(await renderRanking(context, shown));
      context.terminal.print(`\n${conclusion(context, shown)}`);
    }
    return account === null ? EXIT.noAccount : EXIT.ok;
  },
};
