// The weekly windows and limits of the model that the session runs; loaded only if a model has any.
import { parseCachedUsage } from "../claude/usage_answer.ts";
import type { KnownWindow, Reading } from "../balance/windows.ts";
import { appliesTo, mergeReadings, useOf, windowLabel } from "../balance/windows.ts";
import type { Payload } from "../claude/status_payload.ts";
import { neededModels } from "../claude/models.ts";
import type { Heard } from "../ports/mod.ts";
import type { ModelWeek } from "./facts.ts";

/** The windows of the models that the session needs, their limits, and the fullest window. */
export function ofModel(
  { limits, readings }: Heard,
  { payload, nowMs }: { payload: Payload; nowMs: number },
): { limits: Heard["limits"]; windows: KnownWindow[]; shown: ModelWeek | null } {
  const models = neededModels(payload.modelId);
  const windows = (models ?? []).flatMap((model): KnownWindow[] => {
    const own = readings.filter((reading) => reading.model === model);
    const window = own[0]?.window;
    return window === undefined ? [] : [{ window, model, state: mergeReadings(own, nowMs) }];
  });
  const shown = windows.flatMap((window): ModelWeek[] => {
    const use = useOf(window.state);
    return use === null ? [] : [{ label: windowLabel(window), ...use }];
  }).sort((a, b) => b.percentUsed - a.percentUsed);
  return {
    limits: limits.filter((limit) => appliesTo(limit, models)),
    windows,
    shown: shown[0] ?? null,
  };
}

/** The weeks of models in a usage answer that the client cached, as far as they are newer than `known`. */
export function weeksIn(
  answer: unknown,
  { account, loggedIn, known }: {
    account: string;
    loggedIn: string | null;
    known: readonly Reading[];
  },
): Reading[] {
  return parseCachedUsage(answer, { account, loggedIn }).filter(({ window, model, measuredAtMs }) =>
    model !== null &&
    !known.some((one) => one.window === window && one.measuredAtMs >= measuredAtMs)
  );
}
