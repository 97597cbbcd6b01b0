// The one place that draws the line for sessions that do not exist, at any width and fullness.
import type { ColorLevel, Theme } from "./color.ts";
import type { Facts, ShownLimit } from "./facts.ts";
import type { Segment } from "./piece.ts";
import { parsePayload } from "./payload.ts";
import { renderLine } from "./render.ts";

/** What a preview shows. */
export interface PreviewOptions {
  /** Cells of the line, one block for each. */
  widths: readonly number[];
  /** Percent of context, 5h and 7d that is used, one line for each. */
  fills: readonly number[];
  level: ColorLevel;
  theme: Theme;
  segments: readonly Segment[];
  barWidth: number;
  /** The account to name. */
  account: string;
  /** Where there is room, for lines that are full. */
  elsewhere: string;
}

const SIZE_TOKENS = 200_000;
const MINUTE_MS = 60_000;

/** Lines of made-up sessions, a heading above each width; text that ends without a newline. */
export function renderPreview(options: PreviewOptions): string {
  return options.widths.map((width) => {
    const lines = options.fills.map((fill) =>
      renderLine(madeUpFacts(fill, options), { ...options, width })
    );
    return [`${width} columns`, ...lines].join("\n");
  }).join("\n\n");
}

function madeUpFacts(fill: number, options: PreviewOptions): Facts {
  const nowMs = Date.UTC(2026, 0, 5, 9, 30);
  const share = fill / 100;
  const used = Math.round(SIZE_TOKENS * share);
  const payload = parsePayload(JSON.stringify({
    session_name: "refactor-parser",
    model: { display_name: "Opus 5.5" },
    effort: { level: "high" },
    output_style: { name: "Explanatory" },
    vim: { mode: "INSERT" },
    worktree: { name: "parser", branch: "parser" },
    cost: { total_cost_usd: 0.42 + 18 * share },
    context_window: {
      context_window_size: SIZE_TOKENS,
      total_input_tokens: used,
      used_percentage: Math.round(fill),
    },
  }));
  const limit = (percentUsed: number, minutes: number): ShownLimit => ({
    percentUsed,
    resetsAtMs: nowMs + minutes * MINUTE_MS,
    live: true,
  });
  const output = Math.round(52_000 * share) + 900;
  return {
    nowMs,
    payload,
    account: options.account,
    totals: {
      all: {
        freshInput: 900 + Math.round(60_000 * share),
        cacheWrite: used,
        cacheRead: used * 14,
        output,
        apiCalls: 40,
      },
      subagents: {
        freshInput: 0,
        cacheWrite: 0,
        cacheRead: Math.round(used * 2.4),
        output: Math.round(output / 9),
        apiCalls: 6,
      },
      turn: { input: 4_100 + Math.round(used / 5), output: 380 + Math.round(output / 20) },
      complete: true,
    },
    limits: { five_hour: limit(fill, 133), seven_day: limit(fill * 0.6, 4_560) },
    limitedUntilMs: null,
    launched: true,
    barWidth: options.barWidth,
    branch: () => "main",
    room: () => ({ account: options.elsewhere, burstRemaining: 82, opensAtMs: null }),
    fullAtMs: () => fill > 70 ? nowMs + 52 * MINUTE_MS : null,
  };
}
