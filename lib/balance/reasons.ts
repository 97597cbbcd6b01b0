// Why an account has its place in a ranking: reasons as plain data, and their English.
import { nameInLine } from "../text/escape.ts";
import { counted, formatDuration } from "../text/format.ts";
import type { WindowName, WindowUse } from "./windows.ts";
import { noWindowText, WINDOW_LABEL, windowLabel } from "./windows.ts";

/** Why not every account could be chosen. */
export type Restriction =
  /** The folder, with `~` for the home directory, is pinned to an account or to a group. */
  | { kind: "pin"; folder: string; account: string | null; group: string | null; isEmpty: boolean }
  /** The conversation belongs to a group, or to none (null). */
  | { kind: "wall"; group: string | null }
  | { kind: "text"; text: string };

/** The limit that holds an account back; times are relative to the choice. */
export interface MetLimit {
  kind: "limit" | "cooldown" | "manual";
  /** The short name of its window; null if it is of none. */
  label: string | null;
  /** The model that it holds back; null or missing if it is the whole account. */
  model?: string | null;
  agoMs: number;
  endsInMs: number;
}

/** Where the figures of a window come from; times are relative to the choice. */
export interface Evidence extends Pick<WindowUse, "source" | "ageMs"> {
  /** null if unknown. */
  endsInMs: number | null;
}

/**
 * One reason. Percentages are 0–100, weights and penalties are points of the score. With `model`, the
 * window is that of the model. The ledger stores what is left of a window, texts say what is used.
 */
export type Reason =
  | {
    kind: "left";
    window: WindowName;
    model?: string;
    percent: number;
    weight: number;
    /** The figure is estimated from hours of sessions. */
    estimated?: true;
  }
  /** How far the week is behind its pace; negative if it is ahead. */
  | { kind: "pace"; model?: string; percent: number; weight: number }
  | { kind: "elapsed"; model?: string; percent: number }
  /** The window isn't running, and a session would start it. */
  | { kind: "starts"; window: WindowName; points: number }
  | { kind: "rested"; minutes: number }
  | { kind: "running"; sessions: number; weight: number }
  /** How long 5h would last with this many sessions, one more than run now; null if there is no 5h. */
  | { kind: "room"; minutes: number | null; most: number; sessions: number; weight: number }
  | { kind: "unknown"; window: WindowName }
  /** The account has no such window, which counts as if nothing of it were used. */
  | { kind: "none"; window: WindowName; weight: number }
  /** The newest measurement of the account is this old. */
  | { kind: "old"; ageMs: number }
  /** A newer answer reports less usage than before, ahead of the reset. */
  | { kind: "fell"; window: WindowName; from: number }
  | { kind: "limit"; penalty: number; met?: MetLimit | null }
  | {
    kind: "reserve";
    window: WindowName;
    model?: string;
    percent: number;
    allowed: number;
    penalty: number;
    read?: Evidence | null;
  }
  /** The account is limited, but it has a limit reset that nobody has used yet. */
  | { kind: "reset" }
  /** The conversation would be moved here, and reading it again would use much of what is left. */
  | {
    kind: "landing";
    window: WindowName;
    model?: string;
    percent: number;
    cap: number;
    penalty: number;
  }
  /** The conversation would be moved here, and 5h wouldn't last for `least` minutes. */
  | { kind: "cramped"; minutes: number; least: number; penalty: number }
  /** The account is chosen only if no other one is open. */
  | { kind: "last" }
  /** A model is limited, and nobody knows whether the launch needs it. */
  | { kind: "doubt"; model: string }
  /** The score of the next account looks the same, and this decided. */
  | { kind: "level"; other: string; decidedBy: Decider }
  /** The account comes first, whatever its score. */
  | { kind: "owner" }
  | { kind: "restricted"; by: readonly Restriction[] }
  /** As an older version stored it. */
  | { kind: "text"; text: string };

/** What can decide between two scores that look the same. */
export type Decider = keyof typeof DECIDERS;

const DECIDERS = {
  sessions: "fewer running sessions",
  order: "first in config.json",
  unused: "never used yet",
  rest: "rested longer",
  digits: "less than 0.1 points ahead",
} as const;

/** What decided between two scores that look the same, as what the first of them is or has. */
export const DECIDED: Readonly<Record<Exclude<Decider, "digits">, string>> = {
  sessions: "has fewer running sessions",
  order: "is first in config.json",
  unused: "was never used yet",
  rest: "has rested longer",
};

/** What to do about a limit if a reset is in hand; only the user redeems it. */
export const UNUSED_RESET = "it has an unused limit reset: /limit-reset in claude";

const OWNER = "owns the conversation";
const RESTRICTED = "not all could be chosen: ";

/** A reason in English, as `pick --json` gives it: with the points that a limit costs. */
export function reasonText(reason: Reason): string {
  const points = "penalty" in reason ? `: −${reason.penalty}` : "";
  return `${noteText(reason)}${points}`;
}

/** A reason in English, for people. */
export function noteText(reason: Reason): string {
  switch (reason.kind) {
    case "left":
      return `${label(reason)} ${usedText(reason)} used × −${reason.weight}`;
    case "none":
      return `${noWindowText(reason.window)}, counted as unused`;
    case "pace":
      return `${weekOf(reason)} is ${percent(Math.abs(reason.percent))} ${
        reason.percent < 0 ? "ahead of" : "behind"
      } pace × ${reason.weight}`;
    case "elapsed":
      return `${percent(reason.percent)} of the ${weekOf(reason)} passed`;
    case "starts":
      return `${WINDOW_LABEL[reason.window]} not running +${reason.points}`;
    case "rested":
      return `unused for ${Math.round(reason.minutes)} min`;
    case "running":
      return `${reason.sessions} running × −${reason.weight}`;
    case "room": {
      const { minutes, most, sessions, weight } = reason;
      if (minutes === null) return `${noWindowText("five_hour")}: ${most} min × ${weight}`;
      const atLeast = minutes < most ? "" : "at least ";
      return `5h lasts ${atLeast}${Math.round(minutes)} min with ${
        counted(sessions, "session")
      } × ${weight}`;
    }
    case "unknown":
      return `${WINDOW_LABEL[reason.window]} unknown, counted as unused`;
    case "old":
      return `figures from ${formatDuration(reason.ageMs)} ago`;
    case "fell":
      return fallText(reason.window, reason.from);
    case "limit":
      return `limited${metText(reason.met ?? null)}`;
    case "reserve":
      return `${label(reason)} at ${percent(reason.percent)}, reserve ${percent(reason.allowed)}${
        evidenceText(reason.read ?? null)
      }`;
    case "reset":
      return UNUSED_RESET;
    case "landing":
      return `${label(reason)} at ${percent(reason.percent)}, no move here from ${
        percent(reason.cap)
      }`;
    case "cramped":
      return `5h would last ${
        Math.round(reason.minutes)
      } min after a move, less than ${reason.least}`;
    case "last":
      return "chosen only if no other account is open";
    case "doubt":
      return `${reason.model} is limited, and the model of this launch is unknown`;
    case "level":
      return `level with ${reason.other}: ${DECIDERS[reason.decidedBy]}`;
    case "owner":
      return OWNER;
    case "restricted":
      return `${RESTRICTED}${restrictionText(reason.by)}`;
    case "text":
      return reason.text;
  }
}

const LIMITED_BY = { limit: "by claude", cooldown: "after a refusal", manual: "by you" } as const;

function metText(met: MetLimit | null): string {
  if (met === null) return "";
  const { kind, label, agoMs, endsInMs } = met;
  const window = label === null ? "" : ` (${label})`;
  return ` ${LIMITED_BY[kind]}${window} ${formatDuration(agoMs)} ago, for ${
    formatDuration(endsInMs)
  } more`;
}

function evidenceText(read: Evidence | null): string {
  if (read === null) return "";
  const { endsInMs } = read;
  const reset = endsInMs === null ? "" : `, resets in ${formatDuration(endsInMs)}`;
  return `, ${sourceText(read)}${reset}`;
}

/** Where the figures of a window come from. */
const SOURCE_TEXTS: Readonly<Record<WindowUse["source"], string>> = {
  statusline: "by the status line",
  "usage-cache": "by claude",
  limit: "by a limit",
  absent: "by claude",
  cleared: "by you",
  estimate: "estimated from hours of sessions",
};

/** Source and age of the figures of a window: `read 5m ago by claude`. */
export function sourceText({ source, ageMs }: Pick<WindowUse, "source" | "ageMs">): string {
  const age = source === "estimate" ? "" : `read ${formatDuration(ageMs)} ago `;
  return `${age}${SOURCE_TEXTS[source]}`;
}

/** The short name of a window: `5h`, `7d opus`. */
function label({ window, model }: { window: WindowName; model?: string }): string {
  return windowLabel({ window, model: model ?? null });
}

/** `week`, or `opus week`. */
function weekOf({ model }: { model?: string }): string {
  return model === undefined ? "week" : `${model} week`;
}

/** A window that fell ahead of its reset: a limit reset was used, or the plan or the service changed. */
export function fallText(window: WindowName, from: number): string {
  return `${WINDOW_LABEL[window]} fell from ${
    percent(from)
  } before its reset: limit reset or upgrade`;
}

/** Why not every account could be chosen, in English. */
export function restrictionText(restrictions: readonly Restriction[]): string {
  return restrictions.map((restriction) => {
    switch (restriction.kind) {
      case "pin": {
        const { account, group, isEmpty } = restriction;
        const [to, missing] = account === null
          ? [`group "${group}"`, ", which has no accounts"]
          : [`account "${account}"`, ", which is not set up"];
        return `"${nameInLine(restriction.folder)}" is pinned to the ${to}${
          isEmpty ? missing : ""
        }`;
      }
      case "wall":
        return restriction.group === null
          ? "this conversation belongs to no group"
          : `this conversation belongs to the group "${restriction.group}"`;
      case "text":
        return restriction.text;
    }
  }).join("; ");
}

/** A reason from its JSON in the ledger; older versions stored its English. */
export function storedReason(stored: Reason | string): Reason {
  if (typeof stored !== "string") return stored;
  if (stored === OWNER) return { kind: "owner" };
  if (stored.startsWith(RESTRICTED)) {
    return { kind: "restricted", by: [{ kind: "text", text: stored.slice(RESTRICTED.length) }] };
  }
  const [, other, text] = /^level with ([^:]*): (.*)$/.exec(stored) ?? [];
  const decidedBy = (Object.keys(DECIDERS) as Decider[]).find((key) => DECIDERS[key] === text);
  return other === undefined || decidedBy === undefined
    ? { kind: "text", text: stored }
    : { kind: "level", other, decidedBy };
}

/** The percentage used of a window, with `~` if it is estimated. */
export function usedText(
  { percent: left, estimated }: Pick<Extract<Reason, { kind: "left" }>, "percent" | "estimated">,
): string {
  return `${estimated === true ? "~" : ""}${percent(100 - left)}`;
}

/** A percentage with at most one decimal. */
export function percent(value: number): string {
  return `${Math.round(value * 10) / 10} %`;
}
