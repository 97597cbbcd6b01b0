// What is sent after a move, how often a conversation may move, and what a move or a wait costs.
import type { Context } from "../ports/context.ts";
import type { ClientArguments } from "../claude/arguments.ts";
import { promptIn, unfitAsPrompt, withPermissionMode } from "../claude/arguments.ts";
import { transcriptOf } from "../claude/session_files.ts";
import type { RefusedTurn } from "../claude/transcript/refused_turn.ts";
import { hasReplySince } from "../claude/transcript/limit_line.ts";
import {
  contextTokens,
  hasFinishedTurn,
  permissionModeAt,
  refusedTurn,
} from "../claude/transcript/refused_turn.ts";
import type { Conversation } from "./conversation.ts";
import type { Move, Offer, Sending } from "./state.ts";

/** A prompt of 100 kB is in the transcript twice: as a line and inside the request's record. */
export const TAIL_BYTES = 1024 * 1024;
/** If files that it mentions stand behind it, this many times more is read, up to the most. */
const MORE = 8;
const MOST_BYTES = 64 * TAIL_BYTES;

type Moving = { conversation: Conversation; move: Pick<Move, "limited"> };

/** The end of a conversation's transcript, and since when its present session runs. */
function endOf(
  context: Context,
  { conversation, move }: Moving,
): { readTail: (bytes: number) => string; tail: string; sinceMs: number } {
  const { id, session } = move.limited;
  const { accounts } = conversation.request.config;
  const account = accounts.find(({ name }) => name === move.limited.limit.account) ??
    conversation.lease.account;
  const path = id === null ? null : transcriptOf(context, { account, id });
  const readTail = (bytes: number) => path === null ? "" : context.files.readTail(path, bytes);
  const sinceMs = context.ledger({ tolerant: true }).session(session)?.startedAtMs ?? 0;
  return { readTail, tail: readTail(TAIL_BYTES), sinceMs };
}

/** What would be sent after a move: the refused prompt, or `handoffPrompt` if work was under way. */
export function sendingAfter(context: Context, moving: Moving): Sending {
  const { readTail, tail, sinceMs } = endOf(context, moving);
  const { args, config: { handoffPrompt } } = moving.conversation.request;
  if (handoffPrompt.trim() === "") return { prompt: null, why: null };
  // The client has not sent what it was given, so that stands nowhere else.
  if (hasReplySince(readTail, sinceMs)) {
    let turn = refusedTurn(tail, { sinceMs });
    for (let bytes = MORE * TAIL_BYTES; bytes <= MOST_BYTES; bytes *= MORE) {
      if (turn?.work.is === "unread") turn = refusedTurn(readTail(bytes), { sinceMs });
    }
    return sendingOf(turn, handoffPrompt);
  }
  const prompt = promptIn(args);
  return prompt === null ? sendingOf(null, handoffPrompt) : { prompt };
}

/** What is sent for a refused turn; `turn` is null if the transcript doesn't end with one. */
export function sendingOf(turn: RefusedTurn | null, handoffPrompt: string): Sending {
  if (turn === null) return { prompt: null, why: "the conversation doesn't end with it" };
  switch (turn.work.is) {
    case "prompt": {
      const { text: prompt } = turn.work;
      const why = unfitAsPrompt(prompt);
      return why === null ? { prompt } : { prompt: null, why };
    }
    case "under way": {
      const why = unfitAsPrompt(handoffPrompt);
      if (why === null) return { prompt: handoffPrompt };
      return { prompt: null, why: why.replace(/\bit\b/, "handoffPrompt") };
    }
    case "unread":
      return { prompt: null, why: "it is too long" };
    case "special":
      return { prompt: null, why: turn.work.why };
  }
}

/** The arguments of a continuation, in the permission mode that the conversation was in last. */
export function inLastMode(
  context: Context,
  { args, ...moving }: Moving & { args: ClientArguments },
): ClientArguments {
  const mode = permissionModeAt(endOf(context, moving).tail);
  return mode === null ? args : withPermissionMode(args, mode);
}

/** How often a conversation may still move by itself before it finishes a turn. */
export function movesLeft(context: Context, moving: Moving): number {
  const { moves, request: { config } } = moving.conversation;
  const left = config.handoffMoves - moves;
  if (left > 0 || moves === 0) return left;
  const { tail, sinceMs } = endOf(context, moving);
  return hasFinishedTurn(tail, { sinceMs }) ? config.handoffMoves : left;
}

/** How many moves without a finished turn there are after another one. */
export function movesAfter(context: Context, moving: Moving): number {
  const { tail, sinceMs } = endOf(context, moving);
  return hasFinishedTurn(tail, { sinceMs }) ? 1 : moving.conversation.moves + 1;
}

/**
 * What waiting and moving cost, in lines that each begin with a newline: first what is free, then how
 * much the next account has to read again.
 */
export function costText(context: Context, { conversation, move, offer, isNear }: Moving & {
  offer: Offer;
  isNear: boolean;
}): string {
  const { tail, sinceMs } = endOf(context, { conversation, move });
  const low = refusedTurn(tail, { sinceMs })?.offersLowPriority ?? false;
  const instead = offer.opensAtMs === undefined ? "without a move" : "at once";
  const stays = offer.account === move.limited.limit.account;
  return [
    "",
    ...low ? [`to continue slowly ${instead}: /low-priority in claude`] : [],
    ...stays && offer.model === undefined ? [] : [readingText(tail, { isNear })],
  ].join("\n");
}

/** How much the next account has to read again; `tail` is the end of the transcript. */
export function readingText(tail: string, { isNear }: { isNear: boolean }): string {
  const tokens = contextTokens(tail);
  const size = tokens === null ? "" : ` (about ${Math.ceil(tokens / 1000)}k tokens)`;
  return `${
    isNear ? "Waiting is cheaper: after" : "After"
  } a move, claude has to read the whole conversation again${size}.`;
}
