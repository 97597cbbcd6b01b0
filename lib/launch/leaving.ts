// A conversation that is named, as with `cl --continue`, while its own account can't take it.
import type { Standing, Standings } from "../accounts/standings.ts";
import { transcriptOf } from "../claude/session_files.ts";
import type { Context } from "../ports/context.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { formatClock, formatDuration } from "../text/format.ts";
import { bestAccount, standingsFor } from "./choose_account.ts";
import type { Lease } from "./choose_account.ts";
import { useText } from "./handoff_words.ts";
import { offerOf } from "./offers.ts";
import type { LaunchRequest } from "./request.ts";
import { readingText, TAIL_BYTES } from "./sending.ts";
import { NEAR_MS, yesOrNo } from "./state.ts";

/**
 * Asks before a conversation leaves its account, as after a limit, with `"handoff": "ask"` in a terminal. Nobody
 * is asked who has named an account or typed `resume`, which is for that.
 * @throws UserError (cancelled) after a no.
 */
export function askToLeave(context: Context, request: LaunchRequest): void {
  const { args, config, named, mayLeave = false } = request;
  const asks = args.kind === "interactive" && config.handoff === "ask" && named === null &&
    !mayLeave && context.terminal.interactive;
  if (!asks) return;
  const standings = standingsFor(context, request);
  const to = standings.accounts.find(({ account }) => account.name === bestAccount(standings));
  const from = to === undefined ? null : ownerLeftBy(standings, to.account.name);
  // A pin has answered already.
  if (to === undefined || from === null || isPinnedElsewhere(standings, from)) return;
  const { terminal, clock } = context;
  const nowMs = clock.nowMs();
  const { account, limitedUntilMs: untilMs } = from;
  const isNear = untilMs !== null && untilMs - nowMs <= NEAR_MS;
  const inTime = untilMs === null ? "" : `, in ${formatDuration(untilMs - nowMs)}`;
  const id = standings.eligible?.conversation ?? null;
  terminal.note(`${whyLeft(from, nowMs)}${inTime}.`);
  const path = id === null ? null : transcriptOf(context, { account, id });
  const tail = path === null ? "" : context.files.readTail(path, TAIL_BYTES);
  terminal.note(readingText(tail, { isNear }));
  const question = `Continue this conversation on "${to.account.name}"${useText(offerOf(to))}? [${
    isNear ? "y/N" : "Y/n"
  }] `;
  let yes: boolean | null = null;
  while (yes === null) yes = yesOrNo(terminal.ask(question), { standard: !isNear });
  if (yes) return;
  throw new UserError("the conversation was not continued", {
    hint: id === null ? "claude-multi resume" : `claude-multi resume ${id}`,
    exit: EXIT.cancelled,
  });
}

/** Says in one line that a conversation continues on another account than its own, and why; not who named one. */
export function sayThatItLeaves(
  context: Context,
  { request, lease: { standings, account } }: { request: LaunchRequest; lease: Lease },
): void {
  if (request.named !== null) return;
  const from = ownerLeftBy(standings, account.name);
  if (from === null) return;
  const why = isPinnedElsewhere(standings, from)
    ? "the folder is pinned"
    : whyLeft(from, context.clock.nowMs());
  context.terminal.warn(`continuing "${from.account.name}" on "${account.name}": ${why}`);
}

/** The account that a conversation leaves; null if it has none, or stays there. */
function ownerLeftBy({ accounts, eligible }: Standings, name: string): Standing | null {
  const owner = eligible?.preferred ?? null;
  return owner === name ? null : accounts.find(({ account }) => account.name === owner) ?? null;
}

function isPinnedElsewhere({ eligible }: Standings, { account: { name } }: Standing): boolean {
  return eligible !== null && eligible.pin !== null && !eligible.names.includes(name);
}

/** Why an account can't take its own conversation. */
function whyLeft({ account: { name }, state, limitedUntilMs }: Standing, nowMs: number): string {
  switch (state) {
    case "limited":
      return `"${name}" is limited${
        limitedUntilMs === null ? "" : ` until ${formatClock(limitedUntilMs, nowMs)}`
      }`;
    case "login":
      return `"${name}" is not logged in`;
    case "drift":
      return `"${name}" is logged in as someone else`;
    case "disabled":
      return `"${name}" is disabled`;
    case "open":
      return `"${name}" can't take it`;
  }
}
