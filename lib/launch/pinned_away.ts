// A conversation at its limit in a folder that is pinned to other accounts than its group has.
import type { Context } from "../ports/context.ts";
import { pinAgainst } from "../accounts/eligible.ts";
import type { Standings } from "../accounts/standings.ts";
import { restrictionText } from "../balance/reasons.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { formatClock, formatDuration } from "../text/format.ts";
import { commandLine } from "./command_lines.ts";
import { besidesPin, openBeside } from "./refusals.ts";
import type { LaunchRequest } from "./request.ts";
import type { Move } from "./state.ts";

/**
 * Why a conversation can't move where a pin keeps every account of its group out, with the line that
 * continues it: on an account of its group that is open, or on its own after waiting. null if no pin does.
 */
export function pinnedAway(
  context: Context,
  { standings, request, limit: { account, untilMs } }: {
    standings: Standings;
    request: LaunchRequest;
    limit: Move["limited"]["limit"];
  },
): UserError | null {
  const { eligible, accounts } = standings;
  const owner = accounts.find((one) => one.account.name === account)?.account;
  if (owner === undefined || eligible === null || pinAgainst(eligible, owner) === null) return null;
  const nowMs = context.clock.nowMs();
  const until = `${formatClock(untilMs, nowMs)} (in ${formatDuration(untilMs - nowMs)})`;
  const failed = { owner, standings, request };
  return new UserError(
    `${restrictionText(eligible.restrictions)}, and "${account}" is limited until ${until}`,
    {
      hint: openBeside(failed).length > 0
        ? besidesPin(context, failed)
        : commandLine(context, request, ["claude-multi run --wait", `--account ${account}`]),
      exit: EXIT.noAccount,
    },
  );
}
