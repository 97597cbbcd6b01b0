// Merging two changed copies of a JSON value that have a common base.
import { isObject } from "./json_object.ts";

/** A JSON value; `undefined` means absent. */
type Json = unknown;

/** The result of a merge. */
interface Merged {
  value: Json;
  /** Paths, such as `permissions.allow`, that both sides changed differently. */
  conflicts: string[];
}

/**
 * Merges `ours` and `theirs`, which both started as `base` (undefined if unknown: then nothing counts
 * as removed). Objects are merged by key, lists by element. What only one side changed is taken from
 * that side; if both changed it, the preferred side wins.
 */
export function mergeJson(
  base: Json,
  sides: { ours: Json; theirs: Json; prefer: "ours" | "theirs" },
): Merged {
  const conflicts: string[] = [];
  const value = merge(base, { ...sides, path: "", conflicts });
  return { value, conflicts };
}

interface Sides {
  ours: Json;
  theirs: Json;
  prefer: "ours" | "theirs";
  path: string;
  conflicts: string[];
}

function merge(base: Json, sides: Sides): Json {
  const { ours, theirs, prefer, path, conflicts } = sides;
  if (isEqual(ours, theirs)) return ours;
  if (isObject(ours) && isObject(theirs)) {
    const origin = isObject(base) ? base : {};
    const first = prefer === "ours" ? ours : theirs;
    const keys = new Set([...Object.keys(first), ...Object.keys(ours), ...Object.keys(theirs)]);
    const merged: Array<[string, Json]> = [];
    for (const key of keys) {
      const value = merge(own(origin, key), {
        ours: own(ours, key),
        theirs: own(theirs, key),
        prefer,
        path: path === "" ? key : `${path}.${key}`,
        conflicts,
      });
      if (value !== undefined) merged.push([key, value]);
    }
    return Object.fromEntries(merged);
  }
  // Without a common base, an absent value was never there; it wasn't removed.
  if (base === undefined && ours === undefined) return theirs;
  if (base === undefined && theirs === undefined) return ours;
  if (isEqual(base, ours)) return theirs;
  if (isEqual(base, theirs)) return ours;
  if (Array.isArray(ours) && Array.isArray(theirs)) {
    return mergeLists(
      Array.isArray(base) ? base : [],
      prefer === "ours" ? [ours, theirs] : [theirs, ours],
    );
  }
  conflicts.push(path);
  return prefer === "ours" ? ours : theirs;
}

/** The first list without what the second removed, followed by what the second added. */
function mergeLists(base: readonly Json[], [first, second]: [Json[], Json[]]): Json[] {
  const has = (list: readonly Json[], item: Json) => list.some((other) => isEqual(other, item));
  const kept = first.filter((item) => has(second, item) || !has(base, item));
  const added = second.filter((item) => !has(first, item) && !has(base, item));
  return [...kept, ...added];
}

/** Whether two JSON values are equal; the order of keys doesn't matter. */
export function isEqual(a: Json, b: Json): boolean {
  if (a === b) return true;
  if (Array.isArray(a) && Array.isArray(b)) {
    return a.length === b.length && a.every((item, i) => isEqual(item, b[i]));
  }
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && isEqual(a[key], b[key]));
}

function own(object: Record<string, Json>, key: string): Json {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}
