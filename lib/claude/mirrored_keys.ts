// Which keys of `.claude.json` are copied between accounts, and how (CONTRACT §1).
import { isEqual } from "../text/json.ts";
import { isObject } from "../text/json_object.ts";
import type { Wish } from "./removals.ts";
import { sureRemovals } from "./removals.ts";

type Json = Record<string, unknown>;

/** Mirrored settings, flat: each key is the JSON of a path; each element of a list has its own key. */
type Mirrored = Record<string, unknown>;

/** What is stored between launches; never identity, tokens or caches. */
export interface MirrorState {
  version: 1;
  /** Settings that every account should have. */
  entries: Mirrored;
  /** When each key was removed, so that it doesn't come back. */
  removed: Record<string, number>;
  /** What each source had when it was last read, and which incarnation of the file that was. */
  seen: Record<string, { incarnation: string | null; entries: Mirrored }>;
}

/** A `.claude.json` as a source. */
export interface MirrorSource {
  id: string;
  changedAtMs: number;
  config: Readonly<Json>;
  /** What a command that has just run on it was to remove; default: nothing. */
  wish?: Wish;
}

/** The state before the first launch. */
export const EMPTY_MIRROR: MirrorState = { version: 1, entries: {}, removed: {}, seen: {} };

const FLAGS = ["hasCompletedOnboarding"];
const VALUES = ["lastOnboardingVersion"];
const PROJECT_FLAGS = [
  "hasTrustDialogAccepted",
  "hasCompletedProjectOnboarding",
  "hasClaudeMdExternalIncludesApproved",
];
const PROJECT_LISTS = ["allowedTools", "enabledMcpjsonServers", "disabledMcpjsonServers"];

/** The mirrored settings in a `.claude.json`, except those with their default value. */
export function extractMirrored(config: Json): Mirrored {
  const entries: Mirrored = {};
  const put = (path: string[], value: unknown) => {
    entries[JSON.stringify(path)] = value;
  };
  for (const key of FLAGS) if (config[key] === true) put([key], true);
  for (const key of VALUES) if (typeof config[key] === "string") put([key], config[key]);
  for (const [name, server] of entriesOf(config["mcpServers"])) put(["mcpServers", name], server);
  for (const [path, project] of entriesOf(config["projects"])) {
    if (!isObject(project)) continue;
    for (const key of PROJECT_FLAGS) {
      if (project[key] === true) put(["projects", path, key], true);
    }
    for (const [name, server] of entriesOf(project["mcpServers"])) {
      put(["projects", path, "mcpServers", name], server);
    }
    for (const key of PROJECT_LISTS) {
      const list = project[key];
      if (!Array.isArray(list)) continue;
      for (const item of list) {
        if (typeof item === "string") put(["projects", path, key, item], true);
      }
    }
  }
  return entries;
}

/**
 * Learns from every source what has changed since it was last read, latest change last: new and
 * different values are taken over, and what the user surely removed ({@link sureRemovals}) is removed
 * everywhere. A source that is new, or whose file was recreated, only adds what is unknown and hasn't
 * been removed in the meantime.
 */
export function learnMirror(
  state: MirrorState,
  options: { sources: readonly MirrorSource[]; nowMs: number },
): MirrorState {
  const entries = { ...state.entries };
  const removed = { ...state.removed };
  const seen = { ...state.seen };
  for (const source of [...options.sources].sort((a, b) => a.changedAtMs - b.changedAtMs)) {
    const now = extractMirrored(source.config);
    const incarnation = incarnationOf(source.config);
    const before = knownBefore(state, source);
    for (const [key, value] of Object.entries(now)) {
      if (before !== null) {
        if (Object.hasOwn(before, key) && isEqual(before[key], value)) continue;
        entries[key] = value;
        delete removed[key];
      } else if (!Object.hasOwn(entries, key) && (removed[key] ?? -1) < source.changedAtMs) {
        entries[key] = value;
        delete removed[key];
      }
    }
    for (const key of removalsIn(source, { before, now }).sure) {
      if (!Object.hasOwn(entries, key)) continue;
      delete entries[key];
      removed[key] = options.nowMs;
    }
    seen[source.id] = { incarnation, entries: now };
  }
  return { version: 1, entries, removed, seen };
}

/**
 * What sources have lost since they were last read, perhaps by a slip of the client: settings that
 * every account should have, by source. They stay in the others, and come back in the source itself.
 */
export function slips(
  state: MirrorState,
  sources: readonly MirrorSource[],
): Array<{ id: string; keys: string[] }> {
  return sources.flatMap((source) => {
    const seen = { before: knownBefore(state, source), now: extractMirrored(source.config) };
    const { unsure } = removalsIn(source, seen);
    const keys = unsure.filter((key) => Object.hasOwn(state.entries, key));
    return keys.length === 0 ? [] : [{ id: source.id, keys }];
  });
}

/** Whether something of `before` is gone or different in `after`. */
export function isLossy(before: Mirrored, after: Mirrored): boolean {
  return Object.keys(before).some((key) => !isEqual(before[key], after[key]));
}

/** What a source had when it was last read; null if it is new, or its file was recreated since. */
function knownBefore(state: MirrorState, { id, config }: MirrorSource): Mirrored | null {
  const before = state.seen[id];
  const isKnown = before !== undefined &&
    (before.incarnation === null || before.incarnation === incarnationOf(config));
  return isKnown ? before.entries : null;
}

/** What is missing in a source that it had when it was last read. */
function removalsIn(
  { config, wish }: MirrorSource,
  { before, now }: { before: Mirrored | null; now: Mirrored },
): { sure: readonly string[]; unsure: readonly string[] } {
  const missing = Object.keys(before ?? {}).filter((key) => !Object.hasOwn(now, key));
  if (missing.length === 0) return { sure: missing, unsure: missing };
  const sure = sureRemovals(missing, { config, wish });
  return { sure, unsure: missing.filter((key) => !sure.includes(key)) };
}

/** The configuration with exactly these mirrored settings; null if it has them already. */
export function applyMirror(config: Json, entries: Mirrored): Json | null {
  const now = extractMirrored(config);
  if (isEqual(now, entries)) return null;
  const changed = structuredClone(config);
  for (const key of Object.keys(now)) {
    if (!Object.hasOwn(entries, key)) change(changed, { key, value: undefined });
  }
  for (const [key, value] of Object.entries(entries)) {
    if (!isEqual(now[key], value)) change(changed, { key, value });
  }
  return changed;
}

function change(config: Json, entry: { key: string; value: unknown }): void {
  const path = JSON.parse(entry.key) as string[];
  const isListItem = path[0] === "projects" && path.length === 4 && path[2] !== "mcpServers";
  const last = path.at(-1) ?? "";
  const parents = path.slice(0, isListItem ? -2 : -1);
  let at = config;
  for (const name of parents) {
    let next = Object.hasOwn(at, name) ? at[name] : undefined;
    if (!isObject(next)) {
      if (entry.value === undefined) return;
      define(at, { name, value: next = {} });
    }
    at = next as Json;
  }
  if (isListItem) {
    const name = path.at(-2) ?? "";
    const list = Array.isArray(at[name]) ? at[name] : [];
    const without = list.filter((item) => item !== last);
    define(at, { name, value: entry.value === undefined ? without : [...without, last] });
  } else if (entry.value === undefined) delete at[last];
  else define(at, { name: last, value: structuredClone(entry.value) });
}

/** Sets a key, even one called `__proto__`. */
function define(object: Json, entry: { name: string; value: unknown }): void {
  Object.defineProperty(object, entry.name, {
    value: entry.value,
    writable: true,
    enumerable: true,
    configurable: true,
  });
}

/** A value that differs each time the file is created; the client writes it at its first start. */
function incarnationOf(config: Json): string | null {
  for (const key of ["firstStartTime", "userID"]) {
    if (typeof config[key] === "string") return config[key];
  }
  return null;
}

function entriesOf(value: unknown): Array<[string, unknown]> {
  return isObject(value) ? Object.entries(value) : [];
}
