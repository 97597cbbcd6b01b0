// The segment for the context: a bar, the percentage, and the tokens used out of how many.
import { compactCount, compactSize, wholePercent } from "../numbers.ts";
import type { Form, Segment, Span } from "../piece.ts";
import { piece, span } from "../piece.ts";

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;
const NARROW_BAR = 5;
/** A wider bar shrinks cell by cell to this one before anything else gives way to it. */
const USUAL_BAR = 8;

/** `███████▌░░░ 65% 130k/200k` */
export const context: Segment = {
  name: "context",
  summary: "how full the context is: bar, percentage, tokens used out of how many",
  draw({ payload, barWidth }) {
    const { percentUsed, usedTokens, sizeTokens } = payload.context;
    if (percentUsed === null && sizeTokens === null) return null;
    const used = usedTokens === null ? "–" : compactCount(usedTokens);
    const counted = sizeTokens === null ? used : `${used}/${compactSize(sizeTokens)}`;
    return [
      ...percentUsed === null ? [] : [fillOf(percentUsed, barWidth)],
      ...counted === "–" ? [] : [piece(40, span(counted, "muted"))],
    ];
  },
};

/** The percentage: after the bar in the configured width, after narrower ones, after a word. */
function fillOf(percent: number, width: number): Form[] {
  const number = span(wholePercent(percent), { percent });
  const after = (worth: number, ...spans: Span[]): Form => ({ worth, spans: [...spans, number] });
  const blank = span(" ", "faint");
  const wider = Array.from({ length: Math.max(0, width - USUAL_BAR) }, (_, less) => width - less);
  const usual = Math.min(width, USUAL_BAR);
  return [
    ...wider.map((cells) => after(38, ...bar(percent, cells), blank)),
    ...usual > NARROW_BAR ? [after(38, ...bar(percent, usual), blank)] : [],
    ...width > 0 ? [after(55, ...bar(percent, Math.min(width, NARROW_BAR)), blank)] : [],
    after(90, span("ctx ", "muted")),
  ];
}

/** Cells coloured along the ramp up to the percentage, in eighths; the rest is the track. */
function bar(percent: number, width: number): Span[] {
  const exact = Math.round((Math.min(100, percent) / 100) * width * 8);
  // Anything used is visible, and anything below full doesn't look full.
  const eighths = percent > 0 && percent < 100
    ? Math.min(width * 8 - 1, Math.max(1, exact))
    : exact;
  const full = Math.floor(eighths / 8);
  const spans: Span[] = [];
  for (let cell = 0; cell < full; cell++) {
    spans.push(span("█", { percent: ((cell + 1) / width) * 100 }));
  }
  const tip = EIGHTHS[eighths % 8] as string;
  if (tip !== "") spans.push(span(tip, { percent }));
  spans.push(span("░".repeat(width - full - (tip === "" ? 0 : 1)), "faint"));
  return spans;
}
