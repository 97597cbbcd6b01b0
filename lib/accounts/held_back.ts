// What holds accounts back, or single models of them, with the evidence, for doctor.
import type { Context } from "../ports/context.ts";
import { appliesTo } from "../balance/windows.ts";
import { heldModel, holdsOf, holdText, lastHolds } from "./holds.ts";
import type { StandingsSource } from "./standings.ts";
import { standingsNow } from "./standings.ts";

/** An account that is limited, or one of its models, and why. */
export interface HeldBack {
  account: string;
  /** The model that is limited, if launches that don't need it may have the account; else null. */
  model: string | null;
  /** What holds it back for longest, in words: what it is, its source, its age and its end. */
  evidence: string[];
}

/**
 * The accounts that something holds back from a launch that needs `models`, and the models that don't
 * matter to it; empty if that can't be found out.
 */
export function heldBack(
  context: Context,
  models: NonNullable<StandingsSource["models"]>,
): HeldBack[] {
  try {
    const config = context.configFile.read();
    const nowMs = context.clock.nowMs();
    const found = standingsNow(context, { config, models });
    return found.accounts.flatMap((standing) => {
      const groups = Map.groupBy(holdsOf(standing, config), (hold) => {
        const model = heldModel(hold);
        return appliesTo({ model }, found.models) ? null : model;
      });
      return [...groups].map(([model, holds]) => ({
        account: standing.account.name,
        model,
        evidence: lastHolds(holds).map((hold) => holdText(hold, nowMs)),
      }));
    });
  } catch {
    // A check-up goes on without a ledger; what is wrong with the configuration is a finding.
    return [];
  }
}
