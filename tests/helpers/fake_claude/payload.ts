// The JSON that the stand-in pipes to the status line command (CONTRACT §5).
import type { ControlWindow, Orders } from "./control.ts";
import { limitNow } from "./control.ts";
import type { Usage } from "./transcript.ts";
import { usageOf } from "./transcript.ts";
import type { Json } from "./world.ts";
import { VERSION } from "./world.ts";

/** What the service last reported about the windows. */
export type KnownWindows = Partial<Record<ControlWindow, { percent: number; resetsAtMs: number }>>;

/** What a payload is made from. */
export interface PayloadFacts {
  sessionId: string;
  transcriptPath: string;
  cwd: string;
  promptId: string | null;
  name: string | null;
  model: string;
  startedAtMs: number;
  calls: number;
  last: Usage | null;
  windows: KnownWindows;
}

const CONTEXT_TOKENS = 200_000;

/** What an answer under these orders reports about the windows; a refusal reports 100 %. */
export function windowsIn(orders: Orders): KnownWindows {
  const known: KnownWindows = {};
  for (const name of ["five_hour", "seven_day"] as const) {
    const window = orders.windows?.[name];
    if (window) known[name] = { percent: window.percentUsed, resetsAtMs: window.resetsAtMs };
  }
  const limit = limitNow(orders);
  if (limit) known[limit.window] = { percent: 100, resetsAtMs: limit.resetsAtMs };
  return known;
}

/** The payload; a window whose reset has passed is left out, as the client does. */
export function statusPayload(facts: PayloadFacts): Json {
  const { last } = facts;
  const input = last ? last.input + last.cacheWrite + last.cacheRead : 0;
  const usedPercent = last ? Math.round((input / CONTEXT_TOKENS) * 100) : null;
  const { cache_creation: _parts, service_tier: _tier, ...currentUsage } = last
    ? usageOf(last)
    : {} as Json;
  const windows = Object.entries(facts.windows).filter(([, w]) => w.resetsAtMs > Date.now());
  return {
    session_id: facts.sessionId,
    transcript_path: facts.transcriptPath,
    cwd: facts.cwd,
    scratchpad_dir: `/tmp/claude-0/scratch/${facts.sessionId}/scratchpad`,
    ...(facts.promptId ? { prompt_id: facts.promptId } : {}),
    ...(facts.name ? { session_name: facts.name } : {}),
    model: { id: facts.model, display_name: displayName(facts.model) },
    workspace: { current_dir: facts.cwd, project_dir: facts.cwd, added_dirs: [] },
    version: VERSION,
    output_style: { name: "default" },
    cost: {
      total_cost_usd: facts.calls * 0.002061,
      total_duration_ms: Date.now() - facts.startedAtMs,
      total_api_duration_ms: facts.calls * 60,
      total_lines_added: 0,
      total_lines_removed: 0,
    },
    context_window: {
      total_input_tokens: input,
      total_output_tokens: last?.output ?? 0,
      context_window_size: CONTEXT_TOKENS,
      current_usage: last ? currentUsage : null,
      used_percentage: usedPercent,
      remaining_percentage: usedPercent === null ? null : 100 - usedPercent,
    },
    exceeds_200k_tokens: input > CONTEXT_TOKENS,
    fast_mode: false,
    thinking: { enabled: true },
    ...(windows.length > 0
      ? {
        rate_limits: Object.fromEntries(windows.map(([name, w]) => [name, {
          used_percentage: Math.min(100, Math.round(w.percent * 10) / 10),
          resets_at: Math.floor(w.resetsAtMs / 1000),
        }])),
      }
      : {}),
  };
}

/** `claude-haiku-4-5` becomes `Haiku 4.5`. */
function displayName(model: string): string {
  const match = model.match(/^claude-([a-z]+)-(\d+)-(\d+)/);
  if (!match) return model;
  const [, family = "", major, minor] = match;
  return `${family.charAt(0).toUpperCase()}${family.slice(1)} ${major}.${minor}`;
}
