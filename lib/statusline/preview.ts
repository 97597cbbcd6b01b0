// Draws the line for made-up sessions, at any width and fill level.
import type { Reserve } from "../balance/candidate.ts";
import type { ColorLevel, Theme } from "./color.ts";
import { sgr, SGR_RESET } from "./color.ts";
import type { Facts, ShownLimit } from "./facts.ts";
import type { Segment } from "./piece.ts";
import { parsePayload } from "../claude/status_payload.ts";
import { renderLine, widthOf } from "./render.ts";

/** What a preview shows. */
interface PreviewOptions {
  /** Terminal widths, one block for each. */
  columns: readonly number[];
  /** Percentages used of the context and of the 5-hour window, one line for each. */
  fills: readonly number[];
  level: ColorLevel;
  theme: Theme;
  segments: readonly Segment[];
  barWidth: number;
  /** Cells that the client leaves free on each side. */
  padding: number;
  reserve: Reserve;
  /** The account to show. */
  account: string;
  /** The account with room, for full lines; null: there is no other account. */
  elsewhere: string | null;
  /** What the launcher of these sessions does at a limit. */
  moves: Facts["moves"];
}

const SIZE_TOKENS = 200_000;
const MINUTE_MS = 60_000;
/** As wide as what the client keeps free, so that a block fits its terminal. */
const LABEL_CELLS = 4;

/**
 * Lines of made-up sessions, each after its percentage, with a heading above each width; without a
 * newline at the end.
 */
export function renderPreview(options: PreviewOptions): string {
  const muted = (text: string): string => {
    const code = sgr("muted", options);
    return code === "" ? text : `${code}${text}${SGR_RESET}`;
  };
  return options.columns.map((columns) => {
    const width = widthOf(String(columns), options.padding);
    const lines = options.fills.map((fill) =>
      muted(String(fill).padStart(LABEL_CELLS - 1)) + " " +
      renderLine(madeUpFacts(fill, options), { ...options, width })
    );
    return [muted(`${columns} columns`), ...lines].join("\n");
  }).join("\n\n");
}

/** Names of the segments that have something to show but fit on no line of that width. */
export function leftOut(options: PreviewOptions, columns: number): string[] {
  const width = widthOf(String(columns), options.padding);
  const all = options.fills.map((fill) => madeUpFacts(fill, options));
  return options.segments.filter((segment) => {
    const others = options.segments.filter((other) => other !== segment);
    const speaking = all.filter((facts) => (segment.draw(facts) ?? []).length > 0);
    // If the line is the same without it, the segment isn't shown.
    return speaking.length > 0 &&
      speaking.every((facts) =>
        renderLine(facts, { ...options, width }) ===
          renderLine(facts, { ...options, width, segments: others })
      );
  }).map(({ name }) => name);
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
  const best = options.elsewhere === null ? null : { account: options.elsewhere, burstUsed: 18 };
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
      turn: { input: 700 + Math.round(used / 5), output: 280 + Math.round(output / 20) },
      isEmpty: false,
      complete: true,
    },
    isRefused: fill >= 100,
    isEmpty: false,
    limits: { five_hour: limit(fill, 133), seven_day: limit(fill * 0.6, 4_560) },
    lacks: [],
    modelWeek: null,
    reserve: options.reserve,
    limitedUntilMs: null,
    moves: options.moves,
    barWidth: options.barWidth,
    branch: () => "main",
    room: () => best && { best, opensAtMs: null, where: null },
    next: () => best,
    fullAtMs: () =>
      fill > 60 && fill < 100 ? nowMs + Math.round((100 - fill) * 1.7) * MINUTE_MS : null,
    outlook: () => {
      const atMs = nowMs + Math.round((100 - fill) * 40) * MINUTE_MS;
      return fill > 30 && fill < 100
        ? {
          out: { atMs, earliestMs: atMs - 300 * MINUTE_MS, latestMs: null },
          percentPerDay: (100 - fill) / 3.2,
        }
        : null;
    },
  };
}
