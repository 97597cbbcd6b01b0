// `run`: chooses an account, records the session and runs the official client on the account.
import { noAccountYet } from "../accounts/no_account.ts";
import type { Context } from "../ports/context.ts";
import { EXIT, usageError, UserError } from "../text/errors.ts";
import { andList } from "../text/format.ts";
import { shellWord } from "../text/shell_quote.ts";
import { choiceJson } from "../accounts/choice_json.ts";
import { findClient } from "../claude/executable.ts";
import type { Command } from "../cli/command.ts";
import { leaseFor, planFor, settled } from "../launch/prepare.ts";
import type { LaunchRequest } from "../launch/request.ts";
import { ACROSS_GROUPS, acrossGroups, launchRequest } from "../launch/request.ts";
import { parsePolicy } from "../accounts/policy_option.ts";

/** The declaration of `run`. */
export const run: Command = {
  name: "run",
  group: "everyday",
  summary: "Run claude on the account with the most room; cl is short for this",
  flags: [
    { name: "account", value: "NAME", summary: "run on this account, even if it is limited" },
    ACROSS_GROUPS,
    {
      name: "policy",
      value: "POLICY",
      summary: "choose by this policy; default: the configured one",
    },
    { name: "refresh", summary: "first ask claude for the figures of every account" },
    {
      name: "wait",
      summary: "if every account is limited, or the one that you name is, wait for the first reset",
    },
    {
      name: "failover",
      summary: "with -p: if the reply hits a limit, retry once on another account",
    },
    { name: "dry-run", summary: "print what would run, without running it" },
    { name: "json", summary: "with --dry-run: print the plan as JSON" },
  ],
  rest: { name: "ARGS", summary: "arguments for claude, passed on unchanged" },
  details: [
    "Choosing the account and recording the session is one step, so terminals opened at the same time spread over the accounts. A resumed conversation stays on its account as long as it has quota left. Variables that would make claude use another login are removed, with a notice. The exit code of run is that of claude; if a signal ends claude, it ends run too.",
    "If every account is limited, run prints when they reset and exits with 3.",
    '--refresh asks claude for the figures of every account (with --account: of that one) before the choice, as "claude-multi refresh" does; with "refresh": "launch" in config.json, every launch does that for figures that are old. What doesn\'t answer changes nothing.',
    'If a conversation hits a limit, run offers to continue it on another account once you leave claude. With "handoff": "auto" in config.json it moves without asking; with "off" it never offers.',
    "A conversation never leaves its group. If it can't be told whose it is, run asks; with -p or without a terminal it refuses and exits with 5. So it does if the account that you name is in another group, unless you add --across-groups.",
  ],
  examples: [
    ["claude-multi run", "claude on the best account"],
    ["claude-multi run -- --continue", "with arguments for claude"],
    ["claude-multi run --account work -- -p hello", "on a named account"],
    ["claude-multi run --account work -- auth logout", "log it out"],
    ["claude-multi run --dry-run", "show the plan"],
  ],
  async run(context, input) {
    const config = context.configFile.read();
    const dryRun = input.switches.has("dry-run");
    const json = input.switches.has("json");
    if (json && !dryRun) {
      throw usageError('"--json" needs "--dry-run"', "claude-multi run --dry-run --json");
    }
    if (config.accounts.length === 0) {
      const { message, hint } = noAccountYet(context);
      throw new UserError(message, { hint, exit: EXIT.noAccount });
    }
    const named = input.values["account"] ?? null;
    if (named !== null && !config.accounts.some(({ name }) => name === named)) {
      const { unknownToRun } = await import("../setup/open_shells.ts");
      throw unknownToRun(context, { accounts: config.accounts, name: named });
    }
    const request = launchRequest(context, {
      config,
      words: input.rest,
      policy: parsePolicy(input.values["policy"], config),
      named,
      wait: input.switches.has("wait") && !dryRun,
      failover: input.switches.has("failover"),
      refresh: input.switches.has("refresh"),
      cwd: context.processes.cwd(),
      acrossGroups: acrossGroups(input),
    });
    if (dryRun) {
      context.terminal.print(await planText(context, { request, json }));
      return EXIT.ok;
    }
    findClient(context, config);
    const { runConversation } = await import("../launch/mod.ts");
    return await runConversation(context, request);
  },
};

async function planText(
  context: Context,
  { request: asked, json }: { request: LaunchRequest; json: boolean },
): Promise<string> {
  const request = await settled(context, { ...asked, planOnly: true });
  if (request.refresh) {
    const { refreshBeforeChoice } = await import("../launch/fresh_figures.ts");
    await refreshBeforeChoice(context, request);
  }
  const lease = await leaseFor(context, { ...request, records: false });
  const { name } = lease.account;
  const plan = planFor(context, { request, lease });
  const unset = plan.unset.filter((name) => context.env.get(name) !== null);
  if (json) {
    return JSON.stringify({ ...choiceJson(lease.standings, name), plan: { ...plan, unset } });
  }
  // Hooks as JSON would bury the rest.
  const [, settings = "{}"] = plan.args.length > request.args.rest.length ? plan.args : [];
  const added = Object.keys(JSON.parse(settings) as Record<string, unknown>);
  return [
    `account  ${name}`,
    `program  ${[plan.program, ...request.args.rest].map(shellWord).join(" ")}`,
    `folder   ${plan.cwd}`,
    // The others are only for ourselves.
    ...Object.entries(plan.set).filter(([name]) => !name.startsWith("CLAUDE_MULTI_"))
      .map(([name, value]) => `set      ${name}=${value}`),
    ...unset.map((name) => `remove   ${name}`),
    ...added.length === 0 ? [] : [`adds     --settings with ${andList(added)}; --json shows all`],
  ].join("\n");
}
