// Adds up API calls: each counts once, and its last line decides, in whatever order they are read.
import type { Call, CallSums, Sums, Tokens } from "./tokens.ts";
import { inputOf } from "./tokens.ts";
import type { KnownCalls } from "../../ports/mod.ts";
import type { LineMeaning } from "./line.ts";

/** What the status line shows about a session's tokens. */
export interface SessionTotals {
  /** Main and subagents together. */
  all: CallSums;
  subagents: CallSums;
  /** Tokens since the user's last prompt. */
  turn: { input: number; output: number };
  /** Whether nobody has asked anything yet. */
  isEmpty: boolean;
  /** Whether everything on disk is counted; if not, the sums are lower bounds. */
  complete: boolean;
}

/** Sums over nothing. */
export function emptySums(): Sums {
  const none = (): CallSums => ({
    freshInput: 0,
    cacheWrite: 0,
    cacheRead: 0,
    output: 0,
    apiCalls: 0,
  });
  return {
    all: none(),
    subagents: none(),
    turn: { number: 0, startedAtMs: null, input: 0, output: 0 },
  };
}

/** A call that this run read, and what an earlier run saved about it. */
interface Change {
  call: Call;
  stored: Call | null;
}

/**
 * Adds lines to sums. A call counts once in the whole session: its last line in the main file decides,
 * or if the main file doesn't have it, its last line in the first subagent's file, by path, that does.
 * So the sums don't depend on when and in what order the files are read.
 */
export class Tally {
  readonly #changes = new Map<string, Change>();
  readonly #sums: Sums;
  readonly #known: KnownCalls;
  /** Whether file a decides over file b. */
  readonly #decides: (a: number, b: number) => boolean;

  constructor(options: {
    sums: Sums;
    known: KnownCalls;
    decides: (a: number, b: number) => boolean;
  }) {
    this.#sums = options.sums;
    this.#known = options.known;
    this.#decides = options.decides;
  }

  /** Calls that are new or have changed since the sums were loaded. */
  get changes(): ReadonlyMap<string, { readonly call: Call }> {
    return this.#changes;
  }

  /** Adds one line of a file. */
  add(line: LineMeaning, file: number): void {
    const { turn } = this.#sums;
    if (line.kind === "prompt") {
      if (file !== 0) return;
      turn.number++;
      turn.startedAtMs = line.atMs;
      turn.input = 0;
      turn.output = 0;
      return;
    }
    const change = this.#changes.get(line.key);
    const stored = change === undefined ? this.#known.find(line.key) : change.stored;
    const before = change?.call ?? stored;
    if (before !== null && before.file !== file && this.#decides(before.file, file)) return;
    const call: Call = {
      tokens: line.tokens,
      sidechain: line.sidechain || file !== 0,
      file,
      turn: turn.number,
      atMs: line.atMs,
    };
    if (before !== null) this.#count(before, -1);
    this.#count(call, 1);
    this.#changes.set(line.key, { call, stored });
  }

  /** The sums, for the status line. */
  totals(complete: boolean): SessionTotals {
    const { all, subagents, turn } = this.#sums;
    const ofSubagents = this.#subagentsInTurn();
    return {
      all,
      subagents,
      turn: { input: turn.input + ofSubagents.input, output: turn.output + ofSubagents.output },
      isEmpty: turn.number === 0 && all.apiCalls === 0,
      complete,
    };
  }

  #count(call: Call, sign: 1 | -1): void {
    const { all, subagents, turn } = this.#sums;
    addTo(all, call.tokens, sign);
    if (call.sidechain) addTo(subagents, call.tokens, sign);
    if (call.file === 0 && call.turn === turn.number) {
      turn.input += sign * inputOf(call.tokens);
      turn.output += sign * call.tokens.output;
    }
  }

  /** Subagents' tokens since the user's last prompt, by the times of their lines. */
  #subagentsInTurn(): { input: number; output: number } {
    const { turn, subagents } = this.#sums;
    if (subagents.apiCalls === 0) return { input: 0, output: 0 };
    // Without a prompt everything belongs to the turn; with a prompt without a time, nothing can.
    if (turn.startedAtMs === null && turn.number > 0) return { input: 0, output: 0 };
    const sinceMs = turn.startedAtMs ?? -Infinity;
    const sums = { ...this.#known.subagentsSince(sinceMs) };
    for (const { call, stored } of this.#changes.values()) {
      for (const [one, sign] of [[stored, -1], [call, 1]] as const) {
        if (one === null || one.file === 0 || one.atMs === null || one.atMs < sinceMs) continue;
        sums.input += sign * inputOf(one.tokens);
        sums.output += sign * one.tokens.output;
      }
    }
    return sums;
  }
}

function addTo(sums: CallSums, tokens: Tokens, sign: 1 | -1): void {
  sums.freshInput += sign * tokens.freshInput;
  sums.cacheWrite += sign * tokens.cacheWrite;
  sums.cacheRead += sign * tokens.cacheRead;
  sums.output += sign * tokens.output;
  sums.apiCalls += sign;
}
