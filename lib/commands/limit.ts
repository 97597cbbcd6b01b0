// `limit`: tells the balancer by hand that an account has no room, or has it again.
import type { Context } from "../ports/context.ts";
import { findAccount, quoted } from "../config/account.ts";
import type { Config } from "../config/config.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { formatClock, formatPercent } from "../text/format.ts";
import { parseMoment } from "../text/moment.ts";
import { WINDOWS } from "../balance/windows.ts";
import type { Ledger } from "../ports/mod.ts";
import type { Command } from "../cli/command.ts";
import type { AccountView } from "../accounts/standings.ts";
import { readLogins, surveyAccounts } from "../accounts/standings.ts";

const DEFAULT_LIMIT = "5h";

/** The declaration of `limit`. */
export const limit: Command = {
  name: "limit",
  repeatable: true,
  group: "accounts",
  summary: "Mark an account as limited for a while, or as open again",
  positionals: [
    { name: "NAME", summary: "the account" },
    { name: "TIME", summary: "the same as --until TIME", optional: true },
  ],
  flags: [
    {
      name: "until",
      value: "TIME",
      summary: `15:04, 90m, 2h, 3d, or 2026-01-31T15:04; ${DEFAULT_LIMIT} unless given`,
    },
    { name: "clear", summary: "forget every limit of the account" },
  ],
  details: [
    "For what the client did not tell: an account that is used on another machine, say. A new time takes the place of one that was set by hand before; a limit that claude met holds all the same, and is forgotten with --clear.",
  ],
  examples: [
    ["claude-multi limit work --until 18:30", "leave it alone until then"],
    ["claude-multi limit work --clear", "it has room again"],
  ],
  run(context, input) {
    const config = context.configFile.read();
    const { name } = findAccount(config.accounts, input.positionals[0] ?? "");
    const ledger = context.ledger({ kept: true });
    const nowMs = context.clock.nowMs();
    const [, time] = input.positionals;
    const until = input.values["until"] ?? time;
    if (time !== undefined && input.values["until"] !== undefined) {
      throw new UserError(`Cannot use ${quoted(time)} together with "--until": give one time`, {
        hint: `claude-multi limit ${name} --until 2h`,
        exit: EXIT.usage,
      });
    }
    if (input.switches.has("clear")) {
      if (until !== undefined) {
        throw new UserError('Cannot use "--clear" together with a time: they contradict', {
          hint: `claude-multi limit ${name} --clear`,
          exit: EXIT.usage,
        });
      }
      const held = ledger.clearLimits(name, nowMs);
      const why = stillLimited(context, { config, ledger, name });
      const said = held === 0
        ? "had no limit"
        : why === null
        ? "is open again"
        : "has no limit now";
      const rest = why === null ? "" : `, but no room: ${why}`;
      context.terminal.print(`"${name}" ${said}${rest}`);
      return EXIT.ok;
    }
    const moment = parseMoment(until ?? DEFAULT_LIMIT, nowMs);
    if (moment.problem !== null) {
      throw new UserError(
        `Cannot limit "${name}" until ${quoted(until ?? DEFAULT_LIMIT)}: ${moment.problem}`,
        { hint: `claude-multi limit ${name} --until 2h`, exit: EXIT.usage },
      );
    }
    const untilMs = moment.atMs;
    ledger.immediately(() => {
      ledger.clearManualLimits(name);
      ledger.addLimit({
        account: name,
        window: null,
        untilMs,
        kind: "manual",
        recordedAtMs: nowMs,
        session: null,
      });
    });
    const inForceMs = viewOf(context, { config, ledger, name })?.limitedUntilMs ?? null;
    const given = formatClock(untilMs, nowMs);
    context.terminal.print(
      inForceMs === null
        ? `"${name}" is limited until ${given}, and then until a full window starts afresh`
        : inForceMs <= Math.round(untilMs)
        ? `"${name}" is limited until ${given}`
        : `"${name}" is limited until ${
          formatClock(inForceMs, nowMs)
        }: what claude told of it holds longer than ${given}`,
    );
    return EXIT.ok;
  },
};

/** All that is known of one account. */
function viewOf(
  context: Context,
  { config, ledger, name }: { config: Config; ledger: Ledger; name: string },
): AccountView | undefined {
  const logins = readLogins(context, config).filter(({ account }) => account.name === name);
  return surveyAccounts(context, { config, ledger, logins, policy: config.policy }).views[0];
}

/** What keeps an account limited without a limit: a window at its reserve. Null when it has room. */
function stillLimited(
  context: Context,
  options: { config: Config; ledger: Ledger; name: string },
): string | null {
  const { config } = options;
  const view = viewOf(context, options);
  if (view?.state !== "limited") return null;
  const used = WINDOWS.flatMap((window) => {
    const percentUsed = view.windows[window]?.percentUsed ?? 0;
    const short = window === "five_hour" ? "5h" : "7d";
    return percentUsed < config.reserve[window]
      ? []
      : [`${formatPercent(percentUsed)} of ${short} used`];
  });
  const { limitedUntilMs: atMs } = view;
  const until = atMs === null ? "" : ` until ${formatClock(atMs, context.clock.nowMs())}`;
  return `${used.join(" and ")}${until}`;
}
