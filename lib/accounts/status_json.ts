// What `status --json` prints, and its JSON Schema.
import type { WindowName, WindowUse } from "../balance/windows.ts";
import type { Outlook } from "../balance/outlook.ts";
import { accountWindow, useOf, WINDOWS } from "../balance/windows.ts";
import { rounded } from "../text/format.ts";
import type { Eligible } from "./eligible.ts";
import type { Standing, Standings } from "./standings.ts";

type Json = Record<string, unknown>;

/** The version of the document; new keys don't change it. */
const VERSION = 1;

/**
 * The document that `status --json` prints. `eligible`: the accounts that may be chosen in this folder,
 * for the account that `cl` would take here and the next one to open.
 */
export function statusJson(
  { accounts, ranked }: Pick<Standings, "accounts" | "ranked">,
  { eligible, nowMs, outlooksOf }: {
    eligible: Eligible;
    nowMs: number;
    outlooksOf: (standing: Standing) => Record<WindowName, Outlook | null>;
  },
): Json {
  const here = ranked.filter(({ name }) => eligible.names.includes(name));
  const [best] = here;
  const openings = accounts.flatMap(({ account: { name }, limitedUntilMs: atMs }) =>
    atMs !== null && here.some((row) => row.name === name && row.limited)
      ? [{ account: name, atMs }]
      : []
  ).sort((a, b) => a.atMs - b.atMs);
  return {
    version: VERSION,
    account: best === undefined || best.limited ? null : best.name,
    nextOpening: openings[0] ?? null,
    accounts: accounts.map((standing) =>
      standingJson(standing, { nowMs, outlooks: outlooksOf(standing) })
    ),
  };
}

function standingJson(
  standing: Standing,
  { nowMs, outlooks }: { nowMs: number; outlooks: Record<WindowName, Outlook | null> },
): Json {
  const { account, ranked, windows } = standing;
  const use = (name: typeof WINDOWS[number]) => useOf(accountWindow(windows, name));
  return {
    name: account.name,
    state: standing.state,
    email: standing.identity?.email ?? account.identity?.email ?? null,
    plan: standing.plan,
    score: ranked === null ? null : rounded(ranked.score),
    activeSessions: standing.activeSessions,
    windows: Object.fromEntries(WINDOWS.map((name) => [name, useJson(use(name), outlooks[name])])),
    windowList: windows.map(({ window, model, state }) => {
      const used = useOf(state);
      const isMeasured = state !== null && state.state !== "estimated";
      return {
        kind: window,
        model,
        state: state?.state ?? "unknown",
        percentUsed: used === null ? null : rounded(used.percentUsed),
        resetsAtMs: used?.resetsAtMs ?? null,
        source: state?.source ?? null,
        measuredAtMs: isMeasured ? nowMs - state.ageMs : null,
      };
    }),
    limitedUntilMs: standing.limitedUntilMs,
    unusedResetUntilMs: standing.unusedResetUntilMs,
    lastUsedAtMs: standing.lastUsedAtMs,
  };
}

function useJson(use: WindowUse | null, outlook: Outlook | null): Json | null {
  if (use === null) return null;
  const { percentUsed, resetsAtMs, source, ageMs, fellFrom } = use;
  return {
    ...{ percentUsed: rounded(percentUsed), resetsAtMs, source, ageMs, fellFrom },
    outlook: outlook === null ? null : {
      outAtMs: whole(outlook.out?.atMs),
      earliestMs: whole(outlook.out?.earliestMs),
      latestMs: whole(outlook.out?.latestMs),
      percentPerDay: rounded(outlook.percentPerDay),
    },
  };
}

function whole(ms: number | null | undefined): number | null {
  return ms === null || ms === undefined ? null : Math.round(ms);
}

const TEXT = { type: "string" };
const TEXT_OR_NULL = { type: ["string", "null"] };
const PERCENT = { type: "number", minimum: 0, maximum: 100 };
const TIME_OR_NULL = { type: ["number", "null"], description: "milliseconds since 1970" };
const SOURCE = { enum: ["statusline", "usage-cache", "limit", "estimate", "absent"] };

/** An object whose keys are all there; newer versions may add more. */
function object(properties: Json, more: Json = {}): Json {
  return { type: "object", required: Object.keys(properties), properties, ...more };
}

/** The JSON Schema (draft 7) of what `status --json` prints. */
export function statusJsonSchema(): Json {
  const window = object({
    percentUsed: PERCENT,
    resetsAtMs: TIME_OR_NULL,
    source: SOURCE,
    ageMs: { type: "number", minimum: 0 },
    fellFrom: { ...PERCENT, type: ["number", "null"] },
    outlook: object({
      outAtMs: { ...TIME_OR_NULL, description: "when it is full at the present pace" },
      earliestMs: TIME_OR_NULL,
      latestMs: TIME_OR_NULL,
      percentPerDay: { type: "number", description: "what a day may use for it to last" },
    }, { type: ["object", "null"], description: "null if too little is known" }),
  }, { type: ["object", "null"], description: "null if nothing is known or there is none" });
  const entry = object({
    kind: { ...TEXT, description: "five_hour, seven_day or another name that the service uses" },
    model: { ...TEXT_OR_NULL, description: "null for the windows of the whole account" },
    state: { enum: ["measured", "estimated", "unknown", "none"] },
    percentUsed: { ...PERCENT, type: ["number", "null"] },
    resetsAtMs: TIME_OR_NULL,
    source: { enum: [...SOURCE.enum, null] },
    measuredAtMs: TIME_OR_NULL,
  });
  const account = object({
    name: TEXT,
    state: { enum: ["open", "limited", "disabled", "login", "drift"] },
    email: TEXT_OR_NULL,
    plan: TEXT_OR_NULL,
    score: { type: ["number", "null"] },
    activeSessions: { type: "integer", minimum: 0 },
    windows: object({ five_hour: window, seven_day: window }),
    windowList: {
      type: "array",
      items: entry,
      description: "five_hour and seven_day, then all others",
    },
    limitedUntilMs: TIME_OR_NULL,
    unusedResetUntilMs: TIME_OR_NULL,
    lastUsedAtMs: TIME_OR_NULL,
  });
  return {
    $schema: "http://json-schema.org/draft-07/schema#",
    title: `claude-multi status --json, version ${VERSION}`,
    ...object({
      version: { const: VERSION },
      account: { ...TEXT_OR_NULL, description: "the account that cl would take in this folder" },
      nextOpening: object({ account: TEXT, atMs: { type: "number" } }, {
        type: ["object", "null"],
        description: "the first of the limited accounts to open here",
      }),
      accounts: { type: "array", items: account },
    }),
  };
}
