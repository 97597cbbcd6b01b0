// Tests of accounts: what they may be called, which name was meant, and when two logins are one subscription.
import assert from "node:assert/strict";
import type { Identity } from "../../lib/config/account.ts";
import {
  findAccount,
  isSameIdentity,
  nameProblem,
  nearestName,
  parseAccountName,
  personText,
  SHARED_HOME_ACCOUNT,
} from "../../lib/config/account.ts";
import { configDirOf, layoutOf } from "../../lib/config/paths.ts";

const NAMES: ReadonlyArray<readonly [text: string, isName: boolean, nearest: string | null]> = [
  ["work", true, "work"],
  ["0-1", true, "0-1"],
  ["x".repeat(32), true, "x".repeat(32)],
  ["x".repeat(33), false, "x".repeat(32)],
  ["Work 2", false, "work-2"],
  ["my_work.", false, "my-work"],
  ["-a", false, null],
  ["all", false, null],
  ["Shared", false, null],
  ["", false, null],
  ["../x", false, null],
  ["é", false, null],
];

for (const [text, isName, nearest] of NAMES) {
  Deno.test(`"${text}" is ${isName ? "a name" : `no name; meant was ${nearest ?? "none"}`}`, () => {
    assert.equal(nameProblem(text) === null, isName);
    assert.equal(nearestName(text), nearest);
    if (isName) assert.equal(parseAccountName(text), text);
    else {
      const hint = `claude-multi rename work ${nearest ?? "personal"}`;
      assert.throws(() => parseAccountName(text, "claude-multi rename work"), { hint, exit: 2 });
    }
  });
}

const identity = (accountUuid: string, organizationUuid: string | null): Identity => ({
  accountUuid,
  organizationUuid,
  email: "ann@example.com",
  organizationName: null,
});

Deno.test("two logins are one subscription if the person is, and no organisation says otherwise", () => {
  const same = (a: Identity, b: Identity) => [isSameIdentity(a, b), isSameIdentity(b, a)];
  assert.deepEqual(same(identity("ann", "x"), identity("ann", "x")), [true, true]);
  assert.deepEqual(same(identity("ann", "x"), identity("ann", "y")), [false, false]);
  assert.deepEqual(same(identity("ann", "x"), identity("ann", null)), [true, true]);
  assert.deepEqual(same(identity("ann", null), identity("ann", null)), [true, true]);
  assert.deepEqual(same(identity("ann", "x"), identity("bob", "x")), [false, false]);
  assert.deepEqual(same(identity("ann", null), identity("bob", null)), [false, false]);
});

Deno.test("an owner is named by email address, and by organisation where there is one", () => {
  const { email } = identity("ann", null);
  assert.equal(personText({ email, organizationName: null }), '"ann@example.com"');
  assert.equal(personText({ email, organizationName: "Acme" }), '"ann@example.com" of "Acme"');
  assert.match(personText({ email: null, organizationName: null }), /unknown/);
});

Deno.test("an account that isn't there is answered with those that are, or with setup", () => {
  const accounts = ["work", "home"].map((name) => ({ ...SHARED_HOME_ACCOUNT, name }));
  assert.equal(findAccount(accounts, "home"), accounts[1]);
  assert.throws(() => findAccount(accounts, "x"), { message: /work.*home/, exit: 2 });
  assert.throws(() => findAccount([], "x"), { hint: "claude-multi setup", exit: 2 });
});

Deno.test("the shared home is an account like any other, in ~/.claude itself", () => {
  const layout = layoutOf({ home: "/h", root: null });
  assert.equal(configDirOf(SHARED_HOME_ACCOUNT, layout), "/h/.claude");
  assert.equal(SHARED_HOME_ACCOUNT.disabled, false);
});
