// `advise`: replays one's own weeks on other sets of accounts, and says which would have been enough.
import { recordedWork } from "../accounts/recorded_work.ts";
import type { SizedPlan } from "../balance/plans.ts";
import { PLAN_SIZES } from "../balance/plans.ts";
import { capacityOf } from "../balance/simulation/compare.ts";
import type { Command } from "../cli/command.ts";
import { progressBar } from "../cli/progress.ts";
import { invalidValue, wholeNumber } from "../cli/values.ts";
import { findAccount } from "../config/account.ts";
import type { Account } from "../config/account.ts";
import { EXIT } from "../text/errors.ts";

const WEEKS = 8;

/** The declaration of `advise`. */
export const advise: Command = {
  name: "advise",
  repeatable: true,
  group: "more",
  summary: "Say whether fewer, more or other subscriptions would have been enough",
  details: [
    "Replays your sessions of the last weeks with the ranking that cl uses: on your enabled accounts, without the one that does least, with one more, and with each on the next smaller and larger plan. How much the sessions used is what your 7d windows say, spread over the hours. ± is the standard deviation over 12 replays with other rates and other days of the accounts' resets. Waiting is the time that conversations had no open account. The first row has what really happened; a replay doesn't know when you did something else instead of waiting, so compare its rows with each other.",
    "A smaller set is named only if it would have cost at most half an hour more waiting a week, the standard error included; a larger one if there really was more than an hour a week. Plans are those in config.json or of the logins; an unknown one counts as pro. docs/policies.md says how large plans are assumed to be.",
  ],
  flags: [
    { name: "weeks", value: "N", summary: `how many to replay; default: ${WEEKS}` },
    {
      name: "price",
      value: "PRICES",
      summary: "what accounts cost a month, such as work=200,home=20; or set accounts.NAME.price",
    },
    { name: "json", summary: "print JSON: version, weeks, sentence, best, recorded, scenarios" },
  ],
  examples: [
    ["claude-multi advise", "the last two months"],
    ["claude-multi advise --price work=200,home=20", "… with what would be saved"],
  ],
  async run(context, { values, switches }) {
    const weeks = wholeNumber(values["weeks"] ?? String(WEEKS), {
      ...{ option: "--weeks", line: "claude-multi advise --weeks" },
      ...{ least: 2, most: 52, usual: WEEKS },
    });
    const config = context.configFile.read();
    const prices = pricesOf(values["price"], config.accounts);
    const { adviceOf } = await import("../history/advice.ts");
    const { summaryOf } = await import("../history/summary.ts");
    const { adviceJson, advicePage } = await import("../pages/advice_page.ts");
    const { sessions, limits, fromMs, nowMs } = recordedWork(context, weeks);
    const span = { fromMs, toMs: nowMs };
    const daily = await context.ledger().daily(span, { nowMs });
    const summary = summaryOf(daily, { span, account: null, project: null });
    const accounts = config.accounts.filter(({ disabled }) => !disabled).map((account) => {
      const known = summary.accounts.find((one) => one.account === account.name);
      const unused = known?.percentUnused ?? null;
      return {
        name: account.name,
        plan: sizedPlan(account.plan ?? context.claudeHome.plan(account)),
        price: prices.get(account.name) ?? account.price,
        weekUsed: unused === null ? null : 100 - unused,
      };
    });
    const advice = adviceOf(sessions, {
      ...{ accounts, policy: config.policy, fromMs, nowMs },
      recorded: {
        waitedMinutes: summary.total.waitedMinutes ?? 0,
        moves: summary.total.moves ?? 0,
      },
      burstsPerWeek: capacityOf(limits).burstsPerWeek,
      onProgress: progressBar(context),
    });
    const { terminal } = context;
    terminal.rewrite("");
    terminal.print(
      switches.has("json")
        ? JSON.stringify(adviceJson(advice))
        : await advicePage(terminal, advice),
    );
    return EXIT.ok;
  },
};

function sizedPlan(plan: string | null): SizedPlan {
  return plan !== null && Object.hasOwn(PLAN_SIZES, plan) ? plan as SizedPlan : "pro";
}

/** Prices by account, from `work=200,home=20`. */
function pricesOf(text: string | undefined, accounts: readonly Account[]): Map<string, number> {
  const found = new Map<string, number>();
  for (const part of text === undefined ? [] : text.split(",")) {
    const [, name = "", price = ""] = /^([^=]+)=(\d+(?:\.\d+)?)$/.exec(part) ?? [];
    if (name === "") {
      throw invalidValue(part, {
        ...{ option: "--price", line: "claude-multi advise --price" },
        ...{ expected: "NAME=NUMBER, separated by commas", good: "work=200,home=20" },
      });
    }
    found.set(findAccount(accounts, name).name, Number(price));
  }
  return found;
}
