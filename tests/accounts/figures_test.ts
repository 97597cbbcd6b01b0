// Tests of whose figures count: what was taken while somebody else was logged in never does.
import assert from "node:assert/strict";
import fc from "fast-check";
import { standingsNow } from "../../lib/accounts/standings.ts";
import type { Identity } from "../../lib/config/account.ts";
import { figuresKey, identityKey } from "../../lib/config/account.ts";
import type { FakeContext } from "../helpers/context.ts";
import { fakeContext, putLogin, START_MS } from "../helpers/context.ts";
import { fakeIdentity } from "../helpers/identity.ts";

const HOUR = 3_600_000;
const OWNER = fakeIdentity("work");
const OTHERS = [
  fakeIdentity("someone").accountUuid,
  `${fakeIdentity("someone").accountUuid}/${OWNER.organizationUuid}`,
  `${OWNER.accountUuid}/another-organisation`,
];
const OWN = [null, OWNER.accountUuid, `${OWNER.accountUuid}/${OWNER.organizationUuid}`];

/** Whose a row is, and its numbers. */
interface Taken {
  identity: string | null;
  window: string;
  percentUsed: number;
  minutesAgo: number;
}

/** An account "work" that `loggedIn` is logged in to; `pinned`: its owner is in config.json. */
function contextOf({ loggedIn = "work", pinned = true } = {}): FakeContext {
  const { accountUuid, organizationUuid, email } = OWNER;
  const identity = pinned ? { identity: { accountUuid, organizationUuid, email } } : {};
  const context = fakeContext({ config: { accounts: [{ name: "work", ...identity }] } });
  const dir = `${context.layout.accounts}/work`;
  putLogin(context.files, { dir, name: loggedIn, nowMs: START_MS });
  return context;
}

/** What is known about the account after these rows, in their order. */
function known(context: FakeContext, rows: readonly Taken[]): unknown[] {
  const ledger = context.ledger();
  for (const { identity, window, percentUsed, minutesAgo } of rows) {
    const measuredAtMs = START_MS - minutesAgo * 60_000;
    const resetsAtMs = START_MS + HOUR;
    const model = window === "seven_day_opus" ? "opus" : null;
    ledger.addReadings([{
      account: "work",
      window,
      model,
      identity,
      percentUsed,
      resetsAtMs,
      measuredAtMs,
      source: "statusline",
    }]);
    if (percentUsed < 100) continue;
    ledger.addLimit({
      account: "work",
      window: null,
      model,
      untilMs: resetsAtMs + percentUsed,
      kind: "limit",
      recordedAtMs: measuredAtMs,
      session: null,
      identity,
    });
  }
  const [standing] = standingsNow(context, { config: context.configFile.read() }).accounts;
  return [standing?.windows, standing?.limitedUntilMs];
}

const taken = (identities: readonly (string | null)[]) =>
  fc.record({
    identity: fc.constantFrom(...identities),
    window: fc.constantFrom("five_hour", "seven_day", "seven_day_opus"),
    percentUsed: fc.integer({ min: 0, max: 102 }),
    minutesAgo: fc.integer({ min: 0, max: 300 }),
  });

Deno.test("readings and limits of another person or organisation never count, in whatever order they come", () => {
  const rows = fc.array(fc.oneof(taken(OWN), taken(OTHERS)), { maxLength: 12 });
  fc.assert(
    fc.property(rows, (all) => {
      const own = all.filter(({ identity }) => OWN.includes(identity));
      assert.deepEqual(known(contextOf(), all), known(contextOf(), own));
    }),
    { numRuns: 60 },
  );
});

Deno.test("newer readings of another person don't hide the owner's, however many there are", () => {
  const own = { identity: null, window: "five_hour", percentUsed: 5, minutesAgo: 200 };
  const others = Array.from({ length: 50 }, (_, i) => (
    { ...own, identity: OTHERS[0] ?? null, percentUsed: 40 + i, minutesAgo: 100 - i }
  ));
  assert.deepEqual(known(contextOf(), [own, ...others]), known(contextOf(), [own]));
});

Deno.test("while somebody else is logged in, the owner's figures are shown; without an owner, theirs", () => {
  const percents = (context: FakeContext) => {
    const [windows] = known(context, [
      { identity: OWN[2] ?? null, window: "five_hour", percentUsed: 5, minutesAgo: 9 },
      {
        identity: identityKey(fakeIdentity("someone")),
        window: "five_hour",
        percentUsed: 80,
        minutesAgo: 1,
      },
    ]);
    return JSON.stringify(windows).match(/"percentUsed":\d+/g);
  };
  assert.deepEqual(percents(contextOf({ loggedIn: "someone" })), ['"percentUsed":5']);
  assert.deepEqual(percents(contextOf({ pinned: false })), ['"percentUsed":5']);
  const theirs = contextOf({ loggedIn: "someone", pinned: false });
  assert.deepEqual(percents(theirs), ['"percentUsed":80']);
});

Deno.test("an owner without an organisation has the one that the login names", () => {
  const of = (organizationUuid: string | null): Identity => ({
    accountUuid: "p",
    organizationUuid,
    email: null,
    organizationName: null,
  });
  const never = () => assert.fail("the login needn't be read");
  assert.equal(figuresKey(of("o"), never), "p/o");
  assert.equal(figuresKey(of(null), () => of("o")), "p/o");
  assert.equal(figuresKey(of(null), () => ({ ...of("o"), accountUuid: "q" })), "p");
  assert.equal(figuresKey(of(null), () => null), "p");
  assert.equal(figuresKey(null, () => of("o")), "p/o");
  assert.equal(figuresKey(null, () => null), null);
});
