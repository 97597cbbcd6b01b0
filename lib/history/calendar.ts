// The local calendar: days as numbers, their hours, and the weeks that they belong to.
import { localTime, momentOf } from "../text/local_time.ts";

/** Length of a day without a change of the clocks, in milliseconds. */
export const DAY_MS = 24 * 3_600_000;
const HOUR_MS = 3_600_000;

/** The local day of a moment: how many days its date is after 1970-01-01. */
export function dayOf(atMs: number): number {
  return Math.floor(localTime(atMs).getTime() / DAY_MS);
}

/** When a local day begins. */
export function startOfDayMs(day: number): number {
  return momentOf(new Date(day * DAY_MS));
}

/** When each hour of a local day begins, and when the day ends: 25 moments. */
export function hoursOf(day: number): number[] {
  return Array.from({ length: 25 }, (_, hour) => momentOf(new Date(day * DAY_MS + hour * HOUR_MS)));
}

/** The day of the week: 0 for Monday to 6 for Sunday. */
export function weekdayOf(day: number): number {
  // 1970-01-01 was a Thursday.
  return (day + 3) % 7;
}

/** The Monday of a day's week. */
export function weekOf(day: number): number {
  return day - weekdayOf(day);
}

/** A day as `2026-11-26`. */
export function dateText(day: number): string {
  return new Date(day * DAY_MS).toISOString().slice(0, 10);
}

/** The year that a day is in. */
export function yearOf(day: number): number {
  return new Date(day * DAY_MS).getUTCFullYear();
}

/** The first of January of a year. */
export function firstDayOf(year: number): number {
  return Date.UTC(year, 0, 1) / DAY_MS;
}
