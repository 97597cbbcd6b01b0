// The flow of one call: payload in, line out, then what is worth remembering.
import type { WindowName } from "../balance/windows.ts";
import { latestResetMs, mergeReadings, SAME_RESET_MS } from "../balance/windows.ts";
import type { Config } from "../config/config.ts";
import type { Heard } from "../ports/mod.ts";
import { accountOf } from "./account_of.ts";
import { loadWidths } from "../text/cells.ts";
import type { Theme } from "./color.ts";
import { colorLevelOf } from "./color.ts";
import type { Facts, ShownLimit } from "./facts.ts";
import type { Payload } from "../claude/status_payload.ts";
import { parsePayload } from "../claude/status_payload.ts";
import { readingOf, readingsToRecord } from "./recording.ts";
import { renderLine, widthOf } from "./render.ts";
import { fullness } from "./segments/room.ts";
import { USUAL_SEGMENTS } from "./segments/usual.ts";
import { readSettings } from "./settings.ts";
import type { Refreshed } from "../claude/transcript/progress.ts";
import { refresh } from "../claude/transcript/progress.ts";
import { LineScanner } from "../claude/transcript/scan.ts";
import type { World } from "./world.ts";

/** Milliseconds that one call may spend on reading transcripts and remembering what it read. */
export const BUDGET_MS = 100;
/** Milliseconds for saving one API call, which count into the budget; measured: 0.003 to 0.007. */
const REMEMBERING_MS = 0.008;

/** What is wanted of a call. */
type Wanted = "line" | "explanation" | "record";

/** What a call has to say, and what it does afterwards. */
interface Answer {
  /** The line or the explanation, without newline and never empty; empty when only recording. */
  text: string;
  /** Remembers readings and progress; to be run when the text is out. */
  remember: () => void;
}

/**
 * Reads the payload and everything around it, and answers. What few calls need is loaded only for
 * them: to be parsed is most of what our own code costs.
 */
export async function answer(
  stdin: string,
  options: { wanted: Wanted; world: World },
): Promise<Answer> {
  const { wanted, world } = options;
  await loadWidths(stdin);
  const payload = parsePayload(stdin);
  const settings = readSettings(world.readSmall(world.layout.configFile));
  const account = accountOf(
    { configDir: world.env("CLAUDE_CONFIG_DIR"), transcriptPath: payload.transcriptPath },
    { accounts: settings.accounts, layout: world.layout, resolve: world.files.resolve },
  );
  const session = wanted === "record" ? null : refreshSession(payload, world);
  const heard = account === null ? null : world.readings.heard(account, world.nowMs);
  const call: CallFacts = { payload, settings, account, session, heard, world };
  return {
    text: wanted === "line"
      ? await drawLine(call)
      : wanted === "explanation"
      ? await explainCall(call)
      : "",
    remember: () => remember(call),
  };
}

/** What is found out before anything is drawn. */
interface CallFacts {
  payload: Payload;
  settings: Config;
  account: string | null;
  session: RefreshedSession | null;
  heard: Heard | null;
  world: World;
}

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
  /** When reading began; to look at what is there comes before, and takes what it takes. */
  let startedMs: number | null = null;
  const mayGoOn = (calls: number): boolean => {
    startedMs ??= world.elapsedMs();
    return world.elapsedMs() - startedMs + calls * REMEMBERING_MS < BUDGET_MS;
  };
  const scanner = new LineScanner();
  const loaded = progress.load(mainPath);
  try {
    const refreshed = refresh(mainPath, { files, loaded, mayGoOn, scanner });
    return refreshed && { mainPath, revision: loaded?.revision ?? null, refreshed };
  } catch {
    // The store failed in the middle: count without it, and leave it alone.
    const refreshed = refresh(mainPath, { files, loaded: null, mayGoOn, scanner });
    return refreshed &&
      { mainPath, revision: null, refreshed: { ...refreshed, changed: false } };
  }
}

async function drawLine(call: CallFacts): Promise<string> {
  const { payload, settings, account, session, heard, world } = call;
  const { nowMs, env } = world;
  const { segments: names, barWidth, padding } = settings.statusline;
  const segments = names === null
    ? USUAL_SEGMENTS
    : (await import("./lazy.ts")).chooseSegments(names);
  const limits = {
    five_hour: limitOf("five_hour", { payload, heard, nowMs }),
    seven_day: limitOf("seven_day", { payload, heard, nowMs }),
  };
  const { reserve } = settings;
  const limitedUntilMs = heard?.limitedUntilMs ?? null;
  const asked = (name: string): boolean => segments.some((segment) => segment.name === name);
  const crowded = fullness({ limits, reserve, limitedUntilMs, nowMs }) !== "open";
  const looksElsewhere = crowded || asked("next");
  const rare = looksElsewhere || asked("branch") || asked("burn")
    ? (await import("./lazy.ts")).rareFacts
    : null;
  const facts: Facts = {
    nowMs,
    payload,
    account,
    totals: session?.refreshed.totals ?? null,
    limits,
    reserve,
    limitedUntilMs,
    launched: settings.handoff !== "off" && env("CLAUDE_MULTI_SESSION") !== null,
    barWidth,
    ...rare === null
      ? { branch: () => null, room: () => null, next: () => null, fullAtMs: () => null }
      : await rare({ payload, settings, account, limits, world, looksElsewhere }),
  };
  return renderLine(facts, {
    segments,
    width: widthOf(env("COLUMNS"), padding),
    level: colorLevelOf(env),
    theme: themeOf(settings, world),
  });
}

async function explainCall({ account, session, world }: CallFacts): Promise<string> {
  const { explain } = await import("./lazy.ts");
  const refreshed = session?.refreshed ?? null;
  return explain({ account, refreshed, elapsedMs: world.elapsedMs() });
}

function remember({ payload, account, session, heard, world }: CallFacts): void {
  const { nowMs } = world;
  if (account !== null) {
    const fresh = readingsToRecord(payload, { account, known: heard?.readings ?? [], nowMs });
    if (fresh.length > 0) world.readings.add(fresh);
  }
  if (session === null || !session.refreshed.changed) return;
  const { refreshed, mainPath, revision } = session;
  const { progress, restart, calls } = refreshed;
  world.progress.save(mainPath, { progress, revision, restart, calls, nowMs });
}

/**
 * What the payload and the ledger say together: another terminal may have heard more, or of a later
 * reset. A payload without a reset time is taken as it is; one whose reset has passed or lies too
 * far away says nothing.
 */
function limitOf(
  window: WindowName,
  from: { payload: Payload; heard: Heard | null; nowMs: number },
): ShownLimit | null {
  const { nowMs } = from;
  const said = from.payload.limits[window];
  const resetsAtMs = said?.resetsAtMs ?? null;
  if (said !== null && resetsAtMs === null) return { ...said, live: true };
  const known = from.heard?.readings.filter((r) => r.window === window) ?? [];
  const counts = said !== null && resetsAtMs !== null && resetsAtMs > nowMs &&
    resetsAtMs <= latestResetMs(window, nowMs);
  const reading = counts
    ? readingOf({ ...said, resetsAtMs }, { account: "", window, nowMs })
    : null;
  const state = mergeReadings(reading === null ? known : [...known, reading], nowMs);
  if (state === null) return null;
  const isLive = counts && reading !== null && reading.percentUsed >= state.percentUsed &&
    (state.resetsAtMs ?? 0) - resetsAtMs <= SAME_RESET_MS;
  return isLive
    ? { ...said, live: true }
    : { percentUsed: state.percentUsed, resetsAtMs: state.resetsAtMs, live: false };
}

/** The theme of the settings; `auto` asks the client's own (CONTRACT §1: settings.json). */
function themeOf({ statusline: { theme } }: Config, world: World): Theme {
  if (theme !== "auto") return theme;
  const configDir = world.env("CLAUDE_CONFIG_DIR") ?? world.layout.shared;
  const text = world.readSmall(`${configDir}/settings.json`);
  return text !== null && /"theme"\s*:\s*"light/.test(text) ? "light" : "dark";
}
