// A progress bar for work that takes a while.
import type { Context } from "../ports/context.ts";
import { formatBar } from "../text/format.ts";

/** How long the work runs before the bar appears. */
const PATIENCE_MS = 500;
const REDRAW_MS = 100;

/** Draws the bar, a few times a second, whenever the result is called with the percentage done. */
export function progressBar({ clock, terminal }: Context): (percent: number) => void {
  let nextMs = clock.nowMs() + PATIENCE_MS;
  return (percent) => {
    if (clock.nowMs() < nextMs) return;
    nextMs = clock.nowMs() + REDRAW_MS;
    terminal.rewrite(`${formatBar(percent, 20)} ${Math.floor(percent)} %`);
  };
}
