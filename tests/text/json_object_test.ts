// Tests of telling JSON objects from other values.
import assert from "node:assert/strict";
import { isObject, objectIn, objectOf } from "../../lib/text/json_object.ts";

Deno.test("an object is neither null nor a list", () => {
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

Deno.test("of a text that is missing, damaged or another value there is no object", () => {
  assert.deepEqual(objectIn('{"a": 1}'), { a: 1 });
  for (const text of [null, "", "{", "null", "[]", "1"]) assert.equal(objectIn(text), null);
});
