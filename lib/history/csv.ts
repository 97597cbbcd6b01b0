// Daily rows as comma-separated values, for spreadsheets.
import { rounded } from "../text/format.ts";
import { dateText } from "./calendar.ts";
import type { Daily } from "./daily.ts";
import { ALL } from "./daily.ts";
import type { Day, FolderDay } from "./day.ts";

type Columns<Row> = Readonly<Record<string, (row: Row) => string | number | null>>;

const hours = (ms: number) => rounded(ms / 3_600_000);
const minutes = (ms: number) => rounded(ms / 60_000);

const DAY_COLUMNS: Columns<Day> = {
  date: (row) => dateText(row.day),
  account: (row) => row.account,
  sessions: (row) => row.sessions,
  conversations: (row) => row.conversations,
  session_hours: (row) => hours(row.sessionMs),
  busy_hours: (row) => hours(row.busyMs),
  limits: (row) => row.limits,
  moves: (row) => row.moves,
  saved_minutes: (row) => minutes(row.savedMs),
  waited_minutes: (row) => minutes(row.waitedMs),
  highest_5h_percent: (row) => row.highestFiveHour,
  highest_7d_percent: (row) => row.highestSevenDay,
  weeks_ended: (row) => row.weeks,
  week_used_percent: (row) => row.weeks === 0 ? null : rounded(row.weekUsed / row.weeks),
  tokens_in: (row) => row.tokensIn,
  tokens_out: (row) => row.tokensOut,
};

const FOLDER_COLUMNS: Columns<FolderDay> = {
  date: (row) => dateText(row.day),
  account: (row) => row.account,
  project: (row) => row.folder,
  sessions: (row) => row.sessions,
  conversations: (row) => row.conversations,
  session_hours: (row) => hours(row.sessionMs),
  tokens_in: (row) => row.tokensIn,
  tokens_out: (row) => row.tokensOut,
};

/** One line for each day and account, without the rows for all accounts. */
export function daysCsv({ days }: Daily): string {
  return csv(days.filter((row) => row.account !== ALL), DAY_COLUMNS);
}

/** One line for each day, account and project folder. */
export function foldersCsv({ folders }: Daily): string {
  return csv(folders, FOLDER_COLUMNS);
}

function csv<Row>(rows: readonly Row[], columns: Columns<Row>): string {
  const lines = rows.map((row) => Object.values(columns).map((value) => field(value(row))).join());
  return [Object.keys(columns).join(), ...lines].join("\n");
}

/** A value as RFC 4180 quotes it. */
function field(value: string | number | null): string {
  const text = String(value ?? "");
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
