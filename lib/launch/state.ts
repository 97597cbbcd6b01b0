// The states of a conversation and what follows each event: pure; run_conversation.ts performs it.
import type { Config } from "../config/config.ts";
import type { Outcome } from "../ports/mod.ts";
import { EXIT, messageOf, UserError } from "../text/errors.ts";
import type { LimitedConversation } from "./limits.ts";

/** If a reset is this near, waiting for it is the default answer. */
export const NEAR_MS = 10 * 60_000;
/** The client records within this time after its hook has run that it is idle. */
const SETTLING_MS = 5_000;
/** Who has typed since the refusal, and paused for this long, has left. */
const TYPING_MS = 30_000;
/** Linux tells once in this time that something is typed. */
const TYPED_STEP_MS = 8_000;
/** It writes the record of a turn within this time. */
const WRITTEN_MS = 1_000;

/** An account that a conversation can move to. */
export interface Offer {
  account: string;
  /** Percent used of its 5h window, 0 to 100; `none` if it has no such window, null if unknown. */
  percentUsed: number | "none" | null;
  /** How old that figure is, if it is old. */
  ageMs?: number;
  /** The model to continue with, on the account that it is on; missing if the model stays. */
  model?: string;
  /** When it opens again; missing if it is open. */
  opensAtMs?: number;
}

/** What is sent when a conversation has moved. */
export type Sending =
  | { prompt: string }
  /** Nothing; if there is a reason, it is said. */
  | { prompt: null; why: string | null };

/** How a conversation moves; `retry`: a -p request that hit the limit is sent again. */
export type Mode = Config["handoff"] | "retry";

/** The move of a conversation away from a limited account. */
export interface Move {
  limited: LimitedConversation;
  mode: Mode;
  /** How its client ended; null if the launcher was killed before that. */
  outcome: Outcome | null;
  /** Where it can go; null until the accounts are compared. */
  offer: Offer | null;
  /** What is sent there; null until that is known, or if the user wants to type it. */
  sending: Sending | null;
}

/** What we know about the running client. */
interface Seen {
  /** Whether its status is busy while only a background task runs. */
  countsTasks: boolean;
  /** When the limit in the terminal's title was recorded; null if we set no title. */
  titledAtMs: number | null;
  /** When the limit was recorded that a notice was given of; null if there was none. */
  toldAtMs: number | null;
}

/** The state of a conversation. */
export type State =
  /** An earlier launcher was killed at the limit; the user is asked whether to continue. */
  | { at: "interrupted"; limited: LimitedConversation }
  /** It gets an account and a client; `move` is null the first time. */
  | { at: "moving"; move: Move | null }
  /** Its client is running. */
  | { at: "running"; seen: Seen }
  /** The account is limited, but the client is still working. */
  | { at: "limited"; seen: Seen }
  /** The client waits for the reset. */
  | { at: "idle"; seen: Seen; limited: LimitedConversation; canEnd: boolean; wantsTitle: boolean }
  /** We have asked the client to end, since there is an offer. */
  | { at: "ending"; seen: Seen; offer: Offer }
  /** The client has ended, and we look for another account or offer it. */
  | { at: "offering"; move: Move; other: Offer | null; isNear: boolean }
  /** Over: with the client's outcome, or with an error. */
  | { at: "ended"; outcome: Outcome | null; error: unknown };

/** What a look at the running client showed. */
export interface Look {
  nowMs: number;
  /** What the client is doing, by its record of the session, and since when (NaN if unknown). */
  status: unknown;
  changedAtMs: number;
  limited: LimitedConversation | null;
  /** When something was last typed; null if unknown. */
  typedAtMs: number | null;
  /** Background tasks, as counted by its hooks. */
  tasks: number;
  /** Whether we may end the client ourselves, and whether the title should name the offer. */
  isAuto: boolean;
  wantsTitle: boolean;
  /** Whether notices are wanted. */
  wantsNotice: boolean;
}

/** What happened. */
export type Event =
  | { on: "answered"; answer: string | null }
  | { on: "leased" }
  | { on: "launched" }
  | { on: "looked"; look: Look }
  /**
   * The accounts were compared. With `other`, it can also stay on its account with another model.
   * `movesLeft`: how often it may still move by itself; `sending`: what would be sent after a move.
   */
  | {
    on: "surveyed";
    offer: Offer | null;
    other?: Offer | null;
    nowMs: number;
    movesLeft: number;
    sending: Sending;
  }
  | { on: "exited"; outcome: Outcome; limited: LimitedConversation | null; mode: Mode }
  /** It can't move; if the reason is null, nothing is said. */
  | { on: "blocked"; why: string | null }
  | { on: "failed"; error: unknown };

/** What to do next; the last of several actions causes the next event. */
export type Action =
  | { do: "ask whether to continue"; limited: LimitedConversation; isAgain?: true }
  | { do: "lease"; move: Move | null }
  | { do: "launch" }
  | { do: "watch" }
  | { do: "wait" }
  | { do: "survey"; limited: LimitedConversation }
  | { do: "find offer"; move: Move }
  | { do: "ask"; move: Move; offer: Offer; other: Offer | null; isNear: boolean; isAgain?: true }
  | { do: "set title"; limited: LimitedConversation; offer: Offer | null }
  | { do: "clear title" }
  | { do: "tell"; limited: LimitedConversation }
  | { do: "end client" }
  | { do: "print output" }
  | { do: "say why it stays"; move: Move; why: string }
  | { do: "say how to continue"; limited: LimitedConversation };

/** A state and the actions to perform in it. */
export interface Step {
  state: State;
  actions: Action[];
}

type Of<Union, Key extends PropertyKey, Value> = Extract<Union, Record<Key, Value>>;
type Row<S extends State> = {
  [E in Event["on"]]?: (state: S, event: Of<Event, "on", E>) => Step;
};

const watched: Row<Of<State, "at", "running" | "limited" | "idle">> = {
  looked: ({ seen }, { look }) => looked(seen, look),
  exited: ({ seen }, event) => exited(seen, { event, offer: null }),
  // A file that can't be read now may be readable in a moment.
  failed: (state) => ({ state, actions: [{ do: "watch" }] }),
};

/** One row per state, with the events that matter in it. */
const TABLE: { [S in State["at"]]: Row<Of<State, "at", S>> } = {
  interrupted: {
    answered(state, { answer }) {
      const { limited } = state;
      // Whoever leaves the question wants no new conversation either.
      if (answer === null) {
        const error = new UserError("cancelled; nothing was started", { exit: EXIT.cancelled });
        return {
          state: { at: "ended", outcome: null, error },
          actions: [{ do: "say how to continue", limited }],
        };
      }
      const yes = yesOrNo(answer, { standard: true });
      if (yes === null) {
        return { state, actions: [{ do: "ask whether to continue", limited, isAgain: true }] };
      }
      if (yes) return moving({ limited, mode: "ask", outcome: null, offer: null, sending: null });
      const { state: next, actions } = moving(null);
      return { state: next, actions: [{ do: "say how to continue", limited }, ...actions] };
    },
    failed: () => moving(null),
  },
  moving: {
    leased: (state) => ({ state, actions: [{ do: "launch" }] }),
    launched: () => ({
      state: { at: "running", seen: { countsTasks: false, titledAtMs: null, toldAtMs: null } },
      actions: [{ do: "watch" }],
    }),
    blocked: ({ move }, { why }) => stays(move, why),
    failed: ({ move }, { error }) => failed(move, error),
  },
  running: watched,
  limited: watched,
  idle: {
    ...watched,
    surveyed(state, { offer, movesLeft }) {
      const { limited, canEnd, wantsTitle } = state;
      const title: Action[] = wantsTitle ? [{ do: "set title", limited, offer }] : [];
      const titledAtMs = wantsTitle ? limited.limit.recordedAtMs : state.seen.titledAtMs;
      const seen = { ...state.seen, titledAtMs };
      return canEnd && offer !== null && movesLeft > 0
        ? {
          state: { at: "ending", seen, offer },
          actions: [...title, { do: "end client" }, { do: "wait" }],
        }
        : { state: { ...state, seen }, actions: [...title, { do: "watch" }] };
    },
  },
  ending: {
    exited: ({ seen, offer }, event) => exited(seen, { event, offer }),
    failed: (state) => ({ state, actions: [{ do: "wait" }] }),
  },
  offering: {
    surveyed(state, { offer: elsewhere, other: here = null, nowMs, movesLeft, sending }) {
      // Another model is a choice of the user: nothing but a question leads to it.
      const [offer, other] = elsewhere === null && state.move.mode === "ask"
        ? [here, null]
        : [elsewhere, here];
      const move = { ...state.move, offer, sending };
      if (offer === null) return stays(move, null);
      if (move.mode === "auto" && movesLeft <= 0) return stays(move, spentText(move));
      if (move.mode !== "ask") return moving(move);
      // An offer to wait is what a near reset asks for.
      const waits = offer.opensAtMs !== undefined;
      const isNear = !waits && move.limited.limit.untilMs - nowMs <= NEAR_MS;
      return {
        state: { ...state, move, other, isNear },
        actions: [{ do: "ask", move, offer, other, isNear }],
      };
    },
    answered(state, { answer }) {
      const { move, other, isNear } = state;
      const chosen = choiceOf(answer, { standard: !isNear, hasOther: other !== null });
      if (chosen === "unclear" && move.offer !== null) {
        const { offer } = move;
        return { state, actions: [{ do: "ask", move, offer, other, isNear, isAgain: true }] };
      }
      if (chosen === "no" || chosen === "unclear") {
        const { limited, outcome } = move;
        const said: Action = { do: "say how to continue", limited };
        return ended(outcome, [{ do: "print output" }, said]);
      }
      return moving({
        ...move,
        offer: chosen.isOther ? other : move.offer,
        sending: chosen.sends ? move.sending : null,
      });
    },
    blocked: ({ move }, { why }) => stays(move, why),
    failed: ({ move }, { error }) => failed(move, error),
  },
  ended: {},
};

/** The first step of a launch: it offers the conversation that was interrupted in its folder, if any. */
export function begin(interrupted: LimitedConversation | null): Step {
  if (interrupted === null) return moving(null);
  return {
    state: { at: "interrupted", limited: interrupted },
    actions: [{ do: "ask whether to continue", limited: interrupted }],
  };
}

/** The step that follows an event; an event that doesn't matter in a state changes nothing. */
export function next(state: State, event: Event): Step {
  const column = TABLE[state.at][event.on] as ((s: State, e: Event) => Step) | undefined;
  return column?.(state, event) ?? { state, actions: [] };
}

function moving(move: Move | null): Step {
  return { state: { at: "moving", move }, actions: [{ do: "lease", move }] };
}

function looked(before: Seen, look: Look): Step {
  const { limited, nowMs } = look;
  const isOver = limited !== null && nowMs - limited.limit.recordedAtMs >= WRITTEN_MS;
  const metAtMs = limited?.limit.recordedAtMs ?? NaN;
  const isSettled = limited !== null && nowMs - limited.limit.recordedAtMs >= SETTLING_MS;
  // Its turn was refused and it is still busy, so a background task is running.
  const isBusy = isSettled && look.status === "busy" && look.changedAtMs <= metAtMs;
  const countsTasks = before.countsTasks || look.status === "shell" || isBusy;
  const tells = look.wantsNotice && limited !== null && before.toldAtMs !== metAtMs;
  const tell: Action[] = tells ? [{ do: "tell", limited }] : [];
  const seen = { ...before, countsTasks, toldAtMs: tells ? metAtMs : before.toldAtMs };
  const watch: Action[] = [...tell, { do: "watch" }];
  if (limited === null || limited.id === null) {
    return { state: { at: "running", seen }, actions: watch };
  }
  // Nothing was sent since the refusal.
  const waits = look.status === "idle" || look.status === "dialog";
  const isIdle = isOver && waits && look.changedAtMs <= metAtMs + SETTLING_MS;
  if (!isIdle) return { state: { at: "limited", seen }, actions: watch };
  // While a dialog is open, the status says nothing about tasks.
  const hasTasks = look.tasks > 0 && (!countsTasks || look.status === "dialog");
  const canEnd = look.isAuto && isSettled && !hasTasks && !mayType(look, metAtMs);
  const wantsTitle = look.wantsTitle && seen.titledAtMs !== metAtMs;
  return {
    state: { at: "idle", seen, limited, canEnd, wantsTitle },
    actions: canEnd || wantsTitle ? [...tell, { do: "survey", limited }] : watch,
  };
}

/** Whether somebody may be typing the next prompt, which would be lost with the client. */
function mayType({ nowMs, typedAtMs }: Look, metAtMs: number): boolean {
  if (typedAtMs === null) return false;
  const stepOf = (atMs: number) => Math.floor(atMs / TYPED_STEP_MS);
  return typedAtMs > metAtMs ? nowMs - typedAtMs < TYPING_MS : stepOf(nowMs) === stepOf(typedAtMs);
}

function exited(
  seen: Seen,
  { event, offer }: { event: Of<Event, "on", "exited">; offer: Offer | null },
): Step {
  const { limited, mode, outcome } = event;
  // As the client leaves it when it exits.
  const title: Action[] = seen.titledAtMs === null ? [] : [{ do: "clear title" }];
  const canMove = mode === "retry" ? outcome.code !== 0 : mode !== "off" && limited?.id !== null;
  if (limited === null || !canMove) {
    return ended(outcome, [...title, { do: "print output" }]);
  }
  const move = { limited, mode, outcome, offer, sending: null };
  return {
    state: { at: "offering", move, other: null, isNear: false },
    actions: [...title, { do: "find offer", move }],
  };
}

/** The conversation ends as its client did. */
function stays(move: Move | null, why: string | null): Step {
  const said: Action[] = why === null || move === null
    ? []
    : [{ do: "say why it stays", move, why }];
  return ended(move?.outcome ?? null, [{ do: "print output" }, ...said]);
}

/** A refusal ends the run with its error; a fault only prevents the move. */
function failed(move: Move | null, error: unknown): Step {
  const isRefused = move?.mode !== "retry" && error instanceof UserError;
  if (move === null || move.outcome === null || isRefused) {
    return { state: { at: "ended", outcome: null, error }, actions: [] };
  }
  const { id } = move.limited;
  const hint = move.mode === "retry" ? "" : `; to continue it: claude-multi resume ${id}`;
  return stays(move, `${messageOf(error)}${hint}`);
}

/** Why a conversation that has moved often enough stays where it is. */
function spentText({ limited: { id } }: Move): string {
  return `it has moved "handoffMoves" times without finishing a turn; to continue it: claude-multi resume ${id}`;
}

function ended(outcome: Outcome | null, actions: Action[]): Step {
  return { state: { at: "ended", outcome, error: null }, actions };
}

/**
 * Whether an answer means yes; `standard` is what Enter means, and the end of input means no. null if it
 * is neither.
 */
function yesOrNo(answer: string | null, { standard }: { standard: boolean }): boolean | null {
  if (answer === null) return false;
  const word = answer.trim();
  if (word === "") return standard;
  if (/^y(es)?$/i.test(word)) return true;
  return /^no?$/i.test(word) ? false : null;
}

/**
 * What an answer to the offer means: `s` sends the refused prompt again, `m` stays with another model if
 * that is offered, `ms` does both; after a no the conversation stays where it is.
 */
function choiceOf(
  answer: string | null,
  { standard, hasOther }: { standard: boolean; hasOther: boolean },
): { isOther: boolean; sends: boolean } | "no" | "unclear" {
  const [isSpecial, model, send] = /^(m(?:odel)?)?\s*(s(?:end)?)?$/i.exec(answer?.trim() ?? "") ??
    [];
  if (!isSpecial) {
    const yes = yesOrNo(answer, { standard });
    return yes === null ? "unclear" : yes ? { isOther: false, sends: false } : "no";
  }
  const isOther = model !== undefined;
  return isOther && !hasOther ? "unclear" : { isOther, sends: send !== undefined };
}
