// The Ledger port on SQLite, put together from its tables.
import type { DatabaseSync } from "node:sqlite";
import type { Ledger } from "../ports/mod.ts";
import { choiceRows } from "./choices.ts";
import { limitRows } from "./limits.ts";
import type { LedgerUse } from "./queries.ts";
import { queriesOn } from "./queries.ts";
import { readingRows } from "./readings.ts";
import { refreshRows } from "./refreshes.ts";
import { textOrNull } from "./rows.ts";
import { AGEING_TABLES, deleteOldRows } from "./retention.ts";
import { sessionRows } from "./sessions.ts";

/** How many rows of each table one call checks: more than a session adds. */
const AGED_OUT_AT_ONCE = 200;

/** The ledger in an open, migrated database. */
export function sqliteLedger(database: DatabaseSync, use: LedgerUse = "kept"): Ledger {
  const queries = queriesOn(database, use);
  return {
    ...sessionRows(queries),
    ...readingRows(queries),
    ...limitRows(queries),
    ...choiceRows(queries),
    ...refreshRows(queries, use),

    isKept: use === "kept",
    immediately: queries.immediately,

    async daily(span, { nowMs, foldersByDay = false }) {
      const { dailyBetween } = await import("./daily.ts");
      return dailyBetween(queries, { span, nowMs, use, foldersByDay });
    },

    renameAccount(from, to) {
      for (const table of ["choices", "sessions", "readings", "limits"]) {
        queries.change(`UPDATE ${table} SET account = ? WHERE account = ?`, to, from);
      }
      // Each ranking has the names that it shows.
      queries.change(
        `UPDATE choices SET ranked = (
           SELECT json_group_array(json(CASE value ->> 'name'
             WHEN ?1 THEN json_set(value, '$.name', ?2) ELSE value END))
           FROM json_each(choices.ranked))
         WHERE EXISTS (SELECT 1 FROM json_each(iif(json_valid(ranked), ranked, '[]'))
           WHERE value ->> 'name' = ?1)`,
        from,
        to,
      );
      // The new name may have been another account's; days that both have stay as they are.
      for (const table of ["days", "folder_days"]) {
        queries.change(`UPDATE OR IGNORE ${table} SET account = ? WHERE account = ?`, to, from);
      }
      for (const table of ["refreshes", "removed"]) {
        queries.change(`UPDATE OR REPLACE ${table} SET account = ? WHERE account = ?`, to, from);
      }
    },

    namesLike: (name) =>
      queries.all(
        `SELECT account, json_group_array(DISTINCT identity) FILTER (WHERE identity IS NOT NULL) AS whose
         FROM (SELECT account, NULL AS identity FROM sessions UNION SELECT account, NULL FROM days
           UNION SELECT account, identity FROM readings UNION SELECT account, identity FROM limits)
         WHERE account = ?1 OR substr(account, 1, length(?1) + 2) = ?1 || ' ('
         GROUP BY account ORDER BY account`,
        name,
      ).map((row) => ({
        name: String(row["account"]),
        identities: JSON.parse(String(row["whose"])) as string[],
      })),

    recordRemoved: (account, group) =>
      void queries.change(
        "INSERT OR REPLACE INTO removed (account, group_name) VALUES (?, ?)",
        account,
        group,
      ),

    groupOfRemoved(account) {
      const row = queries.one("SELECT group_name FROM removed WHERE account = ?", account);
      return row === undefined ? undefined : textOrNull(row["group_name"]);
    },

    forgetAccount(account) {
      for (const table of ["readings", "limits", "refreshes"]) {
        queries.change(`DELETE FROM ${table} WHERE account = ?`, account);
      }
    },

    signFigures(account, identity) {
      for (const table of ["readings", "limits"]) {
        const sql = `UPDATE ${table} SET identity = ? WHERE account = ? AND identity IS NULL`;
        queries.change(sql, identity, account);
      }
    },

    forgetUnsigned(account) {
      for (const table of ["readings", "limits"]) {
        queries.change(`DELETE FROM ${table} WHERE account = ? AND identity IS NULL`, account);
      }
      queries.change("DELETE FROM refreshes WHERE account = ?", account);
    },

    async ageOut(nowMs) {
      const { keepDays } = await import("./daily.ts");
      keepDays(queries, nowMs);
      for (const table of AGEING_TABLES) {
        deleteOldRows(queries.change, { table, rows: AGED_OUT_AT_ONCE, nowMs });
      }
    },

    // Closing copies the write-ahead log into the file, which takes 1 ms: a process that only read
    // leaves that to the next writer.
    close: (options = { always: false }) => {
      if (queries.hasChanged || options.always) database.close();
    },
  };
}
