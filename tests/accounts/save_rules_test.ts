// Tests of when a live login may be saved under a name, one row a situation.
import assert from "node:assert/strict";
import type { LoginView, SaveFacts } from "../../lib/accounts/save_rules.ts";
import { saveRefusal } from "../../lib/accounts/save_rules.ts";
import type { Account, Identity } from "../../lib/config/account.ts";

const person = (name: string): Identity => ({
  accountUuid: name,
  email: `${name}@example.com`,
  organizationUuid: null,
  organizationName: null,
});
const ANN = person("ann");
const BOB = person("bob");

const account = (name: string, facts: Partial<Account> = {}): Account => ({
  name,
  plan: null,
  disabled: false,
  group: null,
  last: false,
  reserve: { five_hour: null, seven_day: null },
  landingCap: null,
  price: null,
  inPlace: false,
  folder: name,
  identity: null,
  ...facts,
});

const login = (facts: Partial<LoginView> = {}): LoginView => ({
  state: "present",
  identity: null,
  accountUuid: null,
  fingerprint: null,
  ...facts,
});
const MISSING = login({ state: "missing" });

type Other = SaveFacts["others"][number];
const other = (facts: Partial<Account>, more: Partial<Other> = {}): Other => ({
  account: account("old", facts),
  login: MISSING,
  knownFingerprint: null,
  ...more,
});

interface Case {
  name: string;
  /** What differs from Ann being logged in, by tokens with the fingerprint "f". */
  live?: Partial<LoginView>;
  running?: SaveFacts["running"];
  target?: SaveFacts["target"];
  others?: Other[];
  /** What the refusal says to type, and the exit code; null: it may be saved. */
  refused: [hint: string, exit?: number] | null;
  /** What its message names. */
  says?: RegExp;
}

const OF_OLD: Case["refused"] = ["claude-multi save old"];
const OCCUPIED: Case["refused"] = ["claude-multi run --account new -- auth logout"];
const FOREIGN: Case["refused"] = ["claude-multi save ann"];

const CASES: readonly Case[] = [
  { name: "a live login under a new name", refused: null },
  {
    name: "tokens that say whose they are",
    live: { accountUuid: "ann" },
    refused: null,
  },
  {
    name: "tokens of someone else than the one named in the home",
    live: { accountUuid: "bob" },
    refused: ["claude -p hello"],
    says: /ann@example\.com/,
  },
  {
    name: "nobody is logged in",
    live: { state: "missing" },
    refused: ["claude-multi login new", 4],
  },
  {
    name: "nobody is logged in, since that login has been saved",
    live: { state: "missing" },
    target: { account: account("new"), login: login({ identity: ANN }) },
    refused: ["claude-multi run --account new", 4],
    says: /nobody is logged in to .*, and "new" has its login$/,
  },
  {
    name: "an expired login",
    live: { state: "blank" },
    refused: ["claude-multi login new", 4],
  },
  {
    name: "a login whose person is unknown",
    live: { identity: null },
    refused: ["claude auth status"],
  },
  {
    name: "a session runs in the home",
    running: { list: "session in ~/job, process 7", end: "leave claude there first" },
    refused: ["claude-multi save new"],
    says: /claude is running on .* \(session in ~\/job, process 7\); leave claude there first$/,
  },
  {
    name: "a session runs in the home, and the login belongs to another account",
    running: { list: "session in ~/job, process 7", end: "leave claude there first" },
    others: [{
      account: account("own", { identity: ANN }),
      login: MISSING,
      knownFingerprint: null,
    }],
    refused: ["claude-multi save own"],
    says: /which is the account "own"$/,
  },
  {
    name: "the home itself is the account of that name",
    target: {
      account: account("new", {
        inPlace: true,
        group: "office",
        disabled: true,
        last: true,
        price: 20,
      }),
      login: MISSING,
    },
    refused: [[
      "claude-multi remove new",
      "claude-multi save new",
      "claude-multi config set accounts.new.group office",
      "claude-multi disable new",
      "claude-multi config set accounts.new.last true",
      "claude-multi config set accounts.new.price 20",
    ].join(" && ")],
    says: /its login is the one in .*; to move it from there, remove the account first$/,
  },
  {
    name: "the home itself is the account of that name, and someone else has logged in there",
    target: { account: account("new", { inPlace: true, identity: BOB }), login: MISSING },
    refused: ["claude-multi login new"],
    says: /it belongs to "bob@example\.com", but .* is logged in as "ann@example\.com"$/,
  },
  // Other accounts.
  {
    name: "another account belongs to someone else",
    others: [other({ identity: BOB }), other({})],
    refused: null,
  },
  {
    name: "another account belongs to this person",
    others: [other({ identity: BOB }), other({ identity: ANN })],
    refused: OF_OLD,
    says: /"ann@example\.com", which is the account "old"$/,
  },
  {
    name: "this person is logged in to another account that names no owner",
    others: [other({}, { login: login({ identity: ANN }) })],
    refused: ["claude-multi run --account old"],
  },
  {
    name: "this person was once logged in to another account that has no login",
    others: [other({}, { login: login({ state: "blank", identity: ANN }) })],
    refused: null,
  },
  {
    name: "another account has the same tokens",
    others: [other({ identity: BOB }, { login: login({ fingerprint: "f" }) })],
    refused: OF_OLD,
  },
  {
    name: "another account had the same tokens when it was last seen",
    others: [other({ identity: BOB }, { knownFingerprint: "f" })],
    refused: OF_OLD,
  },
  {
    name: "tokens that can't be compared don't count as copies",
    live: { fingerprint: null },
    others: [other({ identity: BOB })],
    refused: null,
  },
  {
    name: "an account in the home that names no owner owns who is logged in there",
    others: [other({ inPlace: true })],
    refused: ["claude-multi remove old && claude-multi save new"],
  },
  {
    name: "the login belongs to the account in the home, and that of this name has none",
    others: [other({ inPlace: true })],
    target: { account: account("new"), login: login({ state: "missing" }) },
    refused: ["claude-multi login new"],
  },
  {
    name: "the login belongs to the account in the home, and that of this name has one",
    others: [other({ inPlace: true })],
    target: { account: account("new"), login: login({ identity: BOB, fingerprint: "g" }) },
    refused: ["claude-multi run --account new"],
  },
  {
    name: "the login belongs to the account in the home, and a renamed account has this folder",
    others: [other({ inPlace: true }), other({ name: "renamed", folder: "new", identity: BOB })],
    refused: ["claude-multi remove old && claude-multi save new-2"],
  },
  {
    name: "a renamed account has the folder of this name",
    others: [other({ name: "renamed", folder: "new" }), other({ name: "new-2", folder: "x" })],
    refused: ["claude-multi save new-3"],
    says: /the folder "new" belongs to the account "renamed"$/,
  },
  {
    name: "a renamed account has the folder of this name, and is this person's",
    others: [other({ name: "renamed", folder: "new", identity: ANN })],
    refused: ["claude-multi save renamed"],
  },
  {
    name: "an account in the home that belongs to someone else",
    others: [other({ inPlace: true, identity: BOB })],
    refused: null,
  },
  {
    name: "another account is this person's, and the name is someone else's",
    others: [other({ identity: ANN })],
    target: { account: account("new", { identity: BOB }), login: MISSING },
    refused: OF_OLD,
    says: /"old"; "new" belongs to "bob@example\.com"$/,
  },
  // The account of that name.
  {
    name: "the account of that name has no login and no owner",
    target: { account: account("new"), login: MISSING },
    refused: null,
  },
  {
    name: "the account of that name is this person's, without a login",
    target: { account: account("new", { identity: ANN }), login: MISSING },
    refused: null,
  },
  {
    name: "the account of that name is someone else's",
    target: { account: account("new", { identity: BOB }), login: MISSING },
    refused: FOREIGN,
    says: /bob@example\.com.*ann@example\.com/,
  },
  {
    name: "someone else was last logged in to the account of that name",
    target: { account: account("new"), login: login({ state: "blank", identity: BOB }) },
    refused: FOREIGN,
  },
  {
    name: "someone else is named, but no login is left",
    target: { account: account("new"), login: login({ state: "missing", identity: BOB }) },
    refused: null,
  },
  {
    name: "the account of that name has an expired login of this person",
    target: { account: account("new"), login: login({ state: "blank", identity: ANN }) },
    refused: null,
  },
  {
    name: "the account of that name has another login of this person",
    target: { account: account("new"), login: login({ identity: ANN, fingerprint: "g" }) },
    refused: OCCUPIED,
  },
  {
    name: "the account of that name has this very login",
    target: { account: account("new"), login: login({ identity: ANN, fingerprint: "f" }) },
    refused: null,
  },
  {
    name: "two logins that nobody can compare",
    live: { fingerprint: null },
    target: { account: account("new"), login: login({ identity: ANN }) },
    refused: OCCUPIED,
  },
];

for (const { name, live, running, target, others, refused, says } of CASES) {
  Deno.test(`${refused === null ? "saved" : "not saved"}: ${name}`, () => {
    const refusal = saveRefusal({
      name: "new",
      live: login({ identity: ANN, fingerprint: "f", ...live }),
      running: running ?? null,
      target: target ?? null,
      others: others ?? [],
      home: "~/.claude",
    });
    const [hint, exit = 5] = refused ?? [];
    assert.deepEqual(
      refusal && { hint: refusal.hint, exit: refusal.exit },
      refused && { hint, exit },
      refusal?.message,
    );
    assert.match(refusal?.message ?? "", says ?? /^/);
  });
}
