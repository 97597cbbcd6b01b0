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
  learnMirror,
} from "../claude/mirrored_keys.ts";
import { globalConfigOf } from "../claude/logged_in.ts";
import { editObject, readObject } from "../claude/json_files.ts";
import { fileLock, withClientLocks } from "../claude/locks.ts";
import { liveProcesses } from "../claude/running.ts";
import { recordBases, restoreTargets } from "./folder.ts";
import { isObject } from "../text/json_object.ts";

const WAIT_MS = 500;

/**
 * Updates the account's `.claude.json` with what the user set in any other: user-scope MCP servers,
 * trusted folders and allowed tools, onboarding; never identity or caches. Takes the client's own lock,
 * and does nothing while a session of the account is running. Never throws: after a failure it warns in
 * one line, and the launch continues.
 */
export async function mirrorGlobalConfig(
  context: Context,
  options: { config: Config; account: Account },
): Promise<void> {
  try {
    restoreTargets(context, options.account);
    recordBases(context, options.account);
    await mirror(context, options);
  } catch (error) {
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
  if (liveProcesses(context, account).length > 0) return;
  const path = globalConfigOf(account, layout);
  await withClientLocks(context, {
    locks: [fileLock(path)],
    waitMs: WAIT_MS,
    action: () =>
      files.locked(`${layout.root}/mirror.lock`, () => {
        const { after: state } = learn(context, {
          config: options.config,
          read: (account) => readObject(context, globalConfigOf(account, layout)),
        });
        let written = state.entries;
        editObject(context, {
          path,
          edit: (config) => {
            const changed = applyMirror(config, state.entries);
            // This is the user's own file, not one of ours, so it is backed up first.
            const isOwn = account.inPlace && files.kind(path) !== "missing";
            if (changed !== null && isOwn) files.backUp(path);
            written = extractMirrored(changed ?? config);
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
  { config, read }: { config: Config; read: (account: Account) => MirrorSource["config"] | null },
): { before: MirrorState; after: MirrorState; sources: MirrorSource[] } {
  const accounts = [SHARED_HOME_ACCOUNT, ...config.accounts];
  const sources = [...new Map(accounts.map((account) => [idOf(account), account]))].flatMap(
    ([id, account]) => {
      const path = globalConfigOf(account, context.layout);
      const found = read(account);
      if (found === null) return [];
      return [{ id, changedAtMs: context.files.modifiedAtMs(path) ?? 0, config: found }];
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
