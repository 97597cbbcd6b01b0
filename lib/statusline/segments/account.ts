// The segment for the account, with a dot in the colour of its fullest window.
import { fitText } from "../../text/cells.ts";
import type { Segment } from "../piece.ts";
import { piece, span } from "../piece.ts";

/** `● work` */
export const account: Segment = {
  name: "account",
  summary: "the account, with a dot in the colour of its fullest window",
  draw({ account, limits }) {
    if (account === null) return null;
    const used = [limits.five_hour, limits.seven_day].flatMap((l) =>
      l === null ? [] : l.percentUsed
    );
    const dot = used.length === 0 ? span("○", "faint") : span("●", { percent: Math.max(...used) });
    return [
      piece(58, dot),
      [
        { worth: 92, spans: [span(fitText(account, 32), "account")] },
        { worth: 96, spans: [span(fitText(account, 12), "account")] },
      ],
    ];
  },
};
