// Daily rows in the ledger: made from the details before these age out, and kept for good.
import { dayOf, startOfDayMs } from "../history/calendar.ts";
import type { Daily, Span } from "../history/daily.ts";
import { dailyRows } from "../history/daily.ts";
import type { Day, FolderDay, PastLimit, PastReading, PastSession } from "../history/day.ts";
import { tokensOf } from "./past_tokens.ts";
import type { LedgerUse, Queries } from "./queries.ts";
import { LOOK_BACK_MS } from "./retention.ts";
import type { Row } from "./rows.ts";
import { numberOf, numberOrNull, textOrNull } from "./rows.ts";

const DAY_MS = 24 * 3_600_000;
/** Days are kept once they ended this long ago: until then a session that runs may say more of them. */
const SETTLED_MS = 2 * DAY_MS;
/** How many days one transaction keeps, so that other processes don't wait for long. */
const KEPT_AT_ONCE = 31;
/** A session that took longer than this is missing in the middle of its time. */
const LONGEST_SESSION_MS = 31 * DAY_MS;

/**
 * Keeps the rows of days that are over and not kept yet, at most {@link KEPT_AT_ONCE} of them, in one
 * transaction. Returns whether there may be more.
 */
export function keepDays(queries: Queries, nowMs: number): boolean {
  const isDue = (): boolean => {
    const untilMs = keptUntilMs(queries);
    return untilMs === null || untilMs < startOfDayMs(dayOf(nowMs - SETTLED_MS));
  };
  if (!isDue()) return false;
  return queries.immediately(() => {
    // Another process may have been faster.
    if (!isDue()) return false;
    const lastMs = startOfDayMs(dayOf(nowMs - SETTLED_MS));
    const fromMs = keptUntilMs(queries) ?? firstMs(queries, lastMs);
    const toMs = Math.min(lastMs, startOfDayMs(dayOf(fromMs) + KEPT_AT_ONCE));
    keep(queries, dailyNow(queries, { fromMs, toMs, nowMs }));
    queries.change("DELETE FROM kept_days");
    queries.change("INSERT INTO kept_days (until_ms) VALUES (?)", toMs);
    return toMs < lastMs;
  });
}

/** The daily rows of a span: those that are kept, and those that the details of newer days give. */
export function dailyBetween(
  queries: Queries,
  { span, nowMs, use, foldersByDay }: {
    span: Span;
    nowMs: number;
    use: LedgerUse;
    foldersByDay: boolean;
  },
): Daily {
  while (use !== "read" && keepDays(queries, nowMs));
  const [fromDay, toDay] = [dayOf(span.fromMs), dayOf(span.toMs - 1)];
  const kept = {
    days: daysFrom(queries.one(
      `SELECT json_group_array(${DAY_JSON} ORDER BY day, account) AS rows FROM days
       WHERE day BETWEEN ? AND ?`,
      fromDay,
      toDay,
    )),
    folders: listed<FolderDay>(queries.one(
      `SELECT json_group_array(${FOLDER_JSON} ORDER BY day, account, path) AS rows
       FROM ${foldersByDay ? "folder_days" : FOLDERS_ADDED_UP}
       JOIN folders ON folders.id = folder WHERE day BETWEEN ?1 AND ?2`,
      fromDay,
      toDay,
    )),
  };
  // A ledger that can't be written keeps nothing.
  const untilMs = keptUntilMs(queries) ?? firstMs(queries, span.toMs);
  const fromMs = Math.max(untilMs, span.fromMs);
  const fresh = dailyNow(queries, { fromMs, toMs: span.toMs, nowMs });
  return {
    days: [...kept.days, ...fresh.days],
    folders: [...kept.folders, ...fresh.folders],
  };
}

function keptUntilMs({ one }: Queries): number | null {
  return numberOrNull(one("SELECT max(until_ms) AS at FROM kept_days")?.["at"]);
}

/** The start of the first day with details, or else a given time. */
function firstMs(queries: Queries, otherwiseMs: number): number {
  const first = queries.one("SELECT min(measured_at_ms) AS at FROM readings")?.["at"];
  const starts = accountsIn(queries).map((account) =>
    queries.one("SELECT min(started_at_ms) AS at FROM sessions WHERE account = ?", account)?.["at"]
  );
  const found = [first, ...starts].map(numberOrNull).filter((atMs) => atMs !== null && atMs > 0);
  return startOfDayMs(dayOf(Math.min(otherwiseMs, ...found as number[])));
}

/** Every account with sessions or readings, each found with one step in an index. */
function accountsIn({ one }: Queries): string[] {
  const found = new Set<string>();
  for (const table of ["sessions", "readings"]) {
    for (let account = "";;) {
      const sql = `SELECT account FROM ${table} WHERE account > ? ORDER BY account LIMIT 1`;
      const row = one(sql, account);
      if (row === undefined) break;
      account = String(row["account"]);
      found.add(account);
    }
  }
  return [...found];
}

/** The daily rows that the details of a span give. */
function dailyNow(queries: Queries, { nowMs, ...span }: Span & { nowMs: number }): Daily {
  if (span.toMs <= span.fromMs) return { days: [], folders: [] };
  const accounts = accountsIn(queries);
  return dailyRows({
    sessions: accounts.flatMap((account) => sessionsOf(queries, { account, span })),
    readings: accounts.flatMap((account) => readingsOf(queries, { account, span })),
    limits: limitsOf(queries, { ...span, nowMs }),
    tokens: tokensOf(queries, span),
  }, span);
}

function sessionsOf(
  { all }: Queries,
  { account, span: { fromMs, toMs } }: { account: string; span: Span },
): PastSession[] {
  const columns = `now.account, now.cwd, now.started_at_ms, now.ended_at_ms,
    origin.account AS came_from,
    now.handed_from IS NULL AND NOT EXISTS (
      SELECT 1 FROM sessions earlier
      WHERE earlier.client_session_id = now.client_session_id AND earlier.id < now.id
    ) AS begins,
    (SELECT max(until_ms) FROM limits WHERE limits.session_id = now.handed_from) AS left_until_ms`;
  const join = "LEFT JOIN sessions origin ON origin.id = now.handed_from";
  const ended = all(
    `SELECT ${columns} FROM sessions now INDEXED BY sessions_by_end ${join}
     WHERE now.account = ? AND now.ended_at_ms > ? AND now.ended_at_ms <= ?
     AND now.started_at_ms < ? AND now.ended_how <> 'failed'`,
    account,
    fromMs,
    toMs + LONGEST_SESSION_MS,
    toMs,
  );
  const open = all(
    `SELECT ${columns} FROM sessions now INDEXED BY sessions_open ${join}
     WHERE now.ended_at_ms IS NULL AND now.account = ? AND now.started_at_ms < ?`,
    account,
    toMs,
  );
  return [...ended, ...open].map((row): PastSession => {
    const from = textOrNull(row["came_from"]);
    return {
      account,
      folder: String(row["cwd"]),
      startedAtMs: numberOf(row["started_at_ms"]),
      endedAtMs: numberOrNull(row["ended_at_ms"]),
      begins: numberOf(row["begins"]) === 1,
      movedFrom: from === account ? null : from,
      leftLimitUntilMs: numberOrNull(row["left_until_ms"]),
    };
  }).sort((a, b) => a.startedAtMs - b.startedAtMs);
}

function readingsOf(
  { all }: Queries,
  { account, span: { fromMs, toMs } }: { account: string; span: Span },
): PastReading[] {
  return (["five_hour", "seven_day"] as const).flatMap((window) =>
    all(
      `SELECT percent_used, resets_at_ms, measured_at_ms FROM readings
       WHERE account = ? AND window = ? AND measured_at_ms >= ? AND measured_at_ms < ?
       AND model IS NULL AND source NOT IN ('absent', 'cleared') ORDER BY measured_at_ms, id`,
      account,
      window,
      fromMs - LOOK_BACK_MS,
      toMs,
    ).map((row): PastReading => ({
      account,
      window,
      percentUsed: numberOf(row["percent_used"]),
      resetsAtMs: numberOrNull(row["resets_at_ms"]),
      measuredAtMs: numberOf(row["measured_at_ms"]),
    }))
  );
}

function limitsOf(
  { all }: Queries,
  { fromMs, toMs, nowMs }: Span & { nowMs: number },
): PastLimit[] {
  return all(
    `SELECT limits.*, sessions.ended_at_ms, sessions.client_session_id,
       (SELECT min(later.started_at_ms) FROM sessions later
        WHERE later.handed_from = sessions.id) AS handed_at_ms,
       (SELECT min(later.started_at_ms) FROM sessions later
        WHERE later.client_session_id = sessions.client_session_id
        AND later.id > sessions.id) AS again_at_ms
     FROM limits LEFT JOIN sessions ON sessions.id = limits.session_id
     WHERE limits.kind = 'limit' AND limits.recorded_at_ms >= ? AND limits.recorded_at_ms < ?
     ORDER BY limits.recorded_at_ms, limits.id`,
    fromMs - LOOK_BACK_MS,
    toMs,
  ).map((row): PastLimit => {
    const untilMs = numberOf(row["until_ms"]);
    const endedAtMs = numberOrNull(row["ended_at_ms"]);
    // The client that met it may simply have stayed until it ended.
    const stayed = row["session_id"] !== null && (endedAtMs === null || endedAtMs > untilMs);
    const wentOn = [
      numberOrNull(row["handed_at_ms"]),
      numberOrNull(row["again_at_ms"]),
      // If it still stands there, it has waited until now.
      stayed ? Math.min(untilMs, nowMs) : null,
    ].filter((atMs) => atMs !== null);
    return {
      account: String(row["account"]),
      window: textOrNull(row["window"]),
      model: textOrNull(row["model"]),
      recordedAtMs: numberOf(row["recorded_at_ms"]),
      untilMs,
      wentOnAtMs: wentOn.length === 0 ? null : Math.min(...wentOn),
    };
  });
}

/** Adds rows; a day may be kept in two parts if the time zone changed in between. */
function keep({ one, change }: Queries, { days, folders }: Daily): void {
  for (const day of days) {
    const [known] = daysFrom(one(
      `SELECT json_group_array(${DAY_JSON}) AS rows FROM days WHERE day = ? AND account = ?`,
      day.day,
      day.account,
    ));
    const { hours, ...sum } = known === undefined ? day : added(known, day);
    change(
      `INSERT OR REPLACE INTO days VALUES
       (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, unhex(?))`,
      sum.day,
      sum.account,
      sum.sessions,
      sum.conversations,
      seconds(sum.sessionMs),
      seconds(sum.busyMs),
      sum.limits,
      sum.moves,
      seconds(sum.savedMs),
      seconds(sum.waitedMs),
      sum.highestFiveHour,
      sum.highestSevenDay,
      sum.weekUsed,
      sum.weeks,
      sum.tokensIn,
      sum.tokensOut,
      hours.toHex(),
    );
  }
  for (const { day, account, folder, ...sum } of folders) {
    change("INSERT OR IGNORE INTO folders (path) VALUES (?)", folder);
    const id = Number(one("SELECT id FROM folders WHERE path = ?", folder)?.["id"]);
    change(
      `INSERT INTO folder_days VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (day, account, folder) DO UPDATE SET
         sessions = sessions + excluded.sessions,
         conversations = conversations + excluded.conversations,
         session_s = session_s + excluded.session_s,
         tokens_in = tokens_in + excluded.tokens_in,
         tokens_out = tokens_out + excluded.tokens_out`,
      day,
      account,
      id,
      sum.sessions,
      sum.conversations,
      seconds(sum.sessionMs),
      sum.tokensIn,
      sum.tokensOut,
    );
  }
}

function added(a: Day, b: Day): Day {
  const most = (x: number | null, y: number | null) => x === null ? y : Math.max(x, y ?? 0);
  return {
    day: a.day,
    account: a.account,
    sessions: a.sessions + b.sessions,
    conversations: a.conversations + b.conversations,
    sessionMs: a.sessionMs + b.sessionMs,
    busyMs: a.busyMs + b.busyMs,
    limits: a.limits + b.limits,
    moves: a.moves + b.moves,
    savedMs: a.savedMs + b.savedMs,
    waitedMs: a.waitedMs + b.waitedMs,
    highestFiveHour: most(a.highestFiveHour, b.highestFiveHour),
    highestSevenDay: most(a.highestSevenDay, b.highestSevenDay),
    weekUsed: a.weekUsed + b.weekUsed,
    weeks: a.weeks + b.weeks,
    tokensIn: a.tokensIn + b.tokensIn,
    tokensOut: a.tokensOut + b.tokensOut,
    hours: a.hours.map((minutes, hour) => Math.min(60, minutes + (b.hours[hour] ?? 0))),
  };
}

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}

/** The rows in the JSON that SQLite made: thousands of rows cost less as one text. */
function listed<Item>(row: Row | undefined): Item[] {
  return JSON.parse(String(row?.["rows"] ?? "[]")) as Item[];
}

/** A {@link Day} as JSON, its hours as a text of hexadecimal digits. */
const DAY_JSON = `json_object('day', day, 'account', account,
  'sessions', sessions, 'conversations', conversations,
  'sessionMs', session_s * 1000, 'busyMs', busy_s * 1000,
  'limits', limits, 'moves', moves, 'savedMs', saved_s * 1000, 'waitedMs', waited_s * 1000,
  'highestFiveHour', highest_five_hour, 'highestSevenDay', highest_seven_day,
  'weekUsed', week_used, 'weeks', weeks, 'tokensIn', tokens_in, 'tokensOut', tokens_out,
  'hours', hex(hours))`;

function daysFrom(row: Row | undefined): Day[] {
  return listed<Omit<Day, "hours"> & { hours: string }>(row).map((day) =>
    Object.assign(day, { hours: Uint8Array.fromHex(day.hours) })
  );
}

/** All days of a folder in the span as one row, with the number of the first. */
const FOLDERS_ADDED_UP = `(
  SELECT min(day) AS day, account, folder, sum(sessions) AS sessions,
    sum(conversations) AS conversations, sum(session_s) AS session_s,
    sum(tokens_in) AS tokens_in, sum(tokens_out) AS tokens_out
  FROM folder_days WHERE day BETWEEN ?1 AND ?2 GROUP BY account, folder)`;

/** A {@link FolderDay} as JSON. */
const FOLDER_JSON = `json_object('day', day, 'account', account, 'folder', path,
  'sessions', sessions, 'conversations', conversations, 'sessionMs', session_s * 1000,
  'tokensIn', tokens_in, 'tokensOut', tokens_out)`;
