// Choices in the ledger: which account was chosen for a session, and from which ranking.
import type { Choice, ChoiceRows } from "../ports/mod.ts";
import type { Queries } from "./queries.ts";
import { firstSession, numberOf, rankedOf, textOrNull } from "./rows.ts";

/** The `choices` table, each row with its session. */
export function choiceRows({ one, change }: Queries): ChoiceRows {
  return {
    startSession(session, choice) {
      const choiceId = change(
        `INSERT INTO choices (chosen_at_ms, policy, account, forced, ranked)
         VALUES (?, ?, ?, ?, ?)`,
        choice.chosenAtMs,
        choice.policy,
        choice.account,
        Number(choice.forced),
        JSON.stringify(choice.ranked),
      );
      return change(
        `INSERT INTO sessions
           (account, choice_id, launcher_pid, cwd, started_at_ms, handed_from, origin)
         VALUES (?, ?, ?, ?, ?, ?, ?)`,
        session.account,
        choiceId,
        session.launcherPid,
        session.cwd,
        session.startedAtMs,
        session.handedFrom,
        session.origin ?? null,
      );
    },

    choice(id) {
      const row = one(
        `SELECT choices.*, sessions.id AS session_id FROM sessions
         JOIN choices ON choices.id = sessions.choice_id
         WHERE sessions.id = coalesce(?, (SELECT max(id) FROM sessions))`,
        id,
      );
      const session = row && firstSession(
        one("SELECT * FROM sessions WHERE id = ?", Number(row["session_id"])),
      );
      if (!row || !session) return null;
      return {
        id: Number(row["id"]),
        chosenAtMs: numberOf(row["chosen_at_ms"]),
        policy: String(row["policy"]) as Choice["policy"],
        account: textOrNull(row["account"]),
        forced: Number(row["forced"]) === 1,
        ranked: rankedOf(String(row["ranked"])),
        session,
      };
    },
  };
}
