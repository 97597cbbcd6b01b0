// A conversation that is named, as with `cl --continue`, while its own account can't take it, or while it is open.
import { wallBefore } from "../accounts/eligible.ts";
import { isAtItsReserve, isOpenFor, limitedModelOf } from "../accounts/openings.ts";
import type { Standing, Standings } from "../accounts/standings.ts";
import { forksConversation, withConversation, withModel } from "../claude/arguments.ts";
import { openConversations, openText } from "../claude/running.ts";
import { transcriptOf } from "../claude/session_files.ts";
import type { Account } from "../config/account.ts";
import { isSameAccount } from "../config/account.ts";
import { askYes } from "../cli/prompt.ts";
import type { Context } from "../ports/context.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { formatClock, formatDuration } from "../text/format.ts";
import { bestAccount, canLease, standingsFor } from "./choose_account.ts";
import type { Lease } from "./choose_account.ts";
import { refuseIfOpen } from "./choose_conversation.ts";
import { useText } from "./handoff_words.ts";
import { offerOf } from "./offers.ts";
import type { LaunchRequest } from "./request.ts";
import { conversationOf, copyLine } from "./request.ts";
import { otherModels } from "./model.ts";
import { commandLine } from "./command_lines.ts";
import { readingText, TAIL_BYTES } from "./sending.ts";
import { NEAR_MS } from "./state.ts";

/**
 * Asks whether a conversation may leave its account, and whether to open it a second time. Returns the request,
 * which names the conversation if time may have passed, for an answer or a wait: by then, --continue may mean
 * another one. `offered` is the account that the user said yes to, or null.
 * @throws UserError (cancelled) after a no.
 */
export async function askAboutConversation(
  context: Context,
  request: LaunchRequest,
): Promise<{ request: LaunchRequest; offered: Account | null }> {
  const offered = await askToLeave(context, request);
  const isShared = await askToShare(context, request);
  const id = conversationOf(request);
  const isDue = offered !== null || isShared || request.wait;
  const shared = isShared ? { ...request, mayShare: true } : request;
  return {
    request: id === null || !isDue
      ? shared
      : { ...shared, args: withConversation(request.args, id) },
    offered,
  };
}

/**
 * Asks before a conversation leaves its account, as after a limit, with `"handoff": "ask"` in a terminal. Nobody
 * is asked who has named an account or typed `resume`, which is for that. Returns the account that
 * was offered; null if it didn't ask.
 * @throws UserError (cancelled) after a no.
 */
async function askToLeave(
  context: Context,
  request: LaunchRequest,
): Promise<Account | null> {
  const { args, config, named, mayLeave = false } = request;
  const asks = args.kind === "interactive" && config.handoff === "ask" && named === null &&
    !mayLeave && context.terminal.interactive;
  if (!asks) return null;
  const standings = standingsFor(context, request);
  const to = standings.accounts.find(({ account }) => account.name === bestAccount(standings));
  const from = to === undefined ? null : ownerLeftBy(standings, to.account.name);
  // A pin has answered already.
  if (to === undefined || from === null || isPinnedElsewhere(standings, from)) return null;
  const { terminal, clock } = context;
  const nowMs = clock.nowMs();
  const { account, state } = from;
  const id = standings.eligible?.conversation ?? null;
  if (id !== null) refuseIfOpen(context, { id, request });
  // Only a limit ends by itself.
  const untilMs = state === "limited" ? from.limitedUntilMs : null;
  const isNear = untilMs !== null && untilMs - nowMs <= NEAR_MS;
  const inTime = untilMs === null ? "" : `, in ${formatDuration(untilMs - nowMs)}`;
  terminal.note(`${whyLeft(from, nowMs)}${inTime}.`);
  sayOtherModel(context, { from, request });
  const path = id === null ? null : transcriptOf(context, { account, id });
  const tail = path === null ? "" : context.files.readTail(path, TAIL_BYTES);
  terminal.note(readingText(tail, { isNear }));
  const text = `Continue this conversation on "${to.account.name}"${useText(offerOf(to))}?`;
  if (await askYes(context, { text, standard: !isNear, ended: false })) return to.account;
  const later = id === null ? "claude-multi resume" : `claude-multi resume ${id}`;
  throw new UserError(`not continued; to continue it later: ${later}`, { exit: EXIT.cancelled });
}

/**
 * Asks before claude opens a conversation that a running claude has open; in a terminal only, and only if an
 * account may take it. The client opens it without a word, and two of them add to one transcript (run on
 * 2.1.332). Returns whether it asked.
 * @throws UserError (cancelled) after a no.
 */
export async function askToShare(
  context: Context,
  request: LaunchRequest,
): Promise<boolean> {
  const { args, config: { accounts } } = request;
  const id = conversationOf(request);
  const asks = args.kind === "interactive" && context.terminal.interactive &&
    !forksConversation(args);
  if (id === null || !asks) return false;
  const open = openConversations(context, accounts).get(id);
  if (open === undefined || !(request.wait || canLease(context, request))) return false;
  context.terminal.note(
    `This conversation is ${openText(context, open)}. What you say here, claude doesn't see there.`,
  );
  const text = "Continue it here all the same?";
  if (await askYes(context, { text, standard: false, ended: false })) return true;
  throw new UserError(`not continued; to continue a copy of it: ${copyLine(id, request)}`, {
    exit: EXIT.cancelled,
  });
}

/** If only one model is limited: what to type to stay on the account with another one. */
function sayOtherModel(
  context: Context,
  { from, request }: { from: Standing; request: LaunchRequest },
): void {
  const { config, cwd, args } = request;
  const { account: { name } } = from;
  const limited = limitedModelOf(from);
  if (limited === null) return;
  const model = otherModels(context, { cwd, limited }).find((one) =>
    isOpenFor([one], from, config)
  );
  if (model === undefined) return;
  const other = { ...request, args: withModel(args, model) };
  const line = commandLine(context, other, ["claude-multi run", `--account ${name}`]);
  context.terminal.note(`To stay on "${name}" with ${model}: ${line}`);
}

/**
 * Says in one line that a conversation continues on another account than its own, and why. Nobody is told who
 * has named the account, except that the conversation changes its group.
 */
export function sayThatItLeaves(
  context: Context,
  { request, lease: { standings, account }, offered }: {
    request: LaunchRequest;
    lease: Lease;
    offered: Account | null;
  },
): void {
  if (offered !== null && !isSameAccount(offered, account)) {
    context.terminal.note(`"${offered.name}" is no longer the best choice`);
  }
  if (request.named !== null) {
    const { eligible } = standings;
    const wall = eligible === null ? null : wallBefore(eligible, account);
    // A copy leaves the conversation where it is.
    if (wall === null || forksConversation(request.args)) return;
    const named = (group: string | null) => group === null ? "no group" : `group "${group}"`;
    const from = `${wall.group === null ? "" : "the "}${named(wall.group)}`;
    context.terminal.warn(
      `this conversation moves from ${from} to "${account.name}" (${named(account.group)})`,
    );
    return;
  }
  if (request.formerOwner !== undefined) {
    context.terminal.warn(`continuing on "${account.name}": "${request.formerOwner}" was removed`);
  }
  const from = ownerLeftBy(standings, account.name);
  if (from === null) return;
  const why = isPinnedElsewhere(standings, from)
    ? "the folder is pinned"
    : whyLeft(from, context.clock.nowMs());
  context.terminal.warn(
    `continuing on "${account.name}" instead of "${from.account.name}": ${why}`,
  );
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
function whyLeft(from: Standing, nowMs: number): string {
  const { account: { name }, state, limitedUntilMs } = from;
  const model = limitedModelOf(from);
  switch (state) {
    case "limited":
      return `"${name}" is ${isAtItsReserve(from) ? "at its reserve" : "limited"}${
        model === null ? "" : ` for ${model}`
      }${limitedUntilMs === null ? "" : ` until ${formatClock(limitedUntilMs, nowMs)}`}`;
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
