// The flow of one call: payload in, line out, then what is worth recording.
import type { Reading, WindowName, WindowState } from "../balance/windows.ts";
import { lastEndMs, limitsInForce } from "../balance/limits.ts";
import { mergeReadings, WINDOWS } from "../balance/windows.ts";
import { globalConfigOf, identityIn } from "../claude/logged_in.ts";
import type { Account, Identity } from "../config/account.ts";
import { figuresKey, identityKey, reserveOf } from "../config/account.ts";
import type { Config } from "../config/config.ts";
import { HANDOFF_VARIABLE, handoffInForce } from "../config/handoff.ts";
import type { Heard } from "../ports/mod.ts";
import { accountOf } from "./account_of.ts";
import { loadWidths } from "../text/cells.ts";
import { objectIn, objectOf } from "../text/json_object.ts";
import type { Theme } from "./color.ts";
import { colorLevelOf } from "./color.ts";
import type { Facts, ShownLimit } from "./facts.ts";
import type { Payload } from "../claude/status_payload.ts";
import { parsePayload } from "../claude/status_payload.ts";
import type { Said } from "./recording.ts";
import { saidBy } from "./recording.ts";
import { renderLine, widthOf } from "./render.ts";
import { fullness, mostUsed } from "./segments/room.ts";
import { USUAL_SEGMENTS } from "./segments/usual.ts";
import { readSettings } from "./settings.ts";
import type { Refreshed } from "../claude/transcript/progress.ts";
import { refresh } from "../claude/transcript/progress.ts";
import { LineScanner } from "../claude/transcript/scan.ts";
import type { World } from "./world.ts";

/** Milliseconds that one call may spend on reading transcripts and recording what it read. */
const BUDGET_MS = 100;
/** Milliseconds for recording one API call, which count into the budget; measured: 0.003 to 0.007. */
const RECORDING_MS = 0.008;

/** The output of a call, and what it does afterwards. */
interface Answer {
  /** The line or the explanation, without newline; empty only for `record`. */
  text: string;
  /** Records readings and progress; to be called after the text was printed. */
  record: () => Promise<void>;
}

/**
 * Reads the payload and everything around it, and answers. Code that few calls need is loaded only
 * for them, because parsing is most of the cost of our own code.
 */
export async function answer(
  stdin: string,
  options: { wanted: "line" | "explanation" | "record"; world: World },
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
  const { nowMs } = world;
  const own = settings.accounts.find(({ name }) => name === account);
  const globalConfig = globalConfigIn(own, world);
  const loggedIn = () => identityIn(globalConfig());
  const identity = figuresKey(own?.identity ?? null, loggedIn);
  const asked = { session: payload.sessionId, identity, nowMs };
  const heard = account === null ? null : world.readings.heard(account, asked);
  const said = saidBy(payload, {
    account: account ?? "",
    last: heard?.last ?? null,
    nowMs,
    knownAtMs: world.readings.knownAtMs,
  });
  const call: CallFacts = {
    payload,
    settings,
    account,
    own,
    identity,
    globalConfig,
    loggedIn,
    session,
    heard,
    said,
    world,
  };
  const texts = { line: drawLine, explanation: explainCall, record: () => "" };
  return { text: await texts[wanted](call), record: () => record(call) };
}

/** What is known before anything is drawn. */
interface CallFacts {
  payload: Payload;
  settings: Config;
  account: string | null;
  /** Its row in config.json; undefined if the session isn't one of ours. */
  own: Account | undefined;
  /** The key of whose figures count for the account. */
  identity: string | null;
  /** What the client keeps about the account, read at the first call; null if that can't be read. */
  globalConfig: () => Record<string, unknown> | null;
  /** Who is logged in to the account, from there; null if unknown. */
  loggedIn: () => Identity | null;
  session: RefreshedSession | null;
  heard: Heard | null;
  said: Said;
  world: World;
}

/** The client's own file about an account, read when it is first asked for: it may be large. */
function globalConfigIn(
  account: Account | undefined,
  { layout, readText }: World,
): () => Record<string, unknown> | null {
  let known: Record<string, unknown> | null | undefined;
  return () => {
    if (account === undefined) return null;
    if (known === undefined) known = objectAt(globalConfigOf(account, layout));
    return known;
  };

  function objectAt(path: string): Record<string, unknown> | null {
    try {
      return objectIn(readText(path));
    } catch {
      return null;
    }
  }
}

interface RefreshedSession {
  mainPath: string;
  /** The revision of the recorded progress; null if there was none. */
  revision: number | null;
  refreshed: Refreshed;
}

function refreshSession(payload: Payload, world: World): RefreshedSession | null {
  if (payload.transcriptPath === null) return null;
  const { files, progress } = world;
  const mainPath = files.resolve(payload.transcriptPath);
  /** When reading started; finding the files comes before, and isn't limited. */
  let startedMs: number | null = null;
  const mayGoOn = (calls: number): boolean => {
    startedMs ??= world.elapsedMs();
    return world.elapsedMs() - startedMs + calls * RECORDING_MS < BUDGET_MS;
  };
  const scanner = new LineScanner();
  const loaded = progress.load(mainPath);
  try {
    const refreshed = refresh(mainPath, { files, loaded, mayGoOn, scanner });
    return refreshed && { mainPath, revision: loaded?.revision ?? null, refreshed };
  } catch {
    // The store failed midway: count without it, and leave it alone.
    const refreshed = refresh(mainPath, { files, loaded: null, mayGoOn, scanner });
    return refreshed && { mainPath, revision: null, refreshed: { ...refreshed, changed: false } };
  }
}

async function drawLine(call: CallFacts): Promise<string> {
  const { payload, settings, account, session, heard, world } = call;
  const { nowMs, env } = world;
  const { handoff, statusline: { segments: names, barWidth, padding } } = settings;
  const segments = names === null
    ? USUAL_SEGMENTS
    : (await import("./lazy.ts")).chooseSegments(names);
  const windows = {
    five_hour: windowOf("five_hour", call),
    seven_day: windowOf("seven_day", call),
  };
  const limits = {
    five_hour: shownLimit("five_hour", { call, state: windows.five_hour }),
    seven_day: shownLimit("seven_day", { call, state: windows.seven_day }),
  };
  const lacks = WINDOWS.filter((window) => windows[window]?.state === "none");
  const reserve = reserveOf(call.own, settings);
  const hasModel = [...heard?.limits ?? [], ...heard?.readings ?? []].some(({ model }) =>
    model !== null
  );
  const model = heard !== null && hasModel
    ? (await import("./lazy.ts")).ofModel(heard, { payload, nowMs })
    : { limits: heard?.limits ?? [], windows: [], shown: null };
  const own = WINDOWS.map((window) => ({ window, model: null, state: windows[window] }));
  const inForce = limitsInForce(model.limits, { windows: [...own, ...model.windows], nowMs });
  const limitedUntilMs = lastEndMs(inForce);
  const asked = (name: string): boolean => segments.some((segment) => segment.name === name);
  const full = fullness({ limits, modelWeek: model.shown, reserve, limitedUntilMs, nowMs });
  const looksElsewhere = full !== "open" || asked("next");
  const rare = looksElsewhere || asked("branch") || asked("burn") || asked("out")
    ? (await import("./lazy.ts")).rareFacts
    : null;
  const atLimit = handoffInForce(handoff, env(HANDOFF_VARIABLE));
  const facts: Facts = {
    nowMs,
    payload,
    account,
    totals: session?.refreshed.totals ?? null,
    isRefused: inForce.some(({ kind }) => kind === "limit") ||
      mostUsed({ limits, modelWeek: model.shown }) >= 100,
    isEmpty: payload.transcriptPath !== null && session?.refreshed.totals.isEmpty !== false,
    limits,
    lacks,
    modelWeek: model.shown,
    reserve,
    limitedUntilMs,
    moves: atLimit === "off" || env("CLAUDE_MULTI_SESSION") === null ? null : atLimit,
    barWidth,
    ...rare === null
      ? {
        branch: () => null,
        room: () => null,
        next: () => null,
        fullAtMs: () => null,
        outlook: () => null,
      }
      : await rare({ ...call, limits, looksElsewhere }),
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

async function record(call: CallFacts): Promise<void> {
  const { payload, account, loggedIn, session, said, world } = call;
  const { nowMs } = world;
  if (account !== null && said.news !== null) {
    const identity = identityKey(loggedIn());
    const readings = said.readings.map((reading) => ({ ...reading, identity }));
    const weeks = await newWeeks(account, call);
    world.readings.add([...readings, ...weeks], { ...said.news, session: payload.sessionId });
  }
  if (session === null || !session.refreshed.changed) return;
  const { refreshed, mainPath, revision } = session;
  const { progress, restart, calls } = refreshed;
  world.progress.save(mainPath, { progress, revision, restart, calls, nowMs });
}

/**
 * The weeks of models in the usage answer that the client has cached since the last news: no payload
 * names them (CONTRACT §13).
 */
async function newWeeks(account: string, call: CallFacts): Promise<Reading[]> {
  const { globalConfig, heard } = call;
  const answer = globalConfig()?.["cachedUsageUtilization"];
  const isNew = Number(objectOf(answer)["fetchedAtMs"]) > (heard?.last?.measuredAtMs ?? 0);
  if (!isNew) return [];
  const { weeksIn } = await import("./lazy.ts");
  const loggedIn = identityKey(call.loggedIn());
  return weeksIn(answer, { account, loggedIn, known: heard?.readings ?? [] });
}

/** Combines payload and ledger: another terminal may have newer numbers. */
function windowOf(window: WindowName, { heard, said, world }: CallFacts): WindowState | null {
  const all = [...heard?.readings ?? [], ...said.readings];
  return mergeReadings(all.filter((reading) => reading.window === window), world.nowMs);
}

/** A window as it is shown; a payload without a reset time is used as it is. */
function shownLimit(
  window: WindowName,
  { call, state }: { call: CallFacts; state: WindowState | null },
): ShownLimit | null {
  const told = call.payload.limits[window];
  if (told !== null && told.resetsAtMs === null) return { ...told, live: true };
  if (state === null || state.state === "none") return null;
  const { percentUsed, resetsAtMs } = state;
  const isLive = told !== null && resetsAtMs === told.resetsAtMs &&
    Math.abs(percentUsed - told.percentUsed) < 0.01;
  return isLive ? { ...told, live: true } : { percentUsed, resetsAtMs, live: false };
}

/** The theme from the settings; `auto` follows the client's (CONTRACT §1: settings.json). */
function themeOf({ statusline: { theme } }: Config, world: World): Theme {
  if (theme !== "auto") return theme;
  const configDir = world.env("CLAUDE_CONFIG_DIR") ?? world.layout.shared;
  const text = world.readSmall(`${configDir}/settings.json`);
  return text !== null && /"theme"\s*:\s*"light/.test(text) ? "light" : "dark";
}
