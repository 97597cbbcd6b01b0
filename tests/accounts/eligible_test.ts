// Tests of which accounts may be chosen: pins, groups, and how a choice is explained.
import assert from "node:assert/strict";
import type { Eligible } from "../../lib/accounts/eligible.ts";
import { eligibleAccounts, explainChoice, unpinLine } from "../../lib/accounts/eligible.ts";
import type { ResolvedPin } from "../../lib/accounts/pins.ts";
import { pinOf, realFolder, resolvedPins } from "../../lib/accounts/pins.ts";
import type { Account } from "../../lib/config/account.ts";
import type { Restriction } from "../../lib/balance/reasons.ts";

const pin = (folder: string, to: { account?: string; group?: string } = { account: "a" }) =>
  ({ path: folder, folder, account: null, group: null, ...to }) satisfies ResolvedPin;

const account = (name: string, group: string | null = null): Account => ({
  name,
  plan: null,
  disabled: false,
  group,
  last: false,
  reserve: { five_hour: null, seven_day: null },
  landingCap: null,
  price: null,
  inPlace: false,
  folder: name,
  identity: null,
});

Deno.test("the pin of the nearest folder applies, whatever the order of the pins", () => {
  const pins = [
    pin("/home"),
    pin("/home/ann/work"),
    pin("/home/ann"),
    pin("/home/ann/wo"),
    pin("/x"),
  ];
  const of = (cwd: string, among = pins) => pinOf(among, cwd)?.folder ?? null;
  for (const among of [pins, pins.toReversed()]) {
    assert.equal(of("/home/ann/work/deep", among), "/home/ann/work");
    assert.equal(of("/home/ann/work", among), "/home/ann/work");
    assert.equal(of("/home/ann/worker", among), "/home/ann", "a name that only starts the same");
    assert.equal(of("/home/bob", among), "/home");
  }
  assert.equal(of("/elsewhere"), null);
  assert.equal(of("/hom"), null);
  assert.equal(of("/any/where", [pin("/")]), "/", "everything is below the root");
  assert.equal(of("/", [pin("/")]), "/");
  const twice = [pin("/p", { account: "first" }), pin("/p", { account: "second" })];
  assert.equal(pinOf(twice, "/p")?.account, "first", "of two pins of a folder the first applies");
});

const ACCOUNTS = [account("a", "g"), account("b", "g"), account("c", "h"), account("d")];

/** Which accounts may be chosen in /home/ann/p, and why. */
function eligible(
  options: { pins?: ResolvedPin[]; owner?: string; except?: string[]; accounts?: Account[] },
): [names: readonly string[], restrictions: readonly Restriction[], preferred: string | null] {
  const { accounts = ACCOUNTS, pins = [] } = options;
  const { names, restrictions, preferred } = eligibleAccounts({
    files: { resolve: (path) => path },
  }, {
    config: { accounts, pins },
    cwd: "/home/ann/p",
    owner: options.owner ?? null,
    home: "/home/ann",
    ...options.except && { except: options.except },
  });
  return [names, restrictions, preferred];
}

const pinned = (to: { account?: string; group?: string }) => [pin("/home/ann/p", to)];
const because = (account: string | null, group: string | null, isEmpty = false): Restriction => ({
  kind: "pin",
  folder: "~/p",
  account,
  group,
  isEmpty,
});

Deno.test("without pins and without a conversation every account may be chosen", () => {
  assert.deepEqual(eligible({}), [["a", "b", "c", "d"], [], null]);
  assert.deepEqual(eligible({ except: ["b", "x"] }), [["a", "c", "d"], [], null]);
  assert.deepEqual(eligible({ owner: "gone" }), [["a", "b", "c", "d"], [], null]);
});

Deno.test("a pin allows its account, or the accounts of its group", () => {
  assert.deepEqual(eligible({ pins: pinned({ account: "c" }) }), [
    ["c"],
    [because("c", null)],
    null,
  ]);
  assert.deepEqual(
    eligible({ pins: pinned({ group: "g" }) }),
    [["a", "b"], [because(null, "g")], null],
  );
  assert.deepEqual(eligible({ pins: pinned({ account: "x" }) }), [
    [],
    [because("x", null, true)],
    null,
  ]);
  assert.deepEqual(eligible({ pins: pinned({ group: "x" }) }), [
    [],
    [because(null, "x", true)],
    null,
  ]);
  assert.deepEqual(eligible({ pins: pinned({}) }), [["a", "b", "c", "d"], [], null]);
  assert.deepEqual(
    eligible({ pins: pinned({ account: "a", group: "h" }) }),
    [["a"], [because("a", "h")], null],
    "the account decides",
  );
});

Deno.test("a conversation stays in its group, if there is more than one", () => {
  const wall = (group: string | null): Restriction => ({ kind: "wall", group });
  assert.deepEqual(eligible({ owner: "b" }), [["a", "b"], [wall("g")], "b"]);
  assert.deepEqual(eligible({ owner: "d" }), [["d"], [wall(null)], "d"]);
  const alike = [account("a"), account("b")];
  assert.deepEqual(eligible({ owner: "b", accounts: alike }), [["a", "b"], [], "b"]);
  assert.deepEqual(
    eligible({ owner: "b", pins: pinned({ account: "c" }) }),
    [[], [because("c", null), wall("g")], "b"],
  );
});

Deno.test("only the chosen account says why it wasn't simply the best of all", () => {
  const row = (name: string) => ({ name, score: 1, limited: false, reasons: [] });
  const reasons = (more: Partial<Eligible>, chosen = "a") =>
    explainChoice([row("a"), row("b")], {
      eligible: { names: [], restrictions: [], pin: null, preferred: null, ...more },
      chosen,
    }).map((one) => one.reasons);
  const restrictions: Restriction[] = [{ kind: "wall", group: "g" }];
  assert.deepEqual(reasons({}), [[], []]);
  assert.deepEqual(reasons({ preferred: "a" }), [[{ kind: "owner" }], []]);
  assert.deepEqual(reasons({ preferred: "b" }), [[], []]);
  assert.deepEqual(reasons({ restrictions }, "b"), [[], [{
    kind: "restricted",
    by: restrictions,
  }]]);
  assert.deepEqual(reasons({ preferred: "b", restrictions }, "b")[1]?.length, 2);
  assert.deepEqual(explainChoice([row("a")], { eligible: null, chosen: "a" }), [row("a")]);
});

Deno.test("the command that removes a pin can be pasted, or shows that it can't", () => {
  assert.equal(unpinLine({ path: "/p/a b" }), "cd '/p/a b' && claude-multi pin --clear");
  assert.equal(unpinLine({ path: "/p/\u202eb" }), "cd /p/\ufffdb && claude-multi pin --clear");
});

Deno.test("folders are compared with links resolved; a folder that doesn't exist keeps its path", () => {
  const files = {
    resolve(path: string): string | null {
      if (path === "/loop") throw new Error("a loop");
      return path === "/link" ? "/real" : path === "/gone" ? null : path;
    },
  };
  assert.equal(realFolder({ files }, "/link"), "/real");
  assert.equal(realFolder({ files }, "/gone"), "/gone");
  assert.equal(realFolder({ files }, "/loop"), "/loop");
  const pins = [{ path: "/link", account: "a", group: null }];
  assert.deepEqual(resolvedPins({ files }, pins), [{ ...pins[0], folder: "/real" }]);
  const config = { accounts: [account("a"), account("b")], pins };
  const names = (cwd: string) =>
    eligibleAccounts({ files }, { config, cwd, owner: null, home: "/h" }).names;
  assert.deepEqual(names("/real/below"), ["a"]);
  assert.deepEqual(names("/link"), ["a"]);
  assert.deepEqual(names("/gone"), ["a", "b"]);
});
