// The one place that learns from a session that its account has met a limit.
import type { Context } from "../ports/context.ts";
import { configDirOf } from "../config/paths.ts";
import type { Account } from "../config/account.ts";
import type { WindowName } from "../balance/windows.ts";
import { mergeReadings, WINDOWS } from "../balance/windows.ts";
import type { Limit } from "../ports/mod.ts";

/** A refusal that is no limit of the account, as an overloaded server, is over soon. */
const COOLDOWN_MS = 2 * 60_000;
const TAIL_BYTES = 256 * 1024;
/** No window is longer than a week; a reset far beyond it is a mistake. */
const FARTHEST_RESET_MS = 32 * 24 * 3_600_000;
/** The client may run its hook before the refusal stands in the transcript. */
const LOOKS = 6;
const LOOK_AGAIN_MS = 200;

/** When a window of an account is full, and until when. */
export interface LimitFound {
  window: WindowName | null;
  untilMs: number;
}

/**
 * Records what a refused turn means. Only the limit that the client wrote into the transcript, or
 * a full window, is a limit of the account: the event itself holds neither (CONTRACT §6, §8).
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
  let found: LimitFound | null = null;
  for (let look = 0; look < LOOKS && found === null; look++) {
    if (look > 0) await context.clock.sleep(LOOK_AGAIN_MS);
    const session = { sinceMs: row.startedAtMs, nowMs: context.clock.nowMs() };
    const tail = refusal.transcript === null
      ? ""
      : context.files.readTail(refusal.transcript, TAIL_BYTES);
    found = limitAtEnd(tail, session) ?? fullWindow(context, account);
  }
  if (found !== null) return recordLimit(context, { session: refusal.session, account, found });
  const nowMs = context.clock.nowMs();
  const limit: Limit = { account, window: null, untilMs: nowMs + COOLDOWN_MS, kind: "cooldown" };
  ledger.addLimit({ ...limit, recordedAtMs: nowMs, session: refusal.session });
}

/**
 * After a session has ended: looks into its transcript for a limit that no hook told of, since the
 * client was left before the hook ran, or ran it not at all, as it may with -p (CONTRACT §6).
 */
export function noticeLimit(
  context: Context,
  ended: { session: number; account: Account },
): void {
  const ledger = context.ledger({ tolerant: true });
  const nowMs = context.clock.nowMs();
  const row = ledger.session(ended.session);
  const id = row?.clientSessionId ?? null;
  if (row === null || id === null) return;
  if (ledger.limitMetBy(ended.session, nowMs)?.kind === "limit") return;
  const transcript = transcriptOf(context, { account: ended.account, id });
  if (transcript === null) return;
  const tail = context.files.readTail(transcript, TAIL_BYTES);
  const found = limitAtEnd(tail, { sinceMs: row.startedAtMs, nowMs });
  if (found === null) return;
  recordLimit(context, { session: ended.session, account: ended.account.name, found });
}

/** The file of a conversation as an account sees it, in whichever project it lies by now; or null. */
export function transcriptOf(
  context: Context,
  conversation: { account: Account; id: string },
): string | null {
  const { files, layout } = context;
  const projects = `${configDirOf(conversation.account, layout)}/projects`;
  const paths = files.list(projects).map((slug) => `${projects}/${slug}/${conversation.id}.jsonl`);
  return paths.find((path) => files.kind(path) === "file") ?? null;
}

function recordLimit(
  context: Context,
  met: { session: number; account: string; found: LimitFound },
): void {
  const { account, found, session } = met;
  const { window, untilMs } = found;
  const ledger = context.ledger({ tolerant: true });
  const nowMs = context.clock.nowMs();
  ledger.addLimit({ account, window, untilMs, kind: "limit", recordedAtMs: nowMs, session });
  if (window === null) return;
  const reading = { account, window, percentUsed: 100, resetsAtMs: untilMs, observedAtMs: nowMs };
  ledger.addReadings([{ ...reading, source: "limit" }]);
}

function fullWindow(context: Context, account: string): LimitFound | null {
  const nowMs = context.clock.nowMs();
  const { readings } = context.ledger({ tolerant: true }).facts(account, nowMs);
  const full = WINDOWS.flatMap((window) => {
    const state = mergeReadings(readings.filter((r) => r.window === window), nowMs);
    return state !== null && state.percentUsed >= 100 && state.resetsAtMs !== null
      ? [{ window, untilMs: state.resetsAtMs }]
      : [];
  });
  return full.sort((a, b) => b.untilMs - a.untilMs)[0] ?? null;
}

/**
 * The limit that a transcript ends at: its last answer is a refusal with `quotaLimits` whose reset
 * is still to come (CONTRACT §7). Subagents do not count, nor does a limit from before `sinceMs`,
 * which another account met before it handed the conversation over. Null when it ends otherwise.
 */
export function limitAtEnd(
  tail: string,
  session: { sinceMs: number; nowMs: number },
): LimitFound | null {
  for (const line of tail.split("\n").reverse()) {
    if (!line.includes('"type":"assistant"')) continue;
    let entry: {
      type?: unknown;
      isSidechain?: unknown;
      timestamp?: unknown;
      quotaLimits?: { resetsAt?: unknown; rateLimitType?: unknown };
    };
    try {
      entry = JSON.parse(line);
    } catch {
      continue;
    }
    if (entry.type !== "assistant" || entry.isSidechain === true) continue;
    const resetsAt = entry.quotaLimits?.resetsAt;
    const writtenAtMs = Date.parse(String(entry.timestamp));
    if (typeof resetsAt !== "number" || resetsAt * 1000 <= session.nowMs) return null;
    if (!(writtenAtMs >= session.sinceMs)) return null;
    if (resetsAt * 1000 > session.nowMs + FARTHEST_RESET_MS) return null;
    const type = entry.quotaLimits?.rateLimitType;
    return { window: WINDOWS.find((name) => name === type) ?? null, untilMs: resetsAt * 1000 };
  }
  return null;
}
