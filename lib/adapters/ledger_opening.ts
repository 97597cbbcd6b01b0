// The rule for a ledger that cannot be opened: it never stops a launch, and nothing of it is lost.
import { messageOf } from "../core/errors.ts";
import type { Ledger } from "../ports.ts";
import { sqliteLedger } from "./ledger.ts";
import { NewerLedger, openLedgerDatabase } from "./ledger_database.ts";

/**
 * Opens the ledger. A corrupt or foreign file is set aside under a dated name and a new one is
 * begun; where nothing can be written, this run remembers in memory only. Either is told in one
 * line through `warn`. With `tolerant` a newer format is treated the same way as an unwritable one.
 * @throws NewerLedger unless `tolerant`.
 */
export function openLedger(
  path: string,
  options: { tolerant: boolean; nowMs: number; warn: (line: string) => void },
): Ledger {
  try {
    return sqliteLedger(openLedgerDatabase(path));
  } catch (error) {
    if (error instanceof NewerLedger && !options.tolerant) throw error;
    const message = messageOf(error);
    if (/not a database|malformed|disk image/i.test(message)) {
      const aside = `${path}.broken-${new Date(options.nowMs).toISOString().replace(/[:.]/g, "-")}`;
      try {
        for (const suffix of ["", "-wal", "-shm"]) setAside(path + suffix, aside + suffix);
        const fresh = sqliteLedger(openLedgerDatabase(path));
        options.warn(`the ledger was unreadable; it is kept as "${aside}" and a new one is begun`);
        return fresh;
      } catch {
        // Fall through: the folder cannot be written either.
      }
    }
    options.warn(`the ledger "${path}" cannot be used (${message}); this run is not recorded`);
    return forgetfulLedger();
  }
}

function setAside(from: string, to: string): void {
  try {
    Deno.renameSync(from, to);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** A ledger that lasts as long as this process. */
export function forgetfulLedger(): Ledger {
  return sqliteLedger(openLedgerDatabase(":memory:"), false);
}
