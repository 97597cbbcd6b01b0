// The Clock port on the system's clock.
import type { Clock } from "../ports/mod.ts";

/** The system's clock. */
export const systemClock: Clock = {
  nowMs: () => Date.now(),
  sleep: (ms) => new Promise((resolve) => setTimeout(resolve, ms)),
};
