// Tests of recognising JSON objects among other values.
import assert from "node:assert/strict";
import { isObject, objectIn, objectOf, textOf } from "../../lib/text/json_object.ts";

Deno.test("null and lists aren't objects", () => {
  assert.deepEqual([{}, { a: 1 }, null, [], "{}", 0, undefined].map(isObject), [
    true,
    true,
    false,
    false,
    false,
    false,
    false,
  ]);
  assert.deepEqual([objectOf({ a: 1 }), objectOf([1]), objectOf(null)], [{ a: 1 }, {}, {}]);
});

Deno.test("a text that is missing, damaged or another value has no object", () => {
  assert.deepEqual(objectIn('{"a": 1}'), { a: 1 });
  for (const text of [null, "", "{", "null", "[]", "1"]) assert.equal(objectIn(text), null);
});

Deno.test("only a text that isn't empty is a text", () => {
  const found = ["a", " ", "", null, undefined, 5, ["a"]].map(textOf);
  assert.deepEqual(found, ["a", " ", null, null, null, null, null]);
});

Deno.test("a byte order mark before an object is ignored", () => {
  assert.deepEqual(objectIn('\ufeff{"a":1}'), { a: 1 });
});
