// The table of segments, in the order of the docs; config.json decides the order on the line.
import type { Segment } from "../piece.ts";
import { branch, burn, cache, cost, next, out, session, style, vim, worktree } from "./extras.ts";
import { USUAL_SEGMENTS } from "./usual.ts";

/** All segments. To add one, add a file and a row. */
export const SEGMENTS: readonly Segment[] = [
  ...USUAL_SEGMENTS,
  burn,
  out,
  next,
  cost,
  cache,
  branch,
  worktree,
  session,
  vim,
  style,
];

/** The segments by name, in the given order; unknown and repeated names are skipped. */
export function chooseSegments(names: readonly unknown[] | null): readonly Segment[] {
  const chosen = new Set<Segment>();
  for (const name of names ?? []) {
    const segment = SEGMENTS.find((one) => one.name === name);
    if (segment !== undefined) chosen.add(segment);
  }
  return chosen.size > 0 ? [...chosen] : USUAL_SEGMENTS;
}
