// `limit`: marks an account as limited by hand, or as open again.
import { findAccount } from "../config/account.ts";
import { quoted } from "../text/escape.ts";
import { EXIT, usageError } from "../text/errors.ts";
import { didYouMean } from "../text/format.ts";
import { parseMoment } from "../text/moment.ts";
import { nearMoment } from "../text/near_moment.ts";
import { shellWord } from "../text/shell_quote.ts";
import { clearLimits, limitUntil } from "../accounts/manual_limit.ts";
import { modelsOfFolder } from "../launch/model.ts";
import type { Command } from "../cli/command.ts";

const DEFAULT_LIMIT = "5h";
/** For the hint after a time that resembles none. */
const EXAMPLE = "2h";
/** Words for no limit. */
const NO_LIMIT = /^(open|opened|clear|cleared|off|no|none|never|now|unlimited|reset|remove|0)$/i;

/** The declaration of `limit`. */
export const limit: Command = {
  name: "limit",
  repeatable: true,
  group: "accounts",
  summary: "Mark an account as limited for a while, or as open again",
  positionals: [
    { name: "NAME", summary: "the account" },
    { name: "TIME", summary: "the same as --until TIME", optional: true, repeats: true },
  ],
  flags: [
    {
      name: "until",
      value: "TIME",
      takesWords: true,
      summary:
        `15:04, 6pm, 90m, 3d, tomorrow 9am, fri, dec 1 or 2026-01-31T15:04; default: ${DEFAULT_LIMIT}`,
    },
    { name: "for", value: "TIME", takesWords: true, summary: "the same as --until TIME" },
    { name: "clear", summary: "forget whatever holds the account back" },
  ],
  details: [
    "For limits claude-multi can't see, such as usage on another machine. A new time replaces one set by hand before. Limits that claude reported stay. --clear forgets those too, and the figures of full windows until something newer is measured; stats still counts the limits that were met.",
  ],
  examples: [
    ["claude-multi limit work --until 18:30", "leave it alone until then"],
    ["claude-multi limit work --for 2h", "for two hours"],
    ["claude-multi limit work --clear", "it is open again"],
  ],
  run(context, input) {
    const config = context.configFile.read();
    const [word = "", ...words] = input.positionals;
    const time = words.length === 0 ? undefined : words.join(" ");
    const { name } = findAccount(config.accounts, word);
    const models = () => modelsOfFolder(context, context.processes.cwd());
    const line = `claude-multi limit ${name}`;
    const times = [time, input.values["until"], input.values["for"]].filter((one) =>
      one !== undefined
    );
    const [text = DEFAULT_LIMIT, other] = times;
    const help = "claude-multi limit --help";
    if (other !== undefined) {
      const good = times.find((one) => parseMoment(one, context.clock.nowMs()).problem === null);
      throw usageError(
        `two times given: ${quoted(text)} and ${quoted(other)}`,
        good === undefined ? help : `${line} --until ${shellWord(good)}`,
      );
    }
    if (input.switches.has("clear")) {
      if (times.length > 0) throw usageError('"--clear" takes no time', `${line} --clear`);
      context.terminal.print(clearLimits(context, { config, name, models }));
      return EXIT.ok;
    }
    const nowMs = context.clock.nowMs();
    const moment = parseMoment(text, nowMs);
    if (moment.problem !== null) {
      if (NO_LIMIT.test(text)) {
        const message = `invalid time ${quoted(text)}: "--clear" opens an account again`;
        throw usageError(message, `${line} --clear`);
      }
      const near = nearMoment(text, nowMs);
      const option = ["until", "for"].find((name) => input.values[name] !== undefined);
      throw usageError(
        `invalid time ${quoted(text)}: ${moment.problem}${didYouMean(near)}`,
        `${line} ${option === undefined ? "" : `--${option} `}${near ?? EXAMPLE}`,
      );
    }
    context.terminal.print(limitUntil(context, { config, name, models, untilMs: moment.atMs }));
    return EXIT.ok;
  },
};
