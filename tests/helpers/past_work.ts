// Fills a ledger with made-up work of many days: sessions, readings, limits, moves. A seed gives one past.
import type { DatabaseSync } from "node:sqlite";
import { seededRandom } from "../../lib/balance/simulation/workload.ts";
import { dayOf, startOfDayMs, weekdayOf } from "../../lib/history/calendar.ts";

const HOUR_MS = 3_600_000;
const WEEK_MS = 168 * HOUR_MS;

/** Where the work is done, the usual place first; the names are as bad as names can be. */
export const FOLDERS = [
  "/home/ann/src/engine",
  "/home/ann/src/notes",
  "/home/ann/work/billing/api",
  "/home/ann/写作/小説",
  '/home/ann/src/<script>alert("1")</script>',
  "/home/ann/src/a&b,'c'",
];

/** The past to make up. */
export interface PastWork {
  /** When it ends. */
  nowMs: number;
  days: number;
  /** The first ones are used more. */
  accounts: readonly string[];
  seed: number;
  /** How many sittings a working day has (default: 5). */
  sittings?: number;
  /** Where it was done, the usual place first (default: {@link FOLDERS}). */
  folders?: readonly string[];
  /** Days ago on which nothing was done and nothing measured (default: a fortnight after the 100th). */
  holidays?: (daysAgo: number) => boolean;
}

interface Made {
  name: string;
  burst: { percent: number; resetsAtMs: number };
  week: { percent: number; resetsAtMs: number };
}

/** Adds the past to a ledger, in one transaction. */
export function fillPast(database: DatabaseSync, past: PastWork): void {
  const { nowMs, days, sittings = 5, folders = FOLDERS } = past;
  const { holidays = (ago) => ago > 100 && ago <= 114 } = past;
  const random = seededRandom(past.seed);
  const accounts = past.accounts.map((name): Made => ({
    name,
    burst: { percent: 0, resetsAtMs: 0 },
    week: { percent: 0, resetsAtMs: 0 },
  }));
  const insertSession = database.prepare(
    `INSERT INTO sessions (account, launcher_pid, client_session_id, cwd, started_at_ms, ended_at_ms,
     ended_how, exit_code, handed_from) VALUES (?, 1, ?, ?, ?, ?, 'exit', 0, ?)`,
  );
  const insertReading = database.prepare(
    `INSERT INTO readings (account, window, percent_used, resets_at_ms, measured_at_ms, source)
     VALUES (?, ?, ?, ?, ?, 'statusline')`,
  );
  const insertLimit = database.prepare(
    `INSERT INTO limits (account, window, until_ms, kind, recorded_at_ms, session_id)
     VALUES (?, ?, ?, 'limit', ?, ?)`,
  );
  const insertTranscript = database.prepare(
    "INSERT INTO transcripts (path, revision, progress, updated_at_ms) VALUES (?, 1, '{}', ?)",
  );
  const insertCall = database.prepare(
    "INSERT INTO transcript_calls VALUES (?, 1, 0, 1, ?, 0, ?, ?, ?, ?)",
  );
  let conversations = 0;

  /** Works on an account until it is done or a window is full; returns what is left, in hours. */
  const work = (account: Made, job: {
    atMs: number;
    hours: number;
    rate: number;
    id: string;
    folder: string;
    from: number | null;
  }): { leftHours: number; session: number; untilMs: number; atMs: number } => {
    const { burst, week } = account;
    if (burst.resetsAtMs <= job.atMs) {
      Object.assign(burst, { percent: 0, resetsAtMs: job.atMs + 5 * HOUR_MS });
    }
    if (week.resetsAtMs <= job.atMs) {
      Object.assign(week, { percent: 0, resetsAtMs: job.atMs + WEEK_MS });
    }
    const room = Math.min((100 - burst.percent) / job.rate, (100 - week.percent) * 8 / job.rate);
    const hours = Math.min(job.hours, Math.max(0.02, room));
    const endMs = Math.round(job.atMs + hours * HOUR_MS);
    const session = Number(
      insertSession.run(account.name, job.id, job.folder, job.atMs, endMs, job.from)
        .lastInsertRowid,
    );
    burst.percent = Math.min(100, burst.percent + hours * job.rate);
    week.percent = Math.min(100, week.percent + hours * job.rate / 8);
    for (const [name, window] of [["five_hour", burst], ["seven_day", week]] as const) {
      insertReading.run(account.name, name, window.percent, window.resetsAtMs, endMs);
    }
    if (job.from === null && nowMs - endMs < 30 * 24 * HOUR_MS) {
      const { lastInsertRowid: transcript } = insertTranscript.run(`/t/${job.id}.jsonl`, endMs);
      const tokens = [20_000, 50_000, 900_000, 30_000].map((most) => Math.round(most * hours));
      insertCall.run(transcript, endMs - 1, ...tokens);
    }
    const leftHours = job.hours - hours;
    const full = week.percent >= 100 ? ["seven_day", week] as const : ["five_hour", burst] as const;
    const untilMs = full[1].resetsAtMs;
    if (leftHours > 0) insertLimit.run(account.name, full[0], untilMs, endMs, session);
    return { leftHours, session, untilMs, atMs: endMs };
  };

  /** The account to work on: the one with most room, weighted towards the first. */
  const best = (atMs: number): Made | undefined =>
    accounts.filter(({ burst, week }) =>
      (burst.percent < 100 || burst.resetsAtMs <= atMs) &&
      (week.percent < 100 || week.resetsAtMs <= atMs)
    ).sort((a, b) => used(a, atMs) - used(b, atMs))[0];
  const used = (account: Made, atMs: number): number =>
    (account.burst.resetsAtMs <= atMs ? 0 : account.burst.percent) +
    60 * accounts.indexOf(account);

  database.exec("BEGIN");
  const today = dayOf(nowMs);
  for (let day = today - days + 1; day <= today; day++) {
    const isWorkday = weekdayOf(day) < 5;
    const count = holidays(today - day)
      ? 0
      : Math.round((isWorkday ? 1 : 0.3) * sittings * (0.5 + random()));
    const starts = Array.from({ length: count }, () => 8 + 12 * random() ** 1.3);
    for (const start of starts.sort((a, b) => a - b)) {
      let atMs = Math.round(startOfDayMs(day) + start * HOUR_MS);
      const id = `conversation-${++conversations}`;
      const folder = folders[Math.floor(folders.length * random() ** 2.2)] ?? "";
      const rate = 15 + 55 * random() ** 2;
      let hours = 0.3 + 2.5 * random() ** 2;
      let from: number | null = null;
      for (let moves = 0; hours > 0.01 && moves < 6 && atMs + hours * HOUR_MS < nowMs; moves++) {
        const account = best(atMs);
        if (account === undefined) {
          // Waits, if that isn't for too long.
          const opensAtMs = Math.min(
            ...accounts.map(({ burst, week }) =>
              Math.max(
                burst.percent >= 100 ? burst.resetsAtMs : 0,
                week.percent >= 100 ? week.resetsAtMs : 0,
              )
            ),
          );
          if (opensAtMs - atMs > 5 * HOUR_MS) break;
          atMs = opensAtMs + 1;
          continue;
        }
        const done = work(account, { atMs, hours, rate, id, folder, from });
        hours = done.leftHours;
        from = done.session;
        atMs = done.atMs + 20_000;
      }
    }
  }
  database.exec("COMMIT");
}
