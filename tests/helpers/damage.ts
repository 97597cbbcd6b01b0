// Damages the pages of a SQLite file that hold tables and indexes, but not the list of them.
import { DatabaseSync } from "node:sqlite";

const PAGE_BYTES = 4096;

/** Overwrites the first page of the named tables (default: of every table and index). */
export function damagePages(path: string, names: readonly string[] | null = null): void {
  const database = new DatabaseSync(path);
  database.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  const rows = database.prepare("SELECT name, rootpage FROM sqlite_master WHERE rootpage > 0")
    .all();
  database.close();
  const bytes = Deno.readFileSync(path);
  for (const { name, rootpage } of rows) {
    if (names !== null && !names.includes(String(name))) continue;
    const at = (Number(rootpage) - 1) * PAGE_BYTES;
    bytes.fill(0x5a, at, at + PAGE_BYTES);
  }
  Deno.writeFileSync(path, bytes);
}
