// The accounts that something holds back, with the evidence, for doctor.
import type { Context } from "../ports/context.ts";
import { holdsOf, holdText } from "./holds.ts";
import { standingsNow } from "./standings.ts";

/** An account that is limited, and why. */
export interface HeldBack {
  account: string;
  /** What holds it back, in words: what it is, its source, its age and its end. */
  evidence: string[];
}

/** The accounts that something holds back; empty if that can't be found out. */
export function heldBack(context: Context): HeldBack[] {
  try {
    const config = context.configFile.read();
    const nowMs = context.clock.nowMs();
    return standingsNow(context, { config }).accounts.flatMap((standing) => {
      const evidence = holdsOf(standing, config.reserve).map((hold) => holdText(hold, nowMs));
      return evidence.length === 0 ? [] : [{ account: standing.account.name, evidence }];
    });
  } catch {
    // A check-up goes on without a ledger; what is wrong with the configuration is a finding.
    return [];
  }
}
