// How old figures are, and from when on that is said.
import type { KnownWindow } from "./windows.ts";

/** Figures of this age are marked: an hour is a fifth of a 5-hour window. */
export const STALE_MS = 3_600_000;

/**
 * Milliseconds since the newest measurement of any window; null if none was measured. One answer tells
 * about all windows that are running, so the newest says how old the knowledge is.
 */
export function figuresAgeMs(windows: readonly KnownWindow[]): number | null {
  const ages = windows.flatMap(({ state }) =>
    state === null || state.state === "estimated" ? [] : [state.ageMs]
  );
  return ages.length === 0 ? null : Math.min(...ages);
}

/** The age if it is to be marked, else null. */
export function staleMs(ageMs: number | null): number | null {
  return ageMs !== null && ageMs > STALE_MS ? ageMs : null;
}
