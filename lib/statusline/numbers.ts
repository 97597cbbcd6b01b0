// Numbers, as short as a status line needs them.

const UNITS = ["", "k", "M", "B", "T"] as const;

/**
 * A count with its first digits (default: three): `842`, `1.20k`, `45.6k`, `123k`, `1.23M`. Trailing
 * zeros stay, so that the line doesn't jump while a count grows.
 */
export function compactCount(count: number, digits = 3): string {
  const [value, unit] = scaled(count);
  if (value >= 1e6) return "many";
  if (unit === "") return String(Math.round(value));
  const rounded = Number(value.toPrecision(digits));
  return `${rounded < 100 ? rounded.toPrecision(digits) : Math.round(value)}${unit}`;
}

/** A size, which doesn't change: `200k`, `1M`, `1.05M`. */
export function compactSize(size: number): string {
  const [value, unit] = scaled(size);
  return value >= 1e6 ? "many" : `${Number(value.toPrecision(3))}${unit}`;
}

function scaled(count: number): [value: number, unit: string] {
  let value = Math.max(0, count);
  let unit = 0;
  while (unit < UNITS.length - 1 && Number(value.toPrecision(3)) >= 1000) {
    value /= 1000;
    unit++;
  }
  return [value, UNITS[unit] as string];
}

/** A whole percentage; anything below full is never shown as 100, anything used never as 0. */
export function wholePercent(percent: number): string {
  if (percent > 0 && percent < 1) return "<1%";
  if (percent > 99 && percent < 100) return "99%";
  return `${Math.round(percent)}%`;
}

/** The time until something, rounded up to the minute: `5m`, `2h00m`, `3d4h`. */
export function timeUntil(ms: number): string {
  const minutes = Math.max(1, Math.ceil(ms / 60_000));
  if (minutes < 60) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours}h${String(minutes % 60).padStart(2, "0")}m`;
  const days = Math.floor(hours / 24);
  return days > 99 ? ">99d" : `${days}d${hours % 24}h`;
}

/** Dollars with cents, or whole ones from a thousand on. */
export function dollars(usd: number): string {
  if (usd >= 1e6) return "$>1M";
  return `$${usd >= 1000 ? Math.round(usd) : usd.toFixed(2)}`;
}
