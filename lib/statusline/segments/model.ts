// The segment for the model and its effort.
import { fitText } from "../../text/cells.ts";
import type { Segment } from "../piece.ts";
import { piece, span } from "../piece.ts";

/** `Opus 5.5 high` */
export const model: Segment = {
  name: "model",
  summary: "the model, and its effort if it has one",
  draw({ payload }) {
    if (payload.model === null) return null;
    // The size of the context has its own segment.
    const name = payload.model.replace(/\s*(?:\([^()]*context\)|\[1m\])$/i, "") || payload.model;
    return [
      [
        { worth: 60, spans: [span(fitText(name, 24), "model")] },
        { worth: 62, spans: [span(fitText(name, 10), "model")] },
      ],
      ...payload.effort === null ? [] : [piece(30, span(fitText(payload.effort, 10), "muted"))],
    ];
  },
};
