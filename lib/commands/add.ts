// `add`: a new account with its config dir.
import type { Context } from "../ports/context.ts";
import type { Account, Plan } from "../config/account.ts";
import {
  nameProblem,
  nearestName,
  parseAccountName,
  personText,
  PLANS,
  quoted,
} from "../config/account.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { configDirOf, tildePath } from "../config/paths.ts";
import { prepareFolder } from "../accounts/folder.ts";
import { ourName, sessionCommand } from "../setup/next_steps.ts";
import type { Command } from "../cli/command.ts";
import { findDuplicate } from "../accounts/identity.ts";
import { writeShellFiles } from "../setup/shell_files.ts";

/** The declaration of `add`. */
export const add: Command = {
  name: "add",
  group: "accounts",
  summary: "Add an account",
  positionals: [{ name: "NAME", summary: "1 to 32 of a-z, 0-9 and -" }],
  flags: [
    { name: "plan", value: "PLAN", summary: `${PLANS.join(", ")}; only a label` },
    { name: "group", value: "GROUP", summary: "its group; conversations never leave one" },
    { name: "in-place", summary: "use ~/.claude itself, with the login that is there" },
  ],
  details: [
    "Makes the account's folder, links into it what accounts share from ~/.claude, and writes it to config.json. Shared folders that ~/.claude lacks are made there, empty; nothing in it is changed or moved.",
  ],
  examples: [
    ["claude-multi add work --plan max5", "a new account, to log in next"],
    ["claude-multi add personal --in-place", "the login you have now, where it is"],
  ],
  run(context, input) {
    const name = parseAccountName(input.positionals[0] ?? "");
    const plan = parsePlan(input.values["plan"], name);
    const group = parseGroup(input.values["group"], name);
    const inPlace = input.switches.has("in-place");
    const account = addAccount(context, { name, plan, group, inPlace });
    writeShellFiles(context, context.configFile.read());
    context.terminal.print(`added "${name}"`);
    const login = context.claudeHome.login(account);
    context.terminal.print(
      `next: ${
        login === "present" ? sessionCommand(context, name) : `${ourName(context)} login ${name}`
      }`,
    );
    return EXIT.ok;
  },
};

/**
 * Reads a plan given by the user.
 * @throws UserError (usage) listing the plans.
 */
export function parsePlan(text: string | undefined, name: string): Plan | null {
  if (text === undefined) return null;
  const found = PLANS.find((plan) => plan === text);
  if (found !== undefined) return found;
  throw new UserError(`Cannot use plan ${quoted(text)}: the plans are ${PLANS.join(", ")}`, {
    hint: `claude-multi add ${name} --plan ${PLANS[1]}`,
    exit: EXIT.usage,
  });
}

function parseGroup(text: string | undefined, name: string): string | null {
  const problem = text === undefined ? null : nameProblem(text);
  if (text === undefined || problem === null) return text ?? null;
  throw new UserError(`Cannot use ${quoted(text)} as a group: ${problem}`, {
    hint: `claude-multi add ${name} --group ${nearestName(text) ?? "office"}`,
    exit: EXIT.usage,
  });
}

/**
 * Makes an account's folder and its entry in config.json, in this order: an entry always has its
 * folder. A login that is there already is pinned at once.
 * @throws UserError when the name or its folder is taken, or the login that is there has a name.
 */
export function addAccount(
  context: Context,
  options: { name: string; plan: Plan | null; group?: string | null; inPlace: boolean },
): Account {
  const { name, plan, group = null, inPlace } = options;
  const config = context.configFile.read();
  const taken = config.accounts.find((other) =>
    other.name === name || (inPlace ? other.inPlace : !other.inPlace && other.folder === name)
  );
  if (taken !== undefined) {
    const why = taken.name === name
      ? "there is an account of that name"
      : inPlace
      ? `the account "${taken.name}" is in place already`
      : `the folder "${name}" belongs to the account "${taken.name}"`;
    throw new UserError(`Cannot add "${name}": ${why}`, {
      hint: "claude-multi list",
      exit: EXIT.usage,
    });
  }
  const account: Account = {
    name,
    plan,
    disabled: false,
    group,
    inPlace,
    folder: name,
    identity: null,
  };
  // In place, or in a folder that an account left behind, somebody may be logged in already.
  const present = context.claudeHome.login(account) === "present";
  const identity = present ? context.claudeHome.identity(account) : null;
  const twin = identity === null ? null : findDuplicate(context, { config, name, identity });
  if (identity !== null && twin !== null) {
    const where = tildePath(configDirOf(account, context.layout), context.layout.home);
    throw new UserError(
      `Cannot add "${name}": ${where} holds the login of ${
        personText(identity)
      }, which is the account "${twin.name}"`,
      { hint: `cl-${twin.name}`, exit: EXIT.refused },
    );
  }
  prepareFolder(context, account);
  // One that had this name and was taken out of config.json by hand left its readings and limits.
  const ledger = context.ledger({ tolerant: true });
  ledger.immediately(() => ledger.forgetAccount(name));
  const entry = {
    name,
    ...plan === null ? {} : { plan },
    ...group === null ? {} : { group },
    ...inPlace ? { inPlace } : {},
    ...identity === null ? {} : { identity },
  };
  // Another process may have added it meanwhile.
  context.configFile.edit(({ accounts }) =>
    accounts.some((other) => other.name === name)
      ? []
      : [{ path: ["accounts", accounts.length], value: entry }]
  );
  return { ...account, identity };
}
