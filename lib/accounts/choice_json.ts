// A ranking as JSON, for pick, why and run.
import { rounded } from "../text/format.ts";
import type { Ranked } from "../balance/ranking.ts";
import { reasonText } from "../balance/reasons.ts";
import type { Standings } from "./standings.ts";

/** The ranking as `pick --json` and `run --dry-run --json` print it. */
export function choiceJson(
  { policy, ranked }: Pick<Standings, "policy" | "ranked">,
  account: string | null,
): Record<string, unknown> {
  return { version: 1, account, policy, ranked: ranked.map(rankedJson) };
}

/** One row of a ranking in JSON. */
export function rankedJson(row: Ranked): Record<string, unknown> {
  return {
    name: row.name,
    score: rounded(row.score),
    limited: row.limited,
    reasons: row.reasons.map(reasonText),
  };
}
