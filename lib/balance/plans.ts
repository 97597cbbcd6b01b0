// The plans of accounts, and how much each of them holds.

/** The capacity of an account, relative to `pro`. */
export interface AccountSize {
  /** That of its 5-hour window; null without one. */
  fiveHour: number | null;
  week: number;
}

/**
 * The sizes of the plans. 5-hour windows are the published multiples of `pro`. Weeks aren't published:
 * the week of `ultra` is assumed to be ten of `pro`. docs/policies.md names the sources. `max5` and
 * `max20` are what `max` and `ultra` were called until October 2026 (CONTRACT §13).
 */
export const PLAN_SIZES = {
  pro: { fiveHour: 1, week: 1 },
  max: { fiveHour: 5, week: 5 },
  ultra: { fiveHour: null, week: 10 },
  max5: { fiveHour: 5, week: 5 },
  max20: { fiveHour: 20, week: 10 },
} as const satisfies Record<string, AccountSize>;

/** A plan whose size is known. */
export type SizedPlan = keyof typeof PLAN_SIZES;

/** Whether two plans aren't the same by another name. */
export function plansDiffer(one: string, other: string): boolean {
  const sizes = [one, other].map((plan) => JSON.stringify(PLAN_SIZES[plan as SizedPlan]) ?? plan);
  return sizes[0] !== sizes[1];
}

/**
 * The capacity of an account relative to `pro`: that of its 5-hour window, or of its week if it has no
 * such window; 1 if the plan or its size is unknown.
 */
export function sizeOf(plan: string | null, { hasBurst }: { hasBurst: boolean }): number {
  const size: AccountSize = Object.hasOwn(PLAN_SIZES, plan ?? "")
    ? PLAN_SIZES[plan as SizedPlan]
    : PLAN_SIZES.pro;
  return (hasBurst ? size.fiveHour : null) ?? size.week;
}
