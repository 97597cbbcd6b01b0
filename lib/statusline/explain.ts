// The JSON of `--explain`: where the numbers on the line come from.
import type { CallSums } from "../claude/transcript/tokens.ts";
import type { Refreshed } from "../claude/transcript/progress.ts";

/** The explanation as JSON; its keys are stable, and `tokens` includes the subagents. */
export function explain(from: {
  account: string | null;
  refreshed: Refreshed | null;
  elapsedMs: number;
}): string {
  const totals = from.refreshed?.totals ?? null;
  return JSON.stringify(
    {
      version: 1,
      account: from.account,
      tokens: {
        ...sumsOf(totals?.all),
        complete: totals?.complete ?? true,
        subagents: sumsOf(totals?.subagents),
      },
      turn: { input: totals?.turn.input ?? 0, output: totals?.turn.output ?? 0 },
      files: (from.refreshed?.progress.files ?? []).map((file) => ({
        path: file.path,
        bytes: file.facts.bytes,
        offset: file.offset,
      })),
      elapsedMs: Math.round(from.elapsedMs * 10) / 10,
    },
    null,
    2,
  );
}

function sumsOf(sums: CallSums | undefined): CallSums {
  return {
    freshInput: sums?.freshInput ?? 0,
    cacheWrite: sums?.cacheWrite ?? 0,
    cacheRead: sums?.cacheRead ?? 0,
    output: sums?.output ?? 0,
    apiCalls: sums?.apiCalls ?? 0,
  };
}
