// The list of limits in a usage answer: weekly windows of models.

/** One limit for each model, which the service names; they reset in two hours (CONTRACT §13). */
export function modelLimits(models: Readonly<Record<string, number>>, nowMs: number): unknown[] {
  return Object.entries(models).map(([display_name, percent]) => ({
    kind: "weekly_scoped",
    group: "weekly",
    percent,
    resets_at: new Date(nowMs + 2 * 3_600_000).toISOString(),
    scope: { model: { id: null, display_name }, surface: null },
    is_active: true,
  }));
}
