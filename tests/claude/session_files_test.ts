// Tests of session ids of the client.
import assert from "node:assert/strict";
import { isClientSessionId } from "../../lib/claude/session_files.ts";

Deno.test("a session id is a UUID in lower case, with nothing around it", () => {
  const id = "11111111-2222-4333-8444-55555555555f";
  assert.equal(isClientSessionId(id), true);
  const others = [
    `${id}0`,
    ` ${id}`,
    id.toUpperCase(),
    id.slice(1),
    "../x",
    "",
    5,
    null,
    undefined,
  ];
  for (const other of others) assert.equal(isClientSessionId(other), false, String(other));
});
