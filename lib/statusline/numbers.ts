// The one place that writes numbers as short as a status line needs them.

const UNITS = ["", "k", "M", "B", "T"] as const;

/** A count by its first digits, three unless given: `842`, `1.23k`, `45.6k`, `123k`, `1.23M`. */
export function compactCount(count: number, digits = 3): string {
  let value = Math.max(0, count);
  let unit = 0;
  while (unit < UNITS.length - 1 && Number(value.toPrecision(3)) >= 1000) {
    value /= 1000;
    unit++;
  }
  if (value >= 1e6) return "many";
  if (unit === 0) return String(Math.round(value));
  return `${value < 100 ? Number(value.toPrecision(digits)) : Math.round(value)}${UNITS[unit]}`;
}

/** A whole percentage; what is not full never reads 100, what is used never reads 0. */
export function wholePercent(percent: number): string {
  if (percent > 0 && percent < 1) return "<1%";
  if (percent > 99 && percent < 100) return "99%";
  return `${Math.round(percent)}%`;
}

/** The time until something, rounded up to the minute: `5m`, `2h13m`, `3d4h`. */
export function timeUntil(ms: number): string {
  const minutes = Math.max(1, Math.ceil(ms / 60_000));
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return minutes % 60 === 0 ? `${hours}h` : `${hours}h${two(minutes % 60)}m`;
  const days = Math.floor(hours / 24);
  if (days > 99) return ">99d";
  return hours % 24 === 0 ? `${days}d` : `${days}d${hours % 24}h`;
}

function two(n: number): string {
  return String(n).padStart(2, "0");
}
