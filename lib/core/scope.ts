// The one place that says which accounts may be chosen here: pinned folders, and walls between groups.
import type { Account } from "./account.ts";
import type { Pin } from "./config.ts";
import { tildePath } from "./paths.ts";

/** The accounts that may be chosen, and the one that comes first while it has room. */
export interface Scope {
  names: readonly string[];
  /** Why not all accounts are in it, in words; null when all are. */
  why: string | null;
  /** The pinned folder that counts here; null when none does. */
  pin: Pin | null;
  /** The owner of the conversation that is continued; null when none is. */
  preferred: string | null;
}

/** The pin of the deepest folder that holds `cwd`, or null. */
export function pinOf(pins: readonly Pin[], cwd: string): Pin | null {
  const holding = pins.filter((pin) =>
    cwd === pin.path || cwd.startsWith(pin.path.endsWith("/") ? pin.path : `${pin.path}/`)
  );
  return holding.reduce<Pin | null>(
    (deepest, pin) => deepest === null || pin.path.length > deepest.path.length ? pin : deepest,
    null,
  );
}

/**
 * Decides which accounts may be chosen in a folder. `owner` is the account of the conversation to
 * continue: it never leaves its group, and prefers its owner. Words name a path below `home` with `~`.
 */
export function scopeOf(
  accounts: readonly Account[],
  options: { pins: readonly Pin[]; cwd: string; owner: string | null; home: string },
): Scope {
  const pin = pinOf(options.pins, options.cwd);
  const owner = accounts.find((account) => account.name === options.owner) ?? null;
  const reasons: string[] = [];
  let scope = [...accounts];
  const folder = pin === null ? "" : tildePath(pin.path, options.home);
  if (pin !== null && pin.account !== null) {
    scope = scope.filter((account) => account.name === pin.account);
    const gone = scope.length === 0 ? ", which is not set up" : "";
    reasons.push(`"${folder}" is pinned to the account "${pin.account}"${gone}`);
  } else if (pin !== null && pin.group !== null) {
    scope = scope.filter((account) => account.group === pin.group);
    const empty = scope.length === 0 ? ", which no account is in" : "";
    reasons.push(`"${folder}" is pinned to the group "${pin.group}"${empty}`);
  }
  if (owner !== null && accounts.some((account) => account.group !== owner.group)) {
    scope = scope.filter((account) => account.group === owner.group);
    reasons.push(
      owner.group === null
        ? "this conversation belongs to no group"
        : `this conversation belongs to the group "${owner.group}"`,
    );
  }
  return {
    names: scope.map((account) => account.name),
    pin,
    why: reasons.length === 0 ? null : reasons.join("; "),
    preferred: owner?.name ?? null,
  };
}
