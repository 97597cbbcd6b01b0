// Names of removed accounts, taken again: the history of the one that was removed stays its own.
import { countsFor } from "../balance/windows.ts";
import type { Identity } from "../config/account.ts";
import { identityKey } from "../config/account.ts";
import type { Ledger } from "../ports/mod.ts";

/** Gives an account what a removed one of the same name and person has left. */
export function reclaim(ledger: Ledger, name: string, person: Identity): void {
  const whose = identityKey(person);
  ledger.immediately(() => {
    const own = ledger.namesLike(name).filter((one) =>
      one.name !== name && one.identities.some((key) => countsFor(whose, key))
    ).at(-1);
    if (own !== undefined) ledger.renameAccount(own.name, name);
  });
}

/** Who takes a name that no account has. */
export interface Taker {
  /** The key of the person who is logged in or owns the account; null if unknown. */
  whose: string | null;
  /** Whether this may be the account that had the name, because its folder is there again. */
  isBack: boolean;
}

/**
 * Frees a name that no account has before one gets it; call it in a transaction. What a removed account of that
 * name has left goes on as `NAME (removed)`, or else its conversations would change their group. What is the
 * taker's own comes back from there. Figures that name nobody are deleted. Returns whether something of another
 * account was there.
 */
export function takeName(ledger: Ledger, name: string, { whose, isBack }: Taker): boolean {
  ledger.forgetUnsigned(name);
  const known = ledger.namesLike(name);
  const isTheirs = ({ identities }: { identities: readonly string[] }) =>
    identities.length === 0 || whose === null
      ? isBack
      : identities.some((one) => countsFor(whose, one));
  const here = known.find((one) => one.name === name);
  if (here !== undefined && isTheirs(here)) return false;
  const former = known.filter((one) => one !== here);
  if (here !== undefined) ledger.renameAccount(name, unused(name, former.map((one) => one.name)));
  const own = former.filter(isTheirs).at(-1);
  if (own !== undefined) ledger.renameAccount(own.name, name);
  return here !== undefined;
}

/** The name that a removed account had before another one took it. */
export function nameBefore(name: string): string {
  return name.replace(/ \(removed( \d+)?\)$/, "");
}

function unused(name: string, taken: readonly string[]): string {
  const first = `${name} (removed)`;
  let free = first;
  for (let n = 2; taken.includes(free); n++) free = `${name} (removed ${n})`;
  return free;
}
