// The one place that says which accounts may be chosen here: pinned folders, and walls between groups.
import type { Account } from "../config/account.ts";
import type { Pin } from "../config/config.ts";
import { tildePath } from "../config/paths.ts";
import type { Ranked } from "../balance/policy.ts";
import { shellWord } from "../text/shell_quote.ts";
import { nameInLine } from "../text/escape.ts";

/** The reason of an account that comes first whatever the scores say. */
const OWNS = "owns the conversation";
/** What a reason begins with that says why the ranking does not hold every account. */
const NARROWED = "not all could be chosen: ";

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

/** A pin with its folder as it lies: all links in its path are resolved. */
export interface PlacedPin extends Pin {
  folder: string;
}

/** What to type to take a pin away; a name that is no plain text cannot be typed. */
export function unpinLine({ path }: Pick<Pin, "path">): string {
  const folder = /\p{C}/u.test(path) ? nameInLine(path) : shellWord(path);
  return `cd ${folder} && claude-multi pin --clear`;
}

/** The pin of the deepest folder that holds `cwd`, where all links are resolved too; or null. */
function pinOf(pins: readonly PlacedPin[], cwd: string): PlacedPin | null {
  const holding = pins.filter(({ folder }) =>
    cwd === folder || cwd.startsWith(folder.endsWith("/") ? folder : `${folder}/`)
  );
  return holding.reduce<PlacedPin | null>(
    (deepest, pin) => deepest === null || pin.folder.length > deepest.folder.length ? pin : deepest,
    null,
  );
}

/**
 * Decides which accounts may be chosen in a folder. `owner` is the account of the conversation to
 * continue: it never leaves its group, and prefers its owner. All links in `cwd` are resolved. Words
 * name a path below `home` with `~`.
 */
export function scopeOf(
  accounts: readonly Account[],
  options: { pins: readonly PlacedPin[]; cwd: string; owner: string | null; home: string },
): Scope {
  const pin = pinOf(options.pins, options.cwd);
  const owner = accounts.find((account) => account.name === options.owner) ?? null;
  const reasons: string[] = [];
  let scope = [...accounts];
  const folder = pin === null ? "" : nameInLine(tildePath(pin.path, options.home));
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

/**
 * The ranking with the reasons, on the row of the chosen account, why that was not simply the best
 * of all: it owns the conversation, or only some accounts could be chosen.
 */
export function explainChoice(
  ranked: readonly Ranked[],
  choice: { scope: Scope | null; chosen: string },
): Ranked[] {
  const { scope, chosen } = choice;
  const more = [
    ...scope !== null && scope.preferred === chosen ? [OWNS] : [],
    ...scope === null || scope.why === null ? [] : [`${NARROWED}${scope.why}`],
  ];
  return ranked.map((row) =>
    row.name === chosen ? { ...row, reasons: [...row.reasons, ...more] } : row
  );
}

/** The reasons of a row apart: the terms of its score, and those that {@link explainChoice} adds. */
export function partReasons(
  row: Ranked,
): { terms: string[]; owns: boolean; narrowed: string | null } {
  return {
    terms: row.reasons.filter((reason) => reason !== OWNS && !reason.startsWith(NARROWED)),
    owns: row.reasons.includes(OWNS),
    narrowed: row.reasons.find((reason) => reason.startsWith(NARROWED)) ?? null,
  };
}
