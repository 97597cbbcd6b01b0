// Makes the daily rows from the details of the ledger, which are only kept for some time.
import { SAME_RESET_MS } from "../balance/windows.ts";
import { dayOf, hoursOf, startOfDayMs } from "./calendar.ts";
import type { Day, Details, FolderDay, PastReading } from "./day.ts";

/** The account of rows for all accounts together. */
export const ALL = "";

/** A span of time; what is at its end doesn't belong to it. */
export interface Span {
  fromMs: number;
  toMs: number;
}

/** Daily rows: by account, and by account and folder. */
export interface Daily {
  days: Day[];
  folders: FolderDay[];
}

/**
 * The daily rows of a span, in order of days. Sessions that are still open count up to the end of the
 * span. Days on which nothing happened have no rows.
 */
export function dailyRows(details: Details, span: Span): Daily {
  const made = new Rows();
  addSessions(made, { details, span });
  addReadings(made, { details, span });
  addLimits(made, { details, span });
  for (const { account, folder, atMs, input, output } of details.tokens) {
    if (!isIn(span, atMs)) continue;
    const day = dayOf(atMs);
    for (const row of [...made.both(day, account), made.folder(day, { account, folder })]) {
      row.tokensIn += input;
      row.tokensOut += output;
    }
  }
  return made.daily();
}

/** The rows that are being made. */
class Rows {
  readonly #days = new Map<string, Day>();
  readonly #folders = new Map<string, FolderDay>();

  account(day: number, account: string): Day {
    const key = `${day} ${account}`;
    const known = this.#days.get(key);
    if (known !== undefined) return known;
    const fresh = emptyDay(day, account);
    this.#days.set(key, fresh);
    return fresh;
  }

  /** The row of an account, and that of all accounts. */
  both(day: number, account: string): [Day, Day] {
    return [this.account(day, account), this.account(day, ALL)];
  }

  folder(day: number, { account, folder }: { account: string; folder: string }): FolderDay {
    const key = `${day} ${account} ${folder}`;
    const known = this.#folders.get(key);
    if (known !== undefined) return known;
    const fresh = {
      ...{ day, account, folder, sessions: 0, conversations: 0 },
      ...{ sessionMs: 0, tokensIn: 0, tokensOut: 0 },
    };
    this.#folders.set(key, fresh);
    return fresh;
  }

  daily(): Daily {
    return { days: inOrder(this.#days.values()), folders: inOrder(this.#folders.values()) };
  }
}

/** Rows by day, account and folder. */
function inOrder<Row extends { day: number; account: string; folder?: string }>(
  rows: Iterable<Row>,
): Row[] {
  const key = ({ account, folder = "" }: Row) => `${account} ${folder}`;
  return [...rows].sort((a, b) => a.day - b.day || (key(a) < key(b) ? -1 : 1));
}

/** A row on which nothing happened. */
export function emptyDay(day: number, account: string): Day {
  return {
    ...{ day, account, sessions: 0, conversations: 0, sessionMs: 0, busyMs: 0 },
    ...{ limits: 0, moves: 0, savedMs: 0, waitedMs: 0 },
    ...{ highestFiveHour: null, highestSevenDay: null, weekUsed: 0, weeks: 0 },
    ...{ tokensIn: 0, tokensOut: 0, hours: new Uint8Array(24) },
  };
}

function isIn({ fromMs, toMs }: Span, atMs: number): boolean {
  return atMs >= fromMs && atMs < toMs;
}

type Part = { details: Details; span: Span };

function addSessions(made: Rows, { details, span }: Part): void {
  const busy = new Map<string, Span[]>();
  for (const session of details.sessions) {
    const { account, folder, startedAtMs, begins, movedFrom } = session;
    const whole = { fromMs: startedAtMs, toMs: session.endedAtMs ?? span.toMs };
    const part = {
      fromMs: Math.max(span.fromMs, whole.fromMs),
      toMs: Math.min(span.toMs, whole.toMs),
    };
    for (const { day, ms } of cutIntoDays(part)) {
      const rows = [...made.both(day, account), made.folder(day, { account, folder })];
      for (const row of rows) row.sessionMs += ms;
    }
    if (part.toMs > part.fromMs) {
      for (const who of [ALL, account]) listOf(busy, who).push(part);
    }
    if (!isIn(span, startedAtMs)) continue;
    const day = dayOf(startedAtMs);
    for (const row of [...made.both(day, account), made.folder(day, { account, folder })]) {
      row.sessions++;
      if (begins) row.conversations++;
    }
    if (movedFrom === null) continue;
    const savedMs = Math.max(0, Math.min(session.leftLimitUntilMs ?? 0, whole.toMs) - startedAtMs);
    for (const row of made.both(day, movedFrom)) {
      row.moves++;
      row.savedMs += savedMs;
    }
  }
  for (const [account, parts] of busy) {
    for (const stretch of joined(parts)) addBusy(made, { account, stretch });
  }
}

/** The list of a key, which is put into the map if it is missing. */
function listOf<Item>(lists: Map<string, Item[]>, key: string): Item[] {
  const known = lists.get(key) ?? [];
  lists.set(key, known);
  return known;
}

/** Adds a stretch in which an account was busy to its days and hours. */
function addBusy(made: Rows, { account, stretch }: { account: string; stretch: Span }): void {
  for (const { day, ms, part } of cutIntoDays(stretch)) {
    const row = made.account(day, account);
    row.busyMs += ms;
    const hours = hoursOf(day);
    for (let hour = 0; hour < 24; hour++) {
      const from = Math.max(part.fromMs, hours[hour] ?? 0);
      const minutes = Math.round((Math.min(part.toMs, hours[hour + 1] ?? 0) - from) / 60_000);
      if (minutes > 0) row.hours[hour] = Math.min(60, (row.hours[hour] ?? 0) + minutes);
    }
  }
}

/** Spans that touch or overlap become one. */
function joined(spans: readonly Span[]): Span[] {
  const found: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.fromMs - b.fromMs)) {
    const last = found.at(-1);
    if (last !== undefined && span.fromMs <= last.toMs) last.toMs = Math.max(last.toMs, span.toMs);
    else found.push({ ...span });
  }
  return found;
}

function cutIntoDays({ fromMs, toMs }: Span): Array<{ day: number; ms: number; part: Span }> {
  const found = [];
  for (let atMs = fromMs; atMs < toMs;) {
    const day = dayOf(atMs);
    const endMs = Math.min(toMs, Math.max(atMs + 1, startOfDayMs(day + 1)));
    found.push({ day, ms: endMs - atMs, part: { fromMs: atMs, toMs: endMs } });
    atMs = endMs;
  }
  return found;
}

function addReadings(made: Rows, { details, span }: Part): void {
  const weeks = new Map<string, PastReading[]>();
  for (const reading of details.readings) {
    const { account, window, percentUsed, measuredAtMs } = reading;
    if (window === "seven_day") listOf(weeks, account).push(reading);
    if (!isIn(span, measuredAtMs)) continue;
    const row = made.account(dayOf(measuredAtMs), account);
    const key = window === "five_hour" ? "highestFiveHour" : "highestSevenDay";
    row[key] = Math.max(row[key] ?? 0, Math.min(100, percentUsed));
  }
  for (const [account, readings] of weeks) {
    for (const { resetsAtMs, percentUsed } of endedWeeks(readings, span.toMs)) {
      if (!isIn(span, resetsAtMs)) continue;
      for (const row of made.both(dayOf(resetsAtMs), account)) {
        row.weeks++;
        row.weekUsed += Math.min(100, percentUsed);
      }
    }
  }
}

/**
 * The 7-day windows of an account that ended before a time, each with its last figure. A reset that
 * moved before it came isn't an end.
 */
function endedWeeks(
  readings: readonly PastReading[],
  toMs: number,
): Array<{ resetsAtMs: number; percentUsed: number }> {
  const found: Array<{ resetsAtMs: number; percentUsed: number }> = [];
  const end = (last: PastReading | undefined, beforeMs: number) => {
    const resetsAtMs = last?.resetsAtMs ?? null;
    if (last === undefined || resetsAtMs === null || resetsAtMs > beforeMs) return;
    if (last.measuredAtMs > resetsAtMs) return;
    const before = found.at(-1)?.resetsAtMs ?? -Infinity;
    if (resetsAtMs - before <= SAME_RESET_MS) return;
    found.push({ resetsAtMs, percentUsed: last.percentUsed });
  };
  readings.forEach((reading, index) => end(readings[index - 1], reading.measuredAtMs));
  end(readings.at(-1), toMs - 1);
  return found;
}

function addLimits(made: Rows, { details, span }: Part): void {
  const met: Array<{ account: string; window: string | null; untilMs: number }> = [];
  for (const limit of details.limits) {
    const { account, window, recordedAtMs, untilMs, wentOnAtMs } = limit;
    const isKnown = met.some((one) =>
      one.account === account && one.window === window &&
      Math.abs(one.untilMs - untilMs) <= SAME_RESET_MS
    );
    met.push({ account, window, untilMs });
    if (!isIn(span, recordedAtMs)) continue;
    const waitedMs = wentOnAtMs === null
      ? 0
      : Math.max(0, Math.min(wentOnAtMs, untilMs) - recordedAtMs);
    for (const row of made.both(dayOf(recordedAtMs), account)) {
      if (!isKnown) row.limits++;
      row.waitedMs += waitedMs;
    }
  }
}
