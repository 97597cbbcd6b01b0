// `run`: chooses an account, takes a lease on it and runs the official client under it.
import type { Context } from "../context.ts";
import type { ClientArguments } from "../core/client_arguments.ts";
import { readClientArguments } from "../core/client_arguments.ts";
import { EXIT, UserError } from "../core/errors.ts";
import type { LaunchPlan } from "../core/launch_plan.ts";
import { planLaunch } from "../core/launch_plan.ts";
import { choiceJson, renderRanking } from "./choosing.ts";
import { findClient } from "./client.ts";
import type { Command, Input } from "./declaration.ts";
import type { Episode } from "./handoff.ts";
import { continueElsewhere, watchForLimit } from "./handoff.ts";
import { launchSettings, runClient, warnOfOverrides } from "./launching.ts";
import type { Lease, LeaseRequest } from "./lease.ts";
import { AllLimited, pinIdentity, takeLease } from "./lease.ts";
import { mirrorGlobalConfig } from "./mirroring.ts";
import type { Child } from "../ports.ts";
import { parsePolicy } from "./survey.ts";
import { waitForRoom } from "./waiting.ts";

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
    { name: "dry-run", summary: "print what would be run, and run nothing" },
    { name: "json", summary: "with --dry-run: print the plan as JSON" },
  ],
  rest: { name: "ARGS", summary: "arguments of claude, passed on as they are" },
  details: [
    "The account is chosen and the session written to the ledger in one step, so terminals opened at once spread out. A conversation that is resumed stays with its account while that has room. Variables that would make claude use another login are removed, with a notice. The exit code, or the signal, of claude is passed on.",
    "When every account is limited, the table of resets is printed and the exit code is 3.",
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
    const program = findClient(context, config);
    const args = readClientArguments(input.rest);
    const isSession = args.kind === "interactive" || args.kind === "print";
    const policy = parsePolicy(input.values["policy"], config);
    const dryRun = input.switches.has("dry-run");
    const settings = launchSettings(context, { config, args });
    const planFor = (lease: Lease, args: ClientArguments): LaunchPlan =>
      planLaunch({
        program,
        args,
        account: lease.account,
        layout: context.layout,
        cwd: context.processes.cwd(),
        settings,
        sessionNumber: lease.session,
      });
    const named = input.values["account"] ?? null;
    const lease = await leaseOrWait(context, {
      request: { config, args, policy, named, records: isSession && !dryRun },
      wait: input.switches.has("wait") && !dryRun,
    });
    if (dryRun) return showPlan(context, { plan: planFor(lease, args), lease, input });
    warnOfOverrides(context);
    let episode: Episode = { config, policy, args, lease, chain: [lease.account.name] };
    for (;;) {
      await pinIdentity(context, episode.lease);
      await mirrorGlobalConfig(context, { config, account: episode.lease.account });
      const plan = planFor(episode.lease, episode.args);
      const current = episode;
      const watch = config.handoff === "auto" && context.terminal.interactive
        ? (child: Child) => watchForLimit(context, { episode: current, child })
        : undefined;
      const outcome = await runClient(context, {
        plan,
        lease: current.lease,
        ...watch && { watch },
      });
      const next = await nextLaunch(context, current);
      if (next === null) {
        if (outcome.signal !== null) context.processes.dieBy(outcome.signal);
        return outcome.code;
      }
      episode = { ...episode, ...next, chain: [...episode.chain, next.lease.account.name] };
    }
  },
};

/** The next launch of a conversation that met a limit; shows the resets when nothing has room. */
async function nextLaunch(
  context: Context,
  episode: Episode,
): Promise<ReturnType<typeof continueElsewhere>> {
  try {
    return continueElsewhere(context, episode);
  } catch (error) {
    if (error instanceof AllLimited) await showResets(context, error);
    throw error;
  }
}

async function showResets(context: Context, error: AllLimited): Promise<void> {
  const table = await renderRanking(context, error.survey);
  for (const line of table.split("\n")) context.terminal.note(line);
}

/** Takes a lease; when all accounts are limited, shows the resets, and waits if that is wanted. */
async function leaseOrWait(
  context: Context,
  options: { request: LeaseRequest; wait: boolean },
): Promise<Lease> {
  for (;;) {
    try {
      return takeLease(context, options.request);
    } catch (error) {
      if (!(error instanceof AllLimited)) throw error;
      if (!options.wait || !context.terminal.interactive) await showResets(context, error);
      if (!options.wait) throw error;
      await waitForRoom(context, error.survey);
    }
  }
}

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
      `program  ${[plan.program, ...plan.args].map(quotedWord).join(" ")}`,
      `folder   ${plan.cwd}`,
      ...Object.entries(plan.set).map(([name, value]) => `set      ${name}=${value}`),
      ...unset.map((name) => `remove   ${name}`),
    ].join("\n"),
  );
  return EXIT.ok;
}

function quotedWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
