// Limits that sessions hit: recorded when a turn is refused, found when the conversation should move.
import type { Context } from "../ports/context.ts";
import type { Account, Identity } from "../config/account.ts";
import { figuresKey, identityKey } from "../config/account.ts";
import { windowOfType } from "../claude/limit_types.ts";
import { describe } from "../claude/conversations.ts";
import { transcriptOf } from "../claude/session_files.ts";
import type { LimitFound } from "../claude/transcript/limit_line.ts";
import { endsRefused, hasReplySince, limitAtEnd } from "../claude/transcript/limit_line.ts";
import { newestOfSameWindow } from "../balance/limits.ts";
import {
  countsFor,
  FALL_PERCENT,
  mergeReadings,
  useOf,
  WINDOW_LENGTH_MS,
  WINDOWS,
} from "../balance/windows.ts";
import { refusedTurn } from "../claude/transcript/refused_turn.ts";
import type { Session } from "../balance/session.ts";
import type { Ledger, Limit } from "../ports/mod.ts";

/** For a refusal that is not a limit of the account, such as an overloaded server. */
const COOLDOWN_MS = 2 * 60_000;
/** The client opens its dialog, and our hook records the refusal, within this time of each other. */
const DIALOG_MS = 10_000;
/** How much of a transcript's end is searched for the turn that was refused. */
const TAIL_BYTES = 256 * 1024;
/** The client may run its hook before it has written the refusal into the transcript. */
const LOOKS = 6;
const LOOK_AGAIN_MS = 200;

/** A conversation whose account is limited. */
export interface LimitedConversation {
  /** The client's own session id; null if the client never reported it. */
  id: string | null;
  /** The number of its session in the ledger. */
  session: number;
  limit: Limit;
  /** Whether the account refuses turns; otherwise a window is full, which is no refusal yet. */
  isRefused: boolean;
}

/**
 * Records what a refused turn means. It is a limit of the account only if the client wrote one into
 * the transcript or a window is full, because the event itself doesn't say (CONTRACT §6, §8).
 * Anything else is a short cool-down.
 */
export async function recordRefusal(
  context: Context,
  refusal: { session: number; transcript: string | null },
): Promise<void> {
  const ledger = context.ledger({ tolerant: true });
  const row = ledger.session(refusal.session);
  if (row === null) return;
  const { account } = row;
  const identity = identityKey(loggedInNow(context, account));
  let found: LimitFound | null = null;
  for (let look = 0; look < LOOKS && found === null; look++) {
    if (look > 0) await context.clock.sleep(LOOK_AGAIN_MS);
    const session = { sinceMs: refusedSinceMs(ledger, row), nowMs: context.clock.nowMs() };
    found = (refusal.transcript === null
      ? null
      : limitAtEnd(tailOf(context, refusal.transcript), session)) ??
      fullWindow(context, { account, identity });
  }
  if (found !== null) {
    recordLimit(context, { session: refusal.session, account, identity, found });
    return;
  }
  addCooldown(context, { account, session: refusal.session, identity });
}

function addCooldown(
  context: Context,
  of: { account: string; session: number; identity: string | null },
): void {
  const nowMs = context.clock.nowMs();
  context.ledger({ tolerant: true }).addLimit({
    ...of,
    window: null,
    model: null,
    untilMs: nowMs + COOLDOWN_MS,
    kind: "cooldown",
    recordedAtMs: nowMs,
  });
}

/**
 * The conversation of a session that hit a limit of its account that still applies, or null. The
 * transcript is read as well if the refusal looked like an overloaded server, or with `readsTranscript`: the
 * client may exit before its hook has run, or never run it, as with -p (CONTRACT §6).
 * A client that writes no limit into the transcript (CONTRACT §11) shows it as a full window in its
 * next status line.
 */
export function limitedConversation(
  context: Context,
  of: { session: number; account: Account; readsTranscript: boolean },
): LimitedConversation | null {
  const { session, account } = of;
  const ledger = context.ledger({ tolerant: true });
  const nowMs = context.clock.nowMs();
  const row = ledger.session(session);
  const met = ledger.limitMetBy(session, nowMs);
  const id = row?.clientSessionId ?? null;
  if (met?.kind === "limit") {
    const limit = asOfNow(context, { account, met });
    return limit === null ? null : { id, session, limit, isRefused: true };
  }
  if (row === null || id === null || (met === null && !of.readsTranscript)) return null;
  // Whoever else had the conversation open wrote into the same transcript, and may have been refused.
  if (met === null && ledger.isShared(row)) return null;
  const transcript = transcriptOf(context, { account, id });
  if (transcript === null) return null;
  const identity = identityKey(context.claudeHome.identity(account));
  // It may have been renamed since the session began.
  const { account: name } = row;
  const sinceMs = refusedSinceMs(ledger, row);
  const readTail = tailOf(context, transcript);
  const found = limitAtEnd(readTail, { sinceMs, nowMs }) ??
    (met === null ? null : fullWindow(context, { account: name, identity }));
  if (found === null) {
    if (met === null && endsRefused(readTail, sinceMs)) {
      addCooldown(context, { account: name, session, identity });
    }
    return null;
  }
  const limit = recordLimit(context, { session, account: name, identity, found });
  return { id, session, limit, isRefused: true };
}

/**
 * The conversation of a session whose account has a full window, although no turn was refused: a client
 * that continues a refused conversation on a full account opens a dialog and sends nothing, and neither a
 * hook nor the transcript says why. Null if no window is full, or if the session has had a reply: a full
 * window is not yet a refusal. With `evenIfItWorks`, such a session counts as well; without `evenIfEmpty`, one
 * in which nothing was typed but commands doesn't. If the client `hadNothing` to send, it refused nothing.
 */
export function limitedByWindow(
  context: Context,
  { session, account, evenIfItWorks, evenIfEmpty = true, hadNothing = false }: {
    session: number;
    account: Account;
    evenIfItWorks: boolean;
    evenIfEmpty?: boolean;
    hadNothing?: boolean;
  },
): LimitedConversation | null {
  const row = context.ledger({ tolerant: true }).session(session);
  const id = row?.clientSessionId ?? null;
  if (row === null || id === null) return null;
  const identity = identityKey(context.claudeHome.identity(account));
  const found = fullWindow(context, { account: row.account, identity });
  if (found === null) return null;
  const transcript = transcriptOf(context, { account, id });
  if (transcript === null) return null;
  if (!evenIfEmpty && describe(context, transcript).prompt === null) return null;
  const works = hasReplySince(tailOf(context, transcript), row.startedAtMs);
  if (works && !evenIfItWorks) return null;
  const met = { session, account: row.account, identity, found };
  const isRefused = !works && !hadNothing;
  const limit = isRefused ? recordLimit(context, met) : limitOf(context, met);
  return { id, session, limit, isRefused };
}

/**
 * A limit as it is known now, because another session may have met it with another reset since. null if its
 * window was measured later with room again: a limit reset was used, or the plan changed.
 */
function asOfNow(
  context: Context,
  { account, met }: { account: Account; met: Limit },
): Limit | null {
  const nowMs = context.clock.nowMs();
  const identity = figuresKey(account.identity, () => context.claudeHome.identity(account));
  const { readings, limits } = context.ledger({ tolerant: true })
    .facts(met.account, { identity, nowMs });
  const use = useOf(mergeReadings(
    readings.filter(({ window, model }) => window === met.window && model === met.model),
    nowMs,
  ));
  const hasFallen = use !== null && use.percentUsed <= 100 - FALL_PERCENT &&
    nowMs - use.ageMs > met.recordedAtMs;
  return hasFallen ? null : newestOfSameWindow(met, limits);
}

/** Who is logged in to an account; null if that or the configuration can't be read. */
function loggedInNow(context: Context, name: string): Identity | null {
  try {
    const account = context.configFile.read().accounts.find((one) => one.name === name);
    return account === undefined ? null : context.claudeHome.identity(account);
  } catch {
    return null;
  }
}

/**
 * The conversation of a session whose client asks what to do at the limit, but has written no limit into
 * the transcript (CONTRACT §11): it is limited until the reset of its 5h window, or as long as such a
 * window can last if that is unknown. Null if the dialog didn't open with the refusal.
 */
export function limitedByDialog(
  context: Context,
  { session, account, openedAtMs }: { session: number; account: Account; openedAtMs: number },
): LimitedConversation | null {
  const ledger = context.ledger({ tolerant: true });
  const nowMs = context.clock.nowMs();
  const row = ledger.session(session);
  const id = row?.clientSessionId ?? null;
  const met = ledger.limitMetBy(session, nowMs);
  const isSameMoment = met?.kind === "cooldown" &&
    Math.abs(openedAtMs - met.recordedAtMs) <= DIALOG_MS;
  if (row === null || id === null || !isSameMoment) return null;
  const identity = identityKey(context.claudeHome.identity(account));
  const { readings } = ledger.facts(row.account, { identity, nowMs });
  const state = mergeReadings(
    [...readings, ...context.claudeHome.cachedUsage(account)].filter(({ window, model }) =>
      window === "five_hour" && model === null
    ),
    nowMs,
  );
  const untilMs = useOf(state)?.resetsAtMs ?? nowMs + WINDOW_LENGTH_MS.five_hour;
  const found = { window: "five_hour", model: null, untilMs };
  const limit = recordLimit(context, { session, account: row.account, identity, found });
  return { id, session, limit, isRefused: true };
}

/** Whether a session ended at a refusal of which neither its client nor a reading says what it means. */
export function endedUnexplained(
  context: Context,
  { session, account }: { session: number; account: Account },
): string | null {
  const ledger = context.ledger({ tolerant: true });
  const row = ledger.session(session);
  const id = row?.clientSessionId ?? null;
  if (row === null || id === null) return null;
  if (ledger.limitMetBy(session, context.clock.nowMs())?.kind !== "cooldown") return null;
  const transcript = transcriptOf(context, { account, id });
  const tail = transcript === null ? "" : context.files.readTail(transcript, TAIL_BYTES);
  return refusedTurn(tail, { sinceMs: row.startedAtMs }) === null ? null : id;
}

/**
 * Since when a refusal in the transcript of a session counts: not from before the session, and not if the
 * user has cleared the limits of its account since.
 */
function refusedSinceMs(ledger: Ledger, { account, startedAtMs }: Session): number {
  return Math.max(startedAtMs, ledger.clearedAtMs(account) ?? 0);
}

function tailOf({ files }: Context, transcript: string): (bytes: number) => string {
  return (bytes) => files.readTail(transcript, bytes);
}

/** The account of who is logged in to another one, in place of its owner; null if that is nobody we know. */
function accountOfPerson(
  context: Context,
  { account, identity }: { account: string; identity: string | null },
): string | null {
  try {
    const { accounts } = context.configFile.read();
    const own = accounts.find(({ name }) => name === account);
    const isTheirs = (one: Account) =>
      identity !== null && countsFor(identityKey(one.identity), identity);
    return own === undefined || own.identity === null || isTheirs(own)
      ? null
      : accounts.find(isTheirs)?.name ?? null;
  } catch {
    return null;
  }
}

function recordLimit(
  context: Context,
  met: { session: number; account: string; identity: string | null; found: LimitFound },
): Limit {
  const { account, identity, session } = met;
  const limit = limitOf(context, met);
  const { window, model, untilMs, recordedAtMs: nowMs } = limit;
  const ledger = context.ledger({ tolerant: true });
  const theirs = accountOfPerson(context, { account, identity });
  for (const name of theirs === null ? [account] : [account, theirs]) {
    ledger.addLimit({
      ...limit,
      account: name,
      session: name === account ? session : null,
      identity,
    });
    // The type of a limit isn't always a window.
    if (window === null || windowOfType(window) === null) continue;
    ledger.addReadings([{
      account: name,
      window,
      model,
      identity,
      percentUsed: 100,
      resetsAtMs: untilMs,
      measuredAtMs: nowMs,
      source: "limit",
    }]);
  }
  return limit;
}

function limitOf(
  { clock }: Context,
  { account, found }: { account: string; found: LimitFound },
): Limit {
  return { account, ...found, kind: "limit", recordedAtMs: clock.nowMs() };
}

function fullWindow(
  context: Context,
  { account, identity }: { account: string; identity: string | null },
): LimitFound | null {
  const nowMs = context.clock.nowMs();
  const { readings } = context.ledger({ tolerant: true }).facts(account, { identity, nowMs });
  const full = WINDOWS.flatMap((window) => {
    const state = mergeReadings(
      readings.filter((r) => r.window === window && r.model === null),
      nowMs,
    );
    const { percentUsed, resetsAtMs } = useOf(state) ?? { percentUsed: 0, resetsAtMs: null };
    return percentUsed >= 100 && resetsAtMs !== null
      ? [{ window, model: null, untilMs: resetsAtMs }]
      : [];
  });
  return full.sort((a, b) => b.untilMs - a.untilMs)[0] ?? null;
}
