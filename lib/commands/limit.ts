// `limit`: marks an account as limited by hand, or as open again.
import type { Context } from "../ports/context.ts";
import { findAccount } from "../config/account.ts";
import { quoted } from "../text/escape.ts";
import type { Config } from "../config/config.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { formatClock, formatPercent } from "../text/format.ts";
import { parseMoment } from "../text/moment.ts";
import { WINDOW_LABEL, WINDOWS } from "../balance/windows.ts";
import type { Command } from "../cli/command.ts";
import type { Standing } from "../accounts/standings.ts";
import { standingsNow } from "../accounts/standings.ts";

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
      summary: `15:04, 90m, 2h, 3d, or 2026-01-31T15:04; default: ${DEFAULT_LIMIT}`,
    },
    { name: "clear", summary: "forget every limit of the account" },
  ],
  details: [
    "For limits claude-multi can't see, such as usage on another machine. A new time replaces one set by hand before. Limits that claude reported stay; --clear forgets those too.",
  ],
  examples: [
    ["claude-multi limit work --until 18:30", "leave it alone until then"],
    ["claude-multi limit work --clear", "it is open again"],
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
      const why = stillLimited(context, { config, name });
      const said = held === 0
        ? "had no limit"
        : why === null
        ? "is open again"
        : "has no limit now";
      const rest = why === null ? "" : `, but is full: ${why}`;
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
    const inForceMs = standingOf(context, { config, name })?.limitedUntilMs ?? null;
    const given = formatClock(untilMs, nowMs);
    context.terminal.print(
      inForceMs === null
        ? `"${name}" is limited until ${given}, and after that until a full window resets`
        : inForceMs <= Math.round(untilMs)
        ? `"${name}" is limited until ${given}`
        : `"${name}" is still limited until ${
          formatClock(inForceMs, nowMs)
        }: Claude reported a later reset than ${given}`,
    );
    return EXIT.ok;
  },
};

/** Where one account stands; no other is looked at. */
function standingOf(
  context: Context,
  { config, name }: { config: Config; name: string },
): Standing | undefined {
  const accounts = config.accounts.filter((account) => account.name === name);
  return standingsNow(context, { config: { ...config, accounts } }).accounts[0];
}

/** What keeps an account limited without a limit: a window at its reserve. null when it is open. */
function stillLimited(
  context: Context,
  options: { config: Config; name: string },
): string | null {
  const { config } = options;
  const standing = standingOf(context, options);
  if (standing?.state !== "limited") return null;
  const used = WINDOWS.flatMap((window) => {
    const percentUsed = standing.windows[window]?.percentUsed ?? 0;
    return percentUsed < config.reserve[window]
      ? []
      : [`${formatPercent(percentUsed)} of ${WINDOW_LABEL[window]} used`];
  });
  const { limitedUntilMs: atMs } = standing;
  const until = atMs === null ? "" : ` until ${formatClock(atMs, context.clock.nowMs())}`;
  return `${used.join(" and ")}${until}`;
}
