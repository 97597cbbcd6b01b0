// Tests of the three-way merge: what one side changed is kept, what one side removed stays removed.
import assert from "node:assert/strict";
import fc from "fast-check";
import { isEqual, mergeJson } from "../../lib/text/json.ts";

const json = fc.dictionary(
  fc.constantFrom("a", "b", "c", "d"),
  fc.oneof(
    fc.integer({ max: 3 }),
    fc.array(fc.constantFrom("x", "y", "z"), { maxLength: 3 }),
    fc.boolean(),
  ),
);

Deno.test("changes of one side are taken, removals stay removed, lists merge by element", () => {
  const base = { theme: "dark", gone: 1, permissions: { allow: ["a", "b"] } };
  const ours = { theme: "dark", permissions: { allow: ["a", "b", "c"] }, model: "x" };
  const theirs = { theme: "light", gone: 1, permissions: { allow: ["b"] } };
  assert.deepEqual(mergeJson(base, { ours, theirs, prefer: "theirs" }), {
    value: { theme: "light", permissions: { allow: ["b", "c"] }, model: "x" },
    conflicts: [],
  });
});

Deno.test("a conflict is named and the preferred side wins", () => {
  const merge = (prefer: "ours" | "theirs") =>
    mergeJson({ a: { b: 1 } }, { ours: { a: { b: 2 } }, theirs: { a: { b: 3 } }, prefer });
  assert.deepEqual(merge("ours"), { value: { a: { b: 2 } }, conflicts: ["a.b"] });
  assert.deepEqual(merge("theirs"), { value: { a: { b: 3 } }, conflicts: ["a.b"] });
});

Deno.test("without a base nothing counts as removed", () => {
  const { value } = mergeJson(undefined, { ours: { a: 1 }, theirs: { b: 2 }, prefer: "ours" });
  assert.deepEqual(value, { a: 1, b: 2 });
});

Deno.test("property: an unchanged side never matters, and equal sides are the result", () => {
  fc.assert(fc.property(json, json, (base, side) => {
    const prefer = "ours";
    assert.ok(isEqual(mergeJson(base, { ours: base, theirs: side, prefer }).value, side));
    assert.ok(isEqual(mergeJson(base, { ours: side, theirs: base, prefer }).value, side));
    assert.ok(isEqual(mergeJson(base, { ours: side, theirs: side, prefer }).value, side));
  }));
});

Deno.test("property: swapping the sides and the preference gives the same keys and values", () => {
  fc.assert(fc.property(json, json, json, (base, ours, theirs) => {
    const one = mergeJson(base, { ours, theirs, prefer: "ours" }).value;
    const two = mergeJson(base, { ours: theirs, theirs: ours, prefer: "theirs" }).value;
    assert.ok(isEqual(one, two));
  }));
});
