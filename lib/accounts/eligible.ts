// Which accounts may be chosen: pins bind a folder, and no conversation leaves its group.
import type { Account } from "../config/account.ts";
import type { Config, Pin } from "../config/config.ts";
import { tildePath } from "../config/paths.ts";
import type { Ranked } from "../balance/ranking.ts";
import type { Reason, Restriction } from "../balance/reasons.ts";
import { shellWord } from "../text/shell_quote.ts";
import { nameInLine } from "../text/escape.ts";
import type { Links } from "./pins.ts";
import { pinOf, realFolder, resolvedPins } from "./pins.ts";

/** The accounts that may be chosen, and the one that comes first as long as it has quota left. */
export interface Eligible {
  names: readonly string[];
  /** Why others may not be chosen; empty if every account may. */
  restrictions: readonly Restriction[];
  /** The pin that applies here; null if none does. */
  pin: Pin | null;
  /** The account that owns the conversation to continue; null if there is none. */
  preferred: string | null;
  /** The client's id of that conversation (default: unknown). */
  conversation?: string | null;
}

/** The command that removes a pin. */
export function unpinLine({ path }: Pick<Pin, "path">): string {
  return lineIn(path, "claude-multi pin --clear");
}

/** A command to type in a folder; a folder whose name can't be typed is only shown. */
export function lineIn(path: string, command: string): string {
  const folder = /\p{C}/u.test(path) ? nameInLine(path) : shellWord(path);
  return `cd ${folder} && ${command}`;
}

/**
 * The accounts that may be chosen in a folder. `owner` is the account of the conversation to continue,
 * which never leaves its group and prefers its owner. `except` lists accounts that must not be chosen.
 * Restrictions show a path below `home` with `~`.
 */
export function eligibleAccounts(
  links: Links,
  options: {
    config: Pick<Config, "accounts" | "pins">;
    cwd: string;
    owner: string | null;
    conversation?: string | null;
    /** The group of the conversation, if only that is known. */
    wall?: { group: string | null } | null;
    home: string;
    except?: readonly string[];
  },
): Eligible {
  const { accounts, pins } = options.config;
  const pin = pins.length === 0
    ? null
    : pinOf(resolvedPins(links, pins), realFolder(links, options.cwd));
  const owner = accounts.find((account) => account.name === options.owner) ?? null;
  const restrictions: Restriction[] = [];
  let eligible = [...accounts];
  if (pin !== null && (pin.account !== null || pin.group !== null)) {
    const { account, group } = pin;
    eligible = eligible.filter((one) =>
      account === null ? one.group === group : one.name === account
    );
    restrictions.push({
      kind: "pin",
      folder: tildePath(pin.path, options.home),
      account,
      group,
      isEmpty: eligible.length === 0,
    });
  }
  const wall = owner ?? options.wall ?? null;
  if (wall !== null && accounts.some((account) => account.group !== wall.group)) {
    eligible = eligible.filter((account) => account.group === wall.group);
    restrictions.push({ kind: "wall", group: wall.group });
  }
  return {
    names: eligible.map((account) => account.name)
      .filter((name) => options.except?.includes(name) !== true),
    restrictions,
    pin,
    preferred: owner?.name ?? null,
    conversation: options.conversation ?? null,
  };
}

/** Whether a conversation could get from one group to another. */
export function haveWalls(accounts: readonly Pick<Account, "group">[]): boolean {
  return accounts.some((account) => account.group !== accounts[0]?.group);
}

/**
 * The wall between a conversation and an account that the user named, whatever the pins are; null if
 * the conversation may continue there.
 */
export function wallBefore(
  { restrictions }: Pick<Eligible, "restrictions">,
  account: Pick<Account, "group">,
): Extract<Restriction, { kind: "wall" }> | null {
  const wall = restrictions.find((one) => one.kind === "wall");
  return wall === undefined || wall.group === account.group ? null : wall;
}

/** The pin that keeps an account out of a folder; null if there is none. */
export function pinAgainst(
  { restrictions }: Pick<Eligible, "restrictions">,
  account: Pick<Account, "name" | "group">,
): Extract<Restriction, { kind: "pin" }> | null {
  const pin = restrictions.find((one) => one.kind === "pin");
  if (pin === undefined) return null;
  const isIn = pin.account === null ? pin.group === account.group : pin.account === account.name;
  return isIn ? null : pin;
}

/**
 * The ranking, with more reasons for the chosen account if it isn't simply the best of all: it owns
 * the conversation, or only some accounts could be chosen.
 */
export function explainChoice(
  ranked: readonly Ranked[],
  choice: { eligible: Eligible | null; chosen: string },
): Ranked[] {
  const { eligible, chosen } = choice;
  const by = eligible?.restrictions ?? [];
  const more: Reason[] = [
    ...eligible?.preferred === chosen ? [{ kind: "owner" } as const] : [],
    ...by.length > 0 ? [{ kind: "restricted", by } as const] : [],
  ];
  return ranked.map((row) =>
    row.name === chosen ? { ...row, reasons: [...row.reasons, ...more] } : row
  );
}
