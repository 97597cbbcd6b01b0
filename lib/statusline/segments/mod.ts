// The table of segments: the order here is the order of the docs, config.json decides the line's.
import type { Segment } from "../piece.ts";
import { branch, burn, cache, cost, next, session, style, vim, worktree } from "./extras.ts";
import { USUAL_SEGMENTS } from "./usual.ts";

/** Every segment there is. To add one, add a file and a row. */
export const SEGMENTS: readonly Segment[] = [
  ...USUAL_SEGMENTS,
  burn,
  next,
  cost,
  cache,
  branch,
  worktree,
  session,
  vim,
  style,
];

/** Names of the line without settings. */
export const DEFAULT_SEGMENTS: readonly string[] = USUAL_SEGMENTS.map((segment) => segment.name);

/** The segments by name, in the order given; unknown names and repetitions are passed over. */
export function chooseSegments(names: readonly unknown[] | null): readonly Segment[] {
  const chosen = new Set<Segment>();
  for (const name of names ?? []) {
    const segment = SEGMENTS.find((one) => one.name === name);
    if (segment !== undefined) chosen.add(segment);
  }
  return chosen.size > 0 ? [...chosen] : USUAL_SEGMENTS;
}
