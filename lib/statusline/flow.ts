// The flow of one call: payload in, line out, then what is worth remembering.
import type { Layout } from "../core/paths.ts";
import type { Reading, WindowName } from "../core/usage.ts";
import { mergeReadings, SAME_RESET_MS } from "../core/usage.ts";
import type { ProgressStore, ReadingLog, TranscriptFiles } from "../ports.ts";
import { accountOf } from "./account_of.ts";
import type { ColorLevel, Theme } from "./color.ts";
import { colorLevelOf } from "./color.ts";
import { explain } from "./explain.ts";
import type { Facts, ShownLimit } from "./facts.ts";
import { fullAtMs } from "./forecast.ts";
import { gitBranch } from "./git_branch.ts";
import type { Payload } from "./payload.ts";
import { parsePayload } from "./payload.ts";
import { readingsToRecord } from "./recording.ts";
import { renderLine } from "./render.ts";
import { findRoom } from "./room.ts";
import type { Settings } from "./settings.ts";
import { readSettings } from "./settings.ts";
import type { Refreshed } from "./transcript/progress.ts";
import { refreshTotals } from "./transcript/progress.ts";

/** Milliseconds that one call may spend on reading transcripts and remembering what it read. */
export const BUDGET_MS = 150;
/** What remembering one API call costs, in milliseconds, as measured; it counts into the budget. */
const REMEMBERING_MS = 0.006;
/** Cells at the right edge that the client needs for itself (CONTRACT §5). */
const CLIENT_CELLS = 4;
const DEFAULT_COLUMNS = 80;

/** The world of one call. */
export interface World {
  layout: Layout;
  env: (name: string) => string | null;
  /** Milliseconds since the epoch. */
  nowMs: number;
  /** Milliseconds since this process began its work. */
  elapsedMs: () => number;
  /** Text of a small file, null when it cannot be read. */
  readSmall: (path: string) => string | null;
  files: TranscriptFiles;
  progress: ProgressStore;
  readings: ReadingLog;
}

/** What a call has to say, and what it does afterwards. */
export interface Call {
  /** The status line, without newline; never empty. */
  line: () => string;
  /** The account of how the line came about, as JSON. */
  explanation: () => string;
  /** Remembers readings and progress; to be run when the line is out. */
  remember: () => void;
}

/** Reads the payload and everything around it. Nothing in it throws. */
export function prepareCall(text: string, world: World): Call {
  const payload = parsePayload(text);
  const settings = readSettings(world.readSmall(world.layout.configFile));
  const configDir = world.env("CLAUDE_CONFIG_DIR");
  const account = accountOf(
    { configDir, transcriptPath: payload.transcriptPath },
    { accounts: settings.accounts, layout: world.layout, resolve: world.files.resolve },
  );
  const known = once(() => account === null ? null : world.readings.standing(account, world.nowMs));
  const refresh = once(() => refreshSession(payload, world));
  const facts = once(() => gatherFacts({ payload, settings, account, known, refresh, world }));
  return {
    line: () =>
      renderLine(facts(), {
        segments: settings.segments,
        width: widthOf(world.env("COLUMNS"), settings.padding),
        level: levelOf(world),
        theme: themeOf(settings, { configDir, world }),
      }),
    explanation: () =>
      explain({ account, refreshed: refresh()?.refreshed ?? null, elapsedMs: world.elapsedMs() }),
    remember() {
      const { nowMs } = world;
      if (account !== null) {
        const fresh = readingsToRecord(payload, {
          account,
          known: known()?.readings ?? [],
          nowMs,
        });
        if (fresh.length > 0) world.readings.add(fresh);
      }
      const session = refresh();
      if (session === null || !session.refreshed.changed) return;
      const { refreshed, mainPath, revision } = session;
      world.progress.save(mainPath, {
        progress: refreshed.progress,
        revision,
        restart: refreshed.restart,
        calls: refreshed.calls,
        nowMs,
      });
    },
  };
}

type Standing = ReturnType<ReadingLog["standing"]>;

interface RefreshedSession {
  mainPath: string;
  /** Of the remembered progress; null when there was none. */
  revision: number | null;
  refreshed: Refreshed;
}

function refreshSession(payload: Payload, world: World): RefreshedSession | null {
  if (payload.transcriptPath === null) return null;
  const { files, progress } = world;
  const mainPath = files.resolve(payload.transcriptPath);
  const startedMs = world.elapsedMs();
  const mayGoOn = (calls: number): boolean =>
    world.elapsedMs() - startedMs + calls * REMEMBERING_MS < BUDGET_MS;
  const loaded = progress.load(mainPath);
  try {
    const refreshed = refreshTotals(mainPath, { files, loaded, mayGoOn });
    return refreshed === null ? null : { mainPath, revision: loaded?.revision ?? null, refreshed };
  } catch {
    // The store failed in the middle: count without it, and leave it alone.
    const refreshed = refreshTotals(mainPath, { files, loaded: null, mayGoOn });
    return refreshed === null
      ? null
      : { mainPath, revision: null, refreshed: { ...refreshed, changed: false } };
  }
}

function gatherFacts(from: {
  payload: Payload;
  settings: Settings;
  account: string | null;
  known: () => Standing;
  refresh: () => RefreshedSession | null;
  world: World;
}): Facts {
  const { payload, settings, account, known, world } = from;
  const { nowMs, readings } = world;
  const limits = {
    five_hour: limitOf("five_hour", { payload, known, nowMs }),
    seven_day: limitOf("seven_day", { payload, known, nowMs }),
  };
  return {
    nowMs,
    payload,
    account,
    totals: from.refresh()?.refreshed.totals ?? null,
    limits,
    limitedUntilMs: known()?.limitedUntilMs ?? null,
    launched: world.env("CLAUDE_MULTI_SESSION") !== null,
    barWidth: settings.barWidth,
    branch: () => payload.directory === null ? null : gitBranch(payload.directory, world.readSmall),
    room: once(() => findRoom(account, { settings, readings, nowMs })),
    fullAtMs() {
      const limit = limits.five_hour;
      if (limit === null || limit.resetsAtMs === null || account === null) return null;
      const { percentUsed, resetsAtMs } = limit;
      return fullAtMs(
        { nowMs, percentUsed, resetsAtMs },
        readings.recent(account, { window: "five_hour", resetsAtMs, toleranceMs: SAME_RESET_MS }),
      );
    },
  };
}

/** What the payload says, else what the ledger heard last. */
function limitOf(
  window: WindowName,
  from: { payload: Payload; known: () => Standing; nowMs: number },
): ShownLimit | null {
  const said = from.payload.limits[window];
  if (said !== null) return { ...said, live: true };
  const heard: Reading[] = from.known()?.readings.filter((r) => r.window === window) ?? [];
  const state = mergeReadings(heard, from.nowMs);
  return state === null
    ? null
    : { percentUsed: state.percentUsed, resetsAtMs: state.resetsAtMs, live: false };
}

/** Cells of the line: the terminal's, less what the client keeps and pads. */
export function widthOf(columns: string | null, padding: number): number {
  const number = columns !== null && /^\d{1,6}$/.test(columns) ? Number(columns) : 0;
  return Math.max(1, (number > 0 ? number : DEFAULT_COLUMNS) - CLIENT_CELLS - 2 * padding);
}

function levelOf(world: World): ColorLevel {
  return colorLevelOf(world.env);
}

/** The theme of the settings; `auto` asks the client's own (CONTRACT §1: settings.json). */
function themeOf(
  settings: Settings,
  from: { configDir: string | null; world: World },
): Theme {
  if (settings.theme !== "auto") return settings.theme;
  const text = from.world.readSmall(`${from.configDir ?? from.world.layout.shared}/settings.json`);
  return text !== null && /"theme"\s*:\s*"light/.test(text) ? "light" : "dark";
}

function once<T>(compute: () => T): () => T {
  let result: { value: T } | null = null;
  return () => (result ??= { value: compute() }).value;
}
