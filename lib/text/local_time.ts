// Local times: in the zone of the runtime, or in one that the runtime doesn't understand.

/** The milliseconds that local time is ahead of UTC at a moment. */
type Zone = (atMs: number) => number;

let zone: Zone | null = null;

/** Whether the runtime may not understand this TZ; cheap, and asked at every start. */
export function isUnusual(tz: string): boolean {
  return /^[:/]|[<,\d]/.test(tz);
}

/** From now on, local times are those of this zone; null for that of the runtime. */
export function setZone(other: Zone | null): void {
  zone = other;
}

/** A date whose UTC fields are the local time of a moment. */
export function localTime(atMs: number): Date {
  const aheadMs = zone === null ? -new Date(atMs).getTimezoneOffset() * 60_000 : zone(atMs);
  return new Date(atMs + aheadMs);
}

/** The moment of a local time, given as a date with these UTC fields; in ms since 1970. */
export function momentOf(local: Date): number {
  if (zone !== null) {
    const guessMs = local.getTime() - zone(local.getTime());
    return local.getTime() - zone(guessMs);
  }
  return new Date(
    local.getUTCFullYear(),
    local.getUTCMonth(),
    local.getUTCDate(),
    local.getUTCHours(),
    local.getUTCMinutes(),
    local.getUTCSeconds(),
  ).getTime();
}
