// The segment for the tokens: of the whole session, of this turn, and the subagents' share.
import { inputOf } from "../../claude/transcript/tokens.ts";
import { compactCount, wholePercent } from "../numbers.ts";
import type { Piece, Segment } from "../piece.ts";
import { piece, span } from "../piece.ts";

/** `in 1.23M +46k out 38.2k +1.2k sub 18%` */
export const tokens: Segment = {
  name: "tokens",
  summary: "tokens in and out of the whole session, what this turn added, and the subagents' share",
  draw({ totals }) {
    if (totals === null || totals.all.apiCalls === 0) return null;
    const atLeast = totals.complete ? "" : "≥";
    const input = inputOf(totals.all);
    const { output } = totals.all;
    const pieces: Piece[] = [
      piece(70, span("in ", "muted"), span(atLeast + compactCount(input), "input")),
    ];
    if (totals.complete && totals.turn.input > 0) {
      pieces.push(piece(35, span(`+${compactCount(totals.turn.input, 2)}`, "delta")));
    }
    pieces.push(piece(69, span("out ", "muted"), span(atLeast + compactCount(output), "output")));
    if (totals.complete && totals.turn.output > 0) {
      pieces.push(piece(34, span(`+${compactCount(totals.turn.output, 2)}`, "delta")));
    }
    const subagents = inputOf(totals.subagents) + totals.subagents.output;
    if (subagents > 0) {
      const share = (subagents / (input + output)) * 100;
      pieces.push(piece(25, span("sub ", "muted"), span(wholePercent(share), "text")));
    }
    return pieces;
  },
};
