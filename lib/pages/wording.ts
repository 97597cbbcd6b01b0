// Figures of a history in words: hours, minutes, tokens, days, and what the figures don't include.
import type { Summary } from "../history/summary.ts";
import { counted, formatDuration } from "../text/format.ts";

/** From Monday, as `stats --json` has them. */
export const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
export const MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split(" ");

/** A date such as `2026-11-23` as `23 Nov 2026`. */
export function dayText(date: string): string {
  const [year, month, day] = date.split("-").map(Number);
  return `${day} ${MONTHS[(month ?? 1) - 1]} ${year}`;
}

/** What the figures don't include, in sentences. */
export function gapsOf({ accounts, since, from, project }: Summary): string[] {
  const lines: string[] = [];
  if (since !== null && since > from) lines.push(`Nothing is known from before ${dayText(since)}.`);
  for (const { account, days, daysWithoutReadings, weeks } of project === null ? accounts : []) {
    const unknown = weeks.filter(({ state }) => state === "unknown").length;
    const parts = [
      daysWithoutReadings === 0
        ? null
        : `on ${daysWithoutReadings} of its ${counted(days, "day")} with sessions`,
      unknown === 0 ? null : `in ${counted(unknown, "week")}`,
    ].filter((part) => part !== null);
    if (parts.length > 0) lines.push(`${account}: no window was measured ${parts.join(", and ")}.`);
  }
  return lines;
}

/** Hours as `3.2 h`, from 10 on whole ones. */
export function hoursText(hours: number): string {
  return hours < 10 ? `${hours.toFixed(1)} h` : `${Math.round(hours)} h`;
}

/** Minutes as a duration: `0m`, `2h13m`. */
export function minutesText(minutes: number): string {
  return formatDuration(Math.round(minutes) * 60_000).replace(/^0s$/, "0m");
}

/** Tokens with a unit: `950`, `12k`, `3.4M`, `1.2G`. */
export function tokensText(count: number): string {
  for (const [unit, size] of [["G", 1e9], ["M", 1e6], ["k", 1e3]] as const) {
    if (count >= size) return `${(count / size).toFixed(count < 10 * size ? 1 : 0)}${unit}`;
  }
  return String(count);
}
