// Tests of the three-way merge: a change on one side is kept, and so is a removal.
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

Deno.test("changes on one side are taken, removals stay removed, lists merge by element", () => {
  const base = { theme: "dark", gone: 1, permissions: { allow: ["a", "b"] } };
  const ours = { theme: "dark", permissions: { allow: ["a", "b", "c"] }, model: "x" };
  const theirs = { theme: "light", gone: 1, permissions: { allow: ["b"] } };
  assert.deepEqual(mergeJson(base, { ours, theirs, prefer: "theirs" }), {
    value: { theme: "light", permissions: { allow: ["b", "c"] }, model: "x" },
    conflicts: [],
  });
});

Deno.test("a conflict is reported, and the preferred side wins", () => {
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

Deno.test("equal values may have their keys in another order, and lists aren't objects", () => {
  const equal: Array<[unknown, unknown]> = [
    [{ a: 1, b: [1, { c: null }] }, { b: [1, { c: null }], a: 1 }],
    [[], []],
    [null, null],
  ];
  for (const [a, b] of equal) assert.ok(isEqual(a, b), JSON.stringify([a, b]));
  const different: Array<[unknown, unknown]> = [
    [{ a: 1 }, { a: 1, b: 1 }],
    [{ a: 1, b: 1 }, { a: 1 }],
    [{ a: undefined }, { b: undefined }],
    [{ toString: undefined }, { other: undefined }],
    [{ other: Object.prototype.toString }, { toString: Object.prototype.toString }],
    [{ toString: Object.prototype.toString }, { other: 1 }],
    [[1], [1, 2]],
    [[1, 2], [1]],
    [[1, 2], [2, 1]],
    [[], {}],
    [{}, []],
    [null, {}],
    [{}, null],
    ["1", 1],
  ];
  for (const [a, b] of different) assert.ok(!isEqual(a, b), JSON.stringify([a, b]));
});

Deno.test("the same change on both sides isn't a conflict, and a removal on one side stays", () => {
  const merge = (base: unknown, ours: unknown, theirs: unknown) =>
    mergeJson(base, { ours, theirs, prefer: "ours" });
  assert.deepEqual(merge({ a: 1 }, { a: 2 }, { a: 2 }), { value: { a: 2 }, conflicts: [] });
  assert.deepEqual(merge({ a: 1, b: 1 }, { b: 1 }, { a: 1 }), { value: {}, conflicts: [] });
  assert.deepEqual(merge({ a: 1 }, {}, { a: 2 }), { value: {}, conflicts: ["a"] });
  assert.deepEqual(merge(undefined, { a: 1 }, { a: [] }), { value: { a: 1 }, conflicts: ["a"] });
  assert.deepEqual(merge(undefined, undefined, { a: 1 }).value, { a: 1 });
  assert.deepEqual(merge(undefined, { a: 1 }, undefined).value, { a: 1 });
  assert.deepEqual(merge([], { a: 1 }, { b: 1 }), { value: { a: 1, b: 1 }, conflicts: [] });
  assert.deepEqual(merge({ x: 1 }, [1], [2]), { value: [1, 2], conflicts: [] });
  const proto = JSON.parse('{"__proto__": {"a": 1}}');
  assert.equal(JSON.stringify(merge({}, proto, {}).value), JSON.stringify(proto));
});

Deno.test("a merged list keeps the preferred side's order, without what either side removed", () => {
  const base = ["a", "b", "c"];
  const sides = { ours: ["c", "a", "b", "x"], theirs: ["a", "y", "c", "x"] };
  const merged = (prefer: "ours" | "theirs") => mergeJson(base, { ...sides, prefer });
  assert.deepEqual(merged("ours"), { value: ["c", "a", "x", "y"], conflicts: [] });
  assert.deepEqual(merged("theirs"), { value: ["a", "y", "c", "x"], conflicts: [] });
});

Deno.test("keys keep the preferred side's order, and a conflict is reported with its whole path", () => {
  const ours = { b: { c: { d: 1 } }, a: 1 };
  const theirs = { a: 1, b: { c: { d: 2 } }, e: 1 };
  for (const [prefer, keys] of [["ours", "b,a,e"], ["theirs", "a,b,e"]] as const) {
    const { value, conflicts } = mergeJson({ b: { c: { d: 0 } } }, { ours, theirs, prefer });
    assert.equal(Object.keys(value as object).join(), keys);
    assert.deepEqual(conflicts, ["b.c.d"]);
  }
});
