// What is known of a removed account: the shell line that brings it back, and its group.
import type { Account } from "../config/account.ts";
import { completed } from "../config/config.ts";
import type { Layout } from "../config/paths.ts";
import { configDirOf } from "../config/paths.ts";
import type { Context } from "../ports/context.ts";
import { shellWord } from "../text/shell_quote.ts";

/**
 * The shell line that brings a removed account back. Its folder, now at `kept`, gets its old name, which
 * on macOS is the key to the login. `program` is what the user types for claude-multi.
 */
export function undoLine(
  account: Account,
  options: { program: string; kept: string; layout: Layout },
): string {
  const { program, kept, layout } = options;
  const { name, plan, group, inPlace } = account;
  const folder = inPlace ? name : account.folder;
  const flags = [
    ...inPlace ? ["--in-place"] : [],
    ...plan === null ? [] : [`--plan ${plan}`],
    ...group === null ? [] : [`--group ${group}`],
  ];
  return [
    ...inPlace ? [] : [`mv ${shellWord(kept)} ${shellWord(configDirOf(account, layout))}`],
    [`${program} add ${folder}`, ...flags].join(" "),
    ...folder === name ? [] : [`${program} rename ${folder} ${name}`],
    ...settingLines(account, { program, name }),
  ].join(" && ");
}

/** The lines that give an account of this name what no option of `add` gives it. */
export function settingLines(
  account: Account,
  { program, name }: { program: string; name: string },
): string[] {
  return [
    ...account.disabled ? [`${program} disable ${name}`] : [],
    ...ownSettings(account).map(([key, value]) =>
      `${program} config set accounts.${name}.${key} ${value}`
    ),
  ];
}

/** The settings of an account that no option of `add` gives it, as `config set` takes them. */
function ownSettings(account: Account): Array<[string, boolean | number]> {
  const { last, reserve, landingCap, price } = account;
  const settings: Array<[string, boolean | number | null]> = [
    ["last", last || null],
    ["reserve.five_hour", reserve.five_hour],
    ["reserve.seven_day", reserve.seven_day],
    ["landingCap", landingCap],
    ["price", price],
  ];
  return settings.flatMap(([key, value]) => value === null ? [] : [[key, value]]);
}

/**
 * The shell line that brings back an account that config.json no longer has; null if `backups/` doesn't have
 * both its entry and its folder, or if its place is taken.
 */
export function undoFromBackups(context: Context, name: string): string | null {
  const { configFile, files, layout } = context;
  const account = lastEntry(context, name);
  if (account === null) return null;
  const dir = configDirOf(account, layout);
  const backups = backupsOf(context, `account-${account.folder}`);
  const kept = account.inPlace ? dir : backups[0];
  const isTaken = account.inPlace
    ? configFile.read().accounts.some(({ inPlace }) => inPlace)
    : files.kind(dir) !== "missing";
  return kept === undefined || isTaken
    ? null
    : undoLine(account, { program: "claude-multi", kept, layout });
}

/**
 * The group of an account that config.json no longer has, null for none; undefined if neither the ledger nor
 * `backups/` knows it.
 */
export function groupOfRemoved(context: Context, name: string): string | null | undefined {
  const group = context.ledger({ tolerant: true }).groupOfRemoved(name);
  return group === undefined ? lastEntry(context, name)?.group : group;
}

/** The entry of an account in the newest config.json of `backups/` that has it; null if none has. */
function lastEntry(context: Context, name: string): Account | null {
  const file = context.layout.configFile;
  for (const path of backupsOf(context, file.slice(file.lastIndexOf("/") + 1))) {
    const found = accountsIn(context.files.readText(path)).find((one) => one.name === name);
    if (found !== undefined) return found;
  }
  return null;
}

/** The accounts in a text; none if it has comments or faults. */
function accountsIn(text: string | null): readonly Account[] {
  try {
    return completed(JSON.parse(text ?? "")).accounts;
  } catch {
    return [];
  }
}

/** The backups of a name, newest first. */
function backupsOf({ files, layout: { backups } }: Context, name: string): string[] {
  return files.list(backups).filter((entry) =>
    entry.startsWith(`${name}.`) && /^\d{4}-\d\d-\d\dT/.test(entry.slice(name.length + 1))
  ).toSorted().toReversed().map((entry) => `${backups}/${entry}`);
}
