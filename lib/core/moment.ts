// The one place that reads a time as a person types it.

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 24 * 3_600_000 } as const;

/**
 * Reads `90m`, `2h30m`, `3d`, `15:04` (the next time it is that late), or an ISO date and time.
 * Returns milliseconds since the epoch, or null when the text is none of these.
 */
export function parseMoment(text: string, nowMs: number): number | null {
  if (/^(\d{1,5}[smhd])+$/.test(text)) {
    let sum = 0;
    for (const [, amount, unit] of text.matchAll(/(\d+)([smhd])/g)) {
      sum += Number(amount) * UNIT_MS[unit as keyof typeof UNIT_MS];
    }
    return nowMs + sum;
  }
  const clock = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text);
  if (clock) {
    const at = new Date(nowMs);
    at.setHours(Number(clock[1]), Number(clock[2]), 0, 0);
    if (at.getTime() <= nowMs) at.setDate(at.getDate() + 1);
    return at.getTime();
  }
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return null;
  const parsed = Date.parse(text);
  return Number.isFinite(parsed) ? parsed : null;
}
