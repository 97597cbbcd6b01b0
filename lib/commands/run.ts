// `run`: chooses an account, takes a lease on it and runs the official client under it.
import type { Context } from "../ports/context.ts";
import { readClientArguments } from "../claude/arguments.ts";
import { EXIT, UserError } from "../text/errors.ts";
import type { LaunchPlan } from "../ports/mod.ts";
import { shellWord } from "../text/shell_quote.ts";
import { choiceJson } from "../accounts/choice_json.ts";
import { findClient } from "../claude/executable.ts";
import type { Command, Input } from "../cli/command.ts";
import { callersSettings } from "../launch/settings.ts";
import type { Lease } from "../launch/choose_account.ts";
import type { Wish } from "../launch/prepare.ts";
import { leaseFor, planFor } from "../launch/prepare.ts";
import { parsePolicy } from "../accounts/standings.ts";

/** The declaration of `run`. */
export const run: Command = {
  name: "run",
  group: "everyday",
  summary: "Run claude on the account with the most room; cl is short for this",
  flags: [
    { name: "account", value: "NAME", summary: "run on this account, whatever its room" },
    {
      name: "policy",
      value: "POLICY",
      summary: "choose by another policy than the configured one",
    },
    { name: "wait", summary: "when all accounts are limited, wait for the first to open" },
    {
      name: "failover",
      summary: "with -p: when the answer ends at a limit, ask once more elsewhere",
    },
    { name: "dry-run", summary: "print what would be run, and run nothing" },
    { name: "json", summary: "with --dry-run: print the plan as JSON" },
  ],
  rest: { name: "ARGS", summary: "arguments of claude, passed on as they are" },
  details: [
    "The account is chosen and the session written to the ledger in one step, so terminals opened at once spread out. A conversation that is resumed stays with its account while that has room. Variables that would make claude use another login are removed, with a notice. The exit code, or the signal, of claude is passed on.",
    "When every account is limited, the table of resets is printed and the exit code is 3.",
    'When a conversation meets a limit, run offers to go on under another account once you leave claude; with "handoff": "auto" in config.json it does so by itself, with "off" never.',
  ],
  examples: [
    ["claude-multi run", "claude on the best account"],
    ["claude-multi run -- --continue", "with arguments of claude"],
    ["claude-multi run --account work -- -p hello", "on a named account"],
    ["claude-multi run --dry-run", "show the plan"],
  ],
  async run(context, input) {
    const config = context.configFile.read();
    if (input.switches.has("json") && !input.switches.has("dry-run")) {
      throw new UserError('Cannot use "--json" alone: it prints the plan of "--dry-run"', {
        hint: "claude-multi run --dry-run --json",
        exit: EXIT.usage,
      });
    }
    if (config.accounts.length === 0) {
      throw new UserError("Cannot choose an account: none is set up", {
        hint: "claude-multi setup",
        exit: EXIT.noAccount,
      });
    }
    const args = readClientArguments(input.rest);
    const wish: Wish = {
      config,
      policy: parsePolicy(input.values["policy"], config),
      args,
      callers: callersSettings(context, args),
      named: input.values["account"] ?? null,
      wait: input.switches.has("wait") && !input.switches.has("dry-run"),
      failover: input.switches.has("failover"),
      cwd: context.processes.cwd(),
    };
    if (!input.switches.has("dry-run")) {
      findClient(context, config);
      const { follow } = await import("../launch/mod.ts");
      return await follow(context, wish);
    }
    const lease = await leaseFor(context, { wish, records: false, planOnly: true });
    return showPlan(context, {
      plan: planFor(context, { wish, lease, args }),
      lease,
      input,
    });
  },
};

function showPlan(
  context: Context,
  options: { plan: LaunchPlan; lease: Lease; input: Input },
): number {
  const { plan, lease } = options;
  const unset = plan.unset.filter((name) => context.env.get(name) !== null);
  if (options.input.switches.has("json")) {
    const choice = choiceJson(lease.survey, lease.account.name);
    context.terminal.print(JSON.stringify({ ...choice, plan: { ...plan, unset } }));
    return EXIT.ok;
  }
  context.terminal.print(
    [
      `account  ${lease.account.name}`,
      `program  ${[plan.program, ...plan.args].map(shellWord).join(" ")}`,
      `folder   ${plan.cwd}`,
      ...Object.entries(plan.set).map(([name, value]) => `set      ${name}=${value}`),
      ...unset.map((name) => `remove   ${name}`),
    ].join("\n"),
  );
  return EXIT.ok;
}
