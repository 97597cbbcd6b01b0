// Numbers and lists as people read them: durations, percentages, times, bars.
import { localTime } from "./local_time.ts";

/** A duration in its two largest units: `42s`, `5m`, `2h13m`, `3d4h`. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${pad(minutes % 60)}m`;
  const days = Math.floor(hours / 24);
  return hours % 24 === 0 ? `${days}d` : `${days}d${hours % 24}h`;
}

/** A percentage 0–100: `42 %`; below 10 with one decimal if it isn't whole, `7.5 %`. */
export function formatPercent(percent: number): string {
  const digits = percent < 10 ? 1 : 0;
  return `${Number(percent.toFixed(digits))} %`;
}

/** A score with one decimal: `76.9`, `−42.6`. */
export function formatScore(score: number): string {
  const tenths = Math.round(score * 10);
  return `${tenths < 0 ? "−" : ""}${(Math.abs(tenths) / 10).toFixed(1)}`;
}

/** Rounds a number for JSON output, so that sums of fractions stay readable. */
export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

/** A number with its noun: `1 week`, `2 weeks`; `more` is the plural (default: with an s). */
export function counted(count: number, one: string, more = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`;
}

/** The end of a message about a wrong word: `; did you mean "NAME"?`, or "" for null. */
export function didYouMean(name: string | null): string {
  return name === null ? "" : `; did you mean "${name}"?`;
}

/** Words as alternatives: `a, b or c`. */
export function orList(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
}

/** Words that all count: `a, b and c`. */
export function andList(words: readonly string[]): string {
  return words.length < 2 ? words.join() : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/** A local time: `15:04` today, `Fri 15:04` on another day, `24 Nov 15:04` if 6 days away or more. */
export function formatClock(atMs: number, nowMs: number): string {
  const at = localTime(atMs);
  const time = `${pad(at.getUTCHours())}:${pad(at.getUTCMinutes())}`;
  if (Math.abs(atMs - nowMs) >= 6 * 24 * 3_600_000) {
    return `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()]} ${time}`;
  }
  if (at.getUTCDate() === localTime(nowMs).getUTCDate()) return time;
  const day = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"][at.getUTCDay()] ?? "";
  return `${day} ${time}`;
}

const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** A bar of `width` cells, filled to a percentage 0–100 in eighths of a cell. */
export function formatBar(percent: number, width: number): string {
  const eighths = Math.round((Math.min(100, Math.max(0, percent)) / 100) * width * 8);
  const full = Math.floor(eighths / 8);
  const part = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8] ?? "";
  const bar = "█".repeat(full) + part;
  return bar + "░".repeat(width - full - (part === "" ? 0 : 1));
}

function pad(n: number): string {
  return String(n).padStart(2, "0");
}
