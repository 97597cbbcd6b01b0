// `pick`: which account `cl` would take now, and the ranking behind it.
import { noAccountText } from "../accounts/no_account.ts";
import { EXIT } from "../text/errors.ts";
import { eligibleAccounts, explainChoice } from "../accounts/eligible.ts";
import { choiceJson } from "../accounts/choice_json.ts";
import type { Command } from "../cli/command.ts";
import { neededModels } from "../claude/models.ts";
import { modelsOfFolder } from "../launch/model.ts";
import { parsePolicy } from "../accounts/policy_option.ts";
import { standingsNow } from "../accounts/standings.ts";

/** The declaration of `pick`. */
export const pick: Command = {
  name: "pick",
  repeatable: true,
  group: "everyday",
  summary: "Show which account cl would take now, and why",
  flags: [
    { name: "policy", value: "POLICY", summary: "rank by this policy, not the configured one" },
    { name: "refresh", summary: "first ask claude for the figures of every account" },
    {
      name: "model",
      value: "MODEL",
      summary: "for a session with this model, as cl --model MODEL",
    },
    { name: "json", summary: "print JSON: version, account, policy, ranked" },
  ],
  details: [
    "Starts and records nothing, except with --refresh. Exits with 3 if every account is limited. Weekly limits of one model count only for sessions with that model.",
  ],
  examples: [
    ["claude-multi pick", "the ranking now"],
    ["claude-multi pick --model opus", "… for a session with Opus"],
    ["claude-multi pick --policy paced", "the ranking under another policy"],
  ],
  async run(context, input) {
    const config = context.configFile.read();
    const policy = parsePolicy(input.values["policy"], config);
    const named = input.values["model"] ?? null;
    if (input.switches.has("refresh")) {
      const { askable, refreshFigures } = await import("../accounts/refresh.ts");
      await refreshFigures(context, { config, accounts: askable(context, config) });
    }
    const eligible = eligibleAccounts(context, {
      config,
      cwd: context.processes.cwd(),
      owner: null,
      home: context.layout.home,
    });
    const models = () =>
      named === null ? modelsOfFolder(context, context.processes.cwd()) : neededModels(named);
    const standings = standingsNow(context, { config, policy, eligible, models });
    const [best] = standings.ranked;
    const account = best !== undefined && !best.limited ? best.name : null;
    if (input.switches.has("json")) {
      const ranked = account === null
        ? standings.ranked
        : explainChoice(standings.ranked, { eligible, chosen: account });
      context.terminal.print(JSON.stringify(choiceJson({ policy, ranked }, account)));
    } else if (standings.accounts.length === 0) {
      context.terminal.warn(noAccountText(context));
    } else {
      // Loaded only now: scripts that ask for JSON don't wait for it.
      const { conclusion, renderRanking } = await import("../accounts/table.ts");
      const shown = { standings, surface: context.terminal };
      context.terminal.print(await renderRanking(context, shown));
      context.terminal.print(`\n${conclusion(context, shown)}`);
    }
    return account === null ? EXIT.noAccount : EXIT.ok;
  },
};
