// The one place that puts a ranking into JSON, as pick and run print it.
import { rounded } from "../text/format.ts";
import type { Ranked } from "../balance/policy.ts";
import type { Survey } from "./standings.ts";

/** The ranking as `pick --json` and `run --dry-run --json` give it. */
export function choiceJson(survey: Survey, account: string | null): Record<string, unknown> {
  return {
    version: 1,
    account,
    policy: survey.policy,
    ranked: survey.ranked.map(rankedJson),
  };
}

/** One row of a ranking in JSON. */
export function rankedJson(row: Ranked): Record<string, unknown> {
  return {
    name: row.name,
    score: rounded(row.score),
    limited: row.limited,
    reasons: row.reasons,
  };
}
