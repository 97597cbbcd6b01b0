// `add`: creates an account with its config dir.
import type { Plan } from "../config/account.ts";
import { nameProblem, nearestName, PLANS } from "../config/account.ts";
import { parseNewName } from "../config/new_name.ts";
import { quoted } from "../text/escape.ts";
import { askGroup, noteFormerGroup, noteNewGroup } from "../accounts/groups.ts";
import { addAccount } from "../accounts/new_account.ts";
import { EXIT, usageError } from "../text/errors.ts";
import { ourName, sessionCommand } from "../setup/next_steps.ts";
import { sayHowToRenew } from "../setup/open_shells.ts";
import type { Command } from "../cli/command.ts";
import { oneOf } from "../cli/values.ts";
import { writeShellFiles } from "../setup/shells.ts";
import { unfinishedLogins } from "../setup/unfinished_logins.ts";

/** The declaration of `add`. */
export const add: Command = {
  name: "add",
  group: "accounts",
  summary: "Add an account",
  positionals: [{ name: "NAME", summary: "its name: 1 to 32 characters from a-z, 0-9 and -" }],
  flags: [
    { name: "plan", value: "PLAN", summary: `${PLANS.join(", ")}; default: what the login says` },
    { name: "group", value: "GROUP", summary: "its group; conversations never leave their group" },
    { name: "in-place", summary: "use ~/.claude itself, with the login that is already there" },
  ],
  details: [
    "Creates the account's folder, links what accounts share in ~/.claude into it, and adds the account to config.json. Shared folders that ~/.claude doesn't have yet are created there, empty; nothing in ~/.claude is changed or moved.",
    "--plan is rarely needed: the login names the plan, and the default policy goes by percentages, which need no sizes. Only the policy paced, advise and simulate use sizes: pro counts as 1, max as 5 and ultra, which has no 5-hour limit, as 10. max5 and max20 are the older names of max and ultra; max20 still has a 5-hour limit, of 20. team and enterprise count as pro.",
  ],
  examples: [
    ["claude-multi add work --plan max", "a new account, to be logged in next"],
    ["claude-multi add personal --in-place", "your current login, left where it is"],
  ],
  async run(context, input) {
    const { accounts } = context.configFile.read();
    const command = "claude-multi add";
    const name = parseNewName(input.positionals[0] ?? "", { command, accounts, mustBeFree: true });
    const plan = planOf(input.values["plan"], name);
    const wanted = groupOf(input.values["group"], name);
    const group = wanted === null ? null : await askGroup(context, { name, group: wanted });
    const inPlace = input.switches.has("in-place");
    addAccount(context, { name, plan, group, inPlace });
    writeShellFiles(context);
    context.terminal.print(`added "${name}"`);
    if (group !== null) noteNewGroup(context, { name, group });
    else noteFormerGroup(context, name);
    const unfinished = unfinishedLogins(context).find((one) => one.account.name === name);
    const next = unfinished?.fix.replace(/^claude-multi/, () => ourName(context));
    context.terminal.print(`next: ${next ?? sessionCommand(context, name)}`);
    if (unfinished === undefined) sayHowToRenew(context, name);
    return EXIT.ok;
  },
};

function planOf(text: string | undefined, name: string): Plan | null {
  if (text === undefined) return null;
  const line = `claude-multi add ${name} --plan`;
  // As people write it: max-5x, Max 5x, 20x.
  const word = text.toLowerCase().replace(/[ _-]|x$/g, "");
  const plan = PLANS.find((one) => one === word || one === `max${word}`);
  return plan ?? oneOf(text, { option: "--plan", line, words: PLANS, usual: "max" });
}

function groupOf(text: string | undefined, name: string): string | null {
  const problem = text === undefined ? null : nameProblem(text);
  if (text === undefined || problem === null) return text ?? null;
  const hint = `claude-multi add ${name} --group ${nearestName(text) ?? "office"}`;
  throw usageError(`invalid value ${quoted(text)} for --group: ${problem}`, hint);
}
