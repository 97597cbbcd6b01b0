// Tests of what counts as a release.
import assert from "node:assert/strict";
import { faultsOf } from "../../build/release.ts";

Deno.test("a release needs every target on the official stub", () => {
  assert.deepEqual(faultsOf(new Map([["linux-x64", "official"], ["macos-x64", "official"]])), []);
  assert.deepEqual(faultsOf(new Map([["linux-x64", "npm-hosted"], ["macos-x64", "SKIPPED"]])), [
    "linux-x64: not on the official runtime stub",
    "macos-x64: not built",
  ]);
});
