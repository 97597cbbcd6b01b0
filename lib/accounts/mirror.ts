// Copies MCP servers, trust and onboarding between accounts before a launch.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { SHARED_HOME_ACCOUNT } from "../config/account.ts";
import type { Config } from "../config/config.ts";
import { messageOf } from "../text/errors.ts";
import { isEqual } from "../text/json.ts";
import type { MirrorSource, MirrorState } from "../claude/mirrored_keys.ts";
import {
  applyMirror,
  EMPTY_MIRROR,
  extractMirrored,
  isLossy,
  learnMirror,
  slips,
} from "../claude/mirrored_keys.ts";
import { globalConfigOf } from "../claude/logged_in.ts";
import type { Wish } from "../claude/removals.ts";
import { settingText, wishOf } from "../claude/removals.ts";
import { editObject, readObject } from "../claude/json_files.ts";
import { fileLock, withClientLocks } from "../claude/locks.ts";
import { isObject } from "../text/json_object.ts";
import { tildePath } from "../config/paths.ts";

const WAIT_MS = 500;
/** How many lost settings a warning names before it counts the rest. */
const SHOWN_SLIPS = 4;

/**
 * Updates the account's `.claude.json` with what the user set in any other: user-scope MCP servers,
 * trusted folders and allowed tools, onboarding; never identity or caches. Takes the client's own lock:
 * under it a running session reads the file again before it writes (run on 2.1.197 to 2.1.332). Never
 * throws: after a failure it warns in one line, and the launch continues.
 */
export async function mirrorGlobalConfig(
  context: Context,
  options: { config: Config; account: Account },
): Promise<void> {
  try {
    await mirror(context, options);
  } catch (error) {
    // Where nothing can be written, the warning of the ledger says enough.
    if (!context.ledger({ tolerant: true }).isKept) return;
    context.terminal.warn(
      `MCP servers and trust were not copied to "${options.account.name}": ${messageOf(error)}`,
    );
  }
}

async function mirror(
  context: Context,
  options: { config: Config; account: Account },
): Promise<void> {
  const { account } = options;
  const { files, layout } = context;
  if (!isNeeded(context, options)) return;
  const path = globalConfigOf(account, layout);
  await withClientLocks(context, {
    locks: [fileLock(path)],
    waitMs: WAIT_MS,
    action: () =>
      files.locked(`${layout.root}/mirror.lock`, () => {
        const { before, after: state, sources } = learn(context, {
          config: options.config,
          read: (account) => readObject(context, globalConfigOf(account, layout)),
        });
        tellOfSlips(context, { config: options.config, before, sources });
        keepLosses(context, { before, after: state });
        let written = state.entries;
        editObject(context, {
          path,
          edit: (config) => {
            const changed = applyMirror(config, state.entries);
            const had = extractMirrored(config);
            written = changed === null ? had : extractMirrored(changed);
            // The in-place account's is the user's own file, not one of ours.
            const isKept = changed !== null && (account.inPlace || isLossy(had, written));
            if (isKept && files.kind(path) !== "missing") files.backUp(path, backupNameOf(account));
            return changed;
          },
        });
        const seen = state.seen[idOf(account)];
        state.seen[idOf(account)] = { incarnation: seen?.incarnation ?? null, entries: written };
        files.writeText(stateOf(context), `${JSON.stringify(state)}\n`, 0o600);
      }),
  });
}

/**
 * Removes everywhere what a command of the client, `words`, has just removed in one account, such as
 * `mcp remove NAME`. Does nothing for any other command. Never throws: after a failure it warns.
 */
export function spreadRemoval(
  context: Context,
  options: { config: Config; account: Account; words: readonly string[]; cwd: string },
): void {
  const { files, layout } = context;
  const wish = wishOf(options.words, options.cwd);
  if (wish === null) return;
  try {
    files.locked(`${layout.root}/mirror.lock`, () => {
      const id = idOf(options.account);
      const { before, after, sources } = learn(context, {
        config: options.config,
        read: (account) => readObject(context, globalConfigOf(account, layout)),
        wishes: { [id]: wish },
      });
      tellOfSlips(context, { config: options.config, before, sources });
      keepLosses(context, { before, after });
      files.writeText(stateOf(context), `${JSON.stringify(after)}\n`, 0o600);
    });
  } catch (error) {
    context.terminal.warn(`the other accounts keep what was removed: ${messageOf(error)}`);
  }
}

/** Keeps a copy of what all accounts had, before some of it is removed or replaced. */
function keepLosses(
  context: Context,
  { before, after }: { before: MirrorState; after: MirrorState },
): void {
  const path = stateOf(context);
  if (isLossy(before.entries, after.entries) && context.files.kind(path) !== "missing") {
    context.files.backUp(path);
  }
}

/** Says which settings an account has lost without a sign that the user wanted it. */
function tellOfSlips(
  context: Context,
  { config, before, sources }: {
    config: Config;
    before: MirrorState;
    sources: readonly MirrorSource[];
  },
): void {
  for (const { id, keys } of slips(before, sources)) {
    const account = config.accounts.find((account) => idOf(account) === id);
    const path = globalConfigOf(account ?? SHARED_HOME_ACCOUNT, context.layout);
    const texts = [...new Set(keys.map(settingText))];
    const more = texts.length > SHOWN_SLIPS ? ` and ${texts.length - SHOWN_SLIPS} more` : "";
    context.terminal.warn(
      `"${tildePath(path, context.layout.home)}" has lost ${
        texts.slice(0, SHOWN_SLIPS).join(", ")
      }${more}, which the other accounts keep and its next launch puts back; to remove a server everywhere: cl mcp remove NAME`,
    );
  }
}

/** The name of copies of an account's `.claude.json` in backups. */
function backupNameOf(account: Account): string {
  return account.inPlace ? ".claude.json" : `${account.folder}.claude.json`;
}

/**
 * Forgets what a removed account had. Otherwise a new account in a folder of the same name would seem
 * to have removed all of it.
 */
export function forgetMirror(context: Context, account: Account): void {
  const { files, layout } = context;
  if (files.kind(stateOf(context)) === "missing") return;
  files.locked(`${layout.root}/mirror.lock`, () => {
    const state = readState(context);
    if (!Object.hasOwn(state.seen, idOf(account))) return;
    const { [idOf(account)]: _gone, ...seen } = state.seen;
    files.writeText(stateOf(context), `${JSON.stringify({ ...state, seen })}\n`, 0o600);
  });
}

/**
 * Checks without a lock whether the account lacks something or has something new. Uses what the choice
 * of the account has just read of each `.claude.json`, because these files can be large.
 */
function isNeeded(context: Context, options: { config: Config; account: Account }): boolean {
  const { before, after, sources } = learn(context, {
    config: options.config,
    read: (account) => context.claudeHome.globalConfig(account),
  });
  const own = sources.find((source) => source.id === idOf(options.account))?.config ?? {};
  return applyMirror(own, after.entries) !== null || !isEqual(before, after);
}

/** Learns from the `.claude.json` of every account and of the shared home, except unreadable ones. */
function learn(
  context: Context,
  { config, read, wishes = {} }: {
    config: Config;
    read: (account: Account) => MirrorSource["config"] | null;
    /** By the id of a source. */
    wishes?: Readonly<Record<string, Wish>>;
  },
): { before: MirrorState; after: MirrorState; sources: MirrorSource[] } {
  const accounts = [SHARED_HOME_ACCOUNT, ...config.accounts];
  const sources = [...new Map(accounts.map((account) => [idOf(account), account]))].flatMap(
    ([id, account]) => {
      const path = globalConfigOf(account, context.layout);
      const found = read(account);
      if (found === null) return [];
      const changedAtMs = context.files.modifiedAtMs(path) ?? 0;
      const wish = wishes[id];
      return [{ id, changedAtMs, config: found, ...wish === undefined ? {} : { wish } }];
    },
  );
  const before = readState(context);
  const after = learnMirror(before, { sources, nowMs: context.clock.nowMs() });
  return { before, after, sources };
}

function readState(context: Context): MirrorState {
  const state = readObject(context, stateOf(context));
  const isWhole = state?.["version"] === 1 && isObject(state["entries"]) &&
    isObject(state["removed"]) && isObject(state["seen"]);
  return isWhole ? state as unknown as MirrorState : EMPTY_MIRROR;
}

function idOf(account: Account): string {
  return account.inPlace ? "~" : account.folder;
}

function stateOf(context: Context): string {
  return `${context.layout.root}/mirror.json`;
}
