// Tests of the states of a conversation: every state with every event, and the boundaries of each.
import assert from "node:assert/strict";
import type { Event, Look, Move, Offer, Sending, State, Step } from "../../lib/launch/state.ts";
import { begin, next } from "../../lib/launch/state.ts";
import type { LimitedConversation } from "../../lib/launch/limits.ts";
import { UserError } from "../../lib/text/errors.ts";

const MET_MS = 1_000_000;
const MINUTE_MS = 60_000;

const limited: LimitedConversation = {
  id: "c0ffee",
  session: 1,
  limit: {
    account: "a",
    window: "five_hour",
    model: null,
    untilMs: MET_MS + 60 * MINUTE_MS,
    kind: "limit",
    recordedAtMs: MET_MS,
  },
  isRefused: true,
};
const offer: Offer = { account: "b", percentUsed: 20 };
const outcome = { code: 7, signal: null };
const again: Sending = { prompt: "fix it" };
const move: Move = { limited, mode: "ask", outcome, offer, sending: again };
const seen = { countsTasks: false, titledAtMs: null, toldAtMs: null };

/** A look at a client that waits for the reset since long, in a launch that moves by itself. */
const idleLook: Look = {
  nowMs: MET_MS + MINUTE_MS,
  status: "idle",
  changedAtMs: MET_MS,
  limited,
  typedAtMs: null,
  tasks: 0,
  isAuto: true,
  wantsTitle: false,
  wantsNotice: false,
};

const STATES: { [S in State["at"]]: Extract<State, { at: S }> } = {
  interrupted: { at: "interrupted", limited },
  moving: { at: "moving", move },
  running: { at: "running", seen },
  limited: { at: "limited", seen },
  idle: { at: "idle", seen, limited, canEnd: true, wantsTitle: true },
  ending: { at: "ending", seen, offer },
  offering: { at: "offering", move, other: null, isNear: false },
  ended: { at: "ended", outcome, error: null },
};

const EVENTS: { [E in Event["on"]]: Extract<Event, { on: E }> } = {
  answered: { on: "answered", answer: "y" },
  leased: { on: "leased" },
  launched: { on: "launched" },
  looked: { on: "looked", look: idleLook },
  surveyed: { on: "surveyed", offer, nowMs: MET_MS, movesLeft: 1, sending: again },
  exited: { on: "exited", outcome, limited, mode: "ask" },
  blocked: { on: "blocked", why: "it is open" },
  failed: { on: "failed", error: new Error("disk full") },
};

/** A step in one line: the state, and what is done in it. */
function shown({ state, actions }: Step): string {
  return [state.at, ...actions.map((action) => action.do)].join(" > ");
}

const STAYS = "ended > print output > say why it stays";
const SURVEYS = "idle > survey";
const EXITED = "offering > find offer";

/** What each event makes of each state; what is left out changes nothing. */
const TABLE: { [S in State["at"]]: { [E in Event["on"]]?: string } } = {
  interrupted: { answered: "moving > lease", failed: "moving > lease" },
  moving: {
    leased: "moving > launch",
    launched: "running > watch",
    blocked: STAYS,
    failed: STAYS,
  },
  running: { looked: SURVEYS, exited: EXITED, failed: "running > watch" },
  limited: { looked: SURVEYS, exited: EXITED, failed: "limited > watch" },
  idle: {
    looked: SURVEYS,
    surveyed: "ending > set title > end client > wait",
    exited: EXITED,
    failed: "idle > watch",
  },
  ending: { exited: EXITED, failed: "ending > wait" },
  offering: {
    answered: "moving > lease",
    surveyed: "offering > ask",
    blocked: STAYS,
    failed: STAYS,
  },
  ended: {},
};

for (const at of Object.keys(STATES) as Array<State["at"]>) {
  for (const on of Object.keys(EVENTS) as Array<Event["on"]>) {
    const expected = TABLE[at][on];
    Deno.test(`${at}, ${on}: ${expected ?? "nothing changes"}`, () => {
      const step = next(STATES[at], EVENTS[on]);
      if (expected !== undefined) assert.equal(shown(step), expected);
      else assert.deepEqual(step, { state: STATES[at], actions: [] });
    });
  }
}

Deno.test("a launch starts with the choice, or with the question about an interrupted conversation", () => {
  assert.deepEqual(begin(null), {
    state: { at: "moving", move: null },
    actions: [{ do: "lease", move: null }],
  });
  assert.equal(shown(begin(limited)), "interrupted > ask whether to continue");
});

/** Answers, whether Enter means yes, and whether they are a yes. */
const ANSWERS: ReadonlyArray<readonly [answer: string | null, standard: boolean, isYes: boolean]> =
  [
    ["", true, true],
    ["  ", true, true],
    ["y", true, true],
    [" Yes ", true, true],
    ["n", true, false],
    ["No", false, false],
    [null, true, false],
    ["", false, false],
    ["y", false, true],
    ["YES", false, true],
    [null, false, false],
  ];
for (const [answer, standard, isYes] of ANSWERS) {
  Deno.test(`answer ${JSON.stringify(answer)} where Enter means ${standard}: ${isYes}`, () => {
    const asked: State = { ...STATES.offering, isNear: !standard };
    const step = next(asked, { on: "answered", answer });
    const silent = { ...move, sending: null };
    assert.deepEqual(
      step,
      isYes
        ? { state: { at: "moving", move: silent }, actions: [{ do: "lease", move: silent }] }
        : {
          state: { at: "ended", outcome, error: null },
          actions: [{ do: "print output" }, { do: "say how to continue", limited }],
        },
    );
    if (!standard || answer === null) return;
    const continued = next(STATES.interrupted, { on: "answered", answer });
    const from = isYes ? { limited, mode: "ask", outcome: null, offer: null, sending: null } : null;
    assert.deepEqual(continued.state, { at: "moving", move: from });
    assert.deepEqual(continued.actions, [
      ...isYes ? [] : [{ do: "say how to continue", limited }],
      { do: "lease", move: from },
    ]);
  });
}

Deno.test("who leaves the question about an interrupted conversation starts nothing", () => {
  const { state, actions } = next(STATES.interrupted, { on: "answered", answer: null });
  assert.ok(state.at === "ended" && state.error instanceof UserError);
  assert.equal(state.error.exit, 130);
  assert.deepEqual(actions, [{ do: "say how to continue", limited }]);
});

for (const answer of ["maybe", "yess", "nay", "yesterday", "m"]) {
  Deno.test(`"${answer}" is no answer: the same is asked again`, () => {
    const step = next(STATES.offering, { on: "answered", answer });
    assert.deepEqual(step, {
      state: STATES.offering,
      actions: [{ do: "ask", move, offer, other: null, isNear: false, isAgain: true }],
    });
    assert.deepEqual(next(STATES.interrupted, { on: "answered", answer }), {
      state: STATES.interrupted,
      actions: [{ do: "ask whether to continue", limited, isAgain: true }],
    });
  });
}

for (const [minutes, isNear] of [[10, true], [10.1, false], [-1, true]] as const) {
  Deno.test(`a reset in ${minutes} minutes is ${isNear ? "" : "not "}near`, () => {
    const nowMs = limited.limit.untilMs - minutes * MINUTE_MS;
    const step = next(STATES.offering, { ...EVENTS.surveyed, nowMs });
    assert.deepEqual(step.state, { at: "offering", move, other: null, isNear });
    assert.deepEqual(step.actions, [{ do: "ask", move, offer, other: null, isNear }]);
  });
}

const other: Offer = { account: "a", percentUsed: 50, model: "sonnet" };

/** At the limit of a model: the mode, what was found elsewhere, the answer, and where it goes on. */
const OTHER_MODEL: ReadonlyArray<
  readonly [
    mode: Move["mode"],
    elsewhere: Offer | null,
    answer: string,
    goesTo: Offer | null,
    sends?: true,
  ]
> = [
  ["ask", offer, "y", offer],
  ["ask", offer, "", offer],
  ["ask", offer, "m", other],
  ["ask", offer, " Model ", other],
  ["ask", offer, "s", offer, true],
  ["ask", offer, "ms", other, true],
  ["ask", offer, "M S", other, true],
  ["ask", offer, "n", null],
  ["ask", null, "y", other],
  ["ask", null, "s", other, true],
  ["ask", null, "", other],
  ["ask", null, "m", null],
  ["ask", null, "ms", null],
];
for (const [mode, elsewhere, answer, goesTo, sends] of OTHER_MODEL) {
  const name = elsewhere === null ? "only with another model" : "here or elsewhere";
  Deno.test(`${mode}: it can go on ${name}; ${JSON.stringify(answer)} means ${goesTo?.account}`, () => {
    const found = { ...EVENTS.surveyed, offer: elsewhere, other };
    const asked = next({ ...STATES.offering, move: { ...move, mode, offer: null } }, found);
    assert.equal(shown(asked), "offering > ask");
    const { state } = next(asked.state, { on: "answered", answer });
    assert.deepEqual(state.at === "moving" ? state.move?.offer : null, goesTo);
    assert.deepEqual(state.at === "moving" ? state.move?.sending : null, sends ? again : null);
  });
}

Deno.test("auto: another model is never taken without a question", () => {
  const offering: State = { ...STATES.offering, move: { ...move, mode: "auto", offer: null } };
  const step = next(offering, { ...EVENTS.surveyed, offer: null, other });
  assert.equal(shown(step), "ended > print output");
});

for (const mode of ["auto", "retry"] as const) {
  Deno.test(`${mode}: an offer is taken without a question`, () => {
    const offering: State = { ...STATES.offering, move: { ...move, mode, offer: null } };
    const step = next(offering, EVENTS.surveyed);
    assert.deepEqual(step.state, { at: "moving", move: { ...move, mode } });
    assert.equal(shown(step), "moving > lease");
  });
}

Deno.test("s means yes, and send it again; Enter and y send nothing", () => {
  for (const answer of ["s", " S ", "send"]) {
    const { state } = next(STATES.offering, { on: "answered", answer });
    assert.deepEqual(state, { at: "moving", move }, answer);
  }
});

Deno.test("auto: a conversation that has moved often enough stays, and its client is not ended", () => {
  const offering: State = { ...STATES.offering, move: { ...move, mode: "auto" } };
  const spent = { ...EVENTS.surveyed, movesLeft: 0 };
  const step = next(offering, spent);
  assert.equal(shown(step), STAYS);
  const [, said] = step.actions;
  assert.match(said?.do === "say why it stays" ? said.why : "", /"handoffMoves".*resume c0ffee$/);
  assert.equal(shown(next({ ...STATES.idle, wantsTitle: false }, spent)), "idle > watch");
  assert.equal(shown(next(STATES.offering, spent)), "offering > ask", "a person decides");
});

Deno.test("a notice is given once per limit, whatever the client is doing", () => {
  const look: Look = { ...idleLook, isAuto: false, wantsNotice: true };
  const step = next(STATES.running, { on: "looked", look });
  assert.equal(shown(step), "idle > tell > watch");
  assert.equal(shown(next(step.state, { on: "looked", look })), "idle > watch");
  const busy: Look = { ...look, status: "busy", changedAtMs: MET_MS + 1 };
  assert.equal(shown(next(STATES.running, { on: "looked", look: busy })), "limited > tell > watch");
  const none: Look = { ...look, limited: null };
  assert.equal(shown(next(STATES.running, { on: "looked", look: none })), "running > watch");
});

Deno.test("offering: without an offer it ends as the client did", () => {
  const step = next(STATES.offering, { ...EVENTS.surveyed, offer: null });
  assert.equal(shown(step), "ended > print output");
});

/** How clients end: what the event says, and what follows. */
const EXITS: ReadonlyArray<
  readonly [name: string, event: Partial<Extract<Event, { on: "exited" }>>, expected: string]
> = [
  ["without a limit", { limited: null }, "ended > print output"],
  ["with hand-offs off", { mode: "off" }, "ended > print output"],
  ["with an unknown conversation", { limited: { ...limited, id: null } }, "ended > print output"],
  ["automatically", { mode: "auto" }, "offering > find offer"],
  ["a reply at a limit", { mode: "retry" }, "offering > find offer"],
  [
    "a reply at a limit, whose conversation is unknown",
    { mode: "retry", limited: { ...limited, id: null } },
    "offering > find offer",
  ],
  [
    "a reply that succeeded all the same",
    { mode: "retry", outcome: { code: 0, signal: null } },
    "ended > print output",
  ],
];
for (const [name, more, expected] of EXITS) {
  Deno.test(`the client ends ${name}: ${expected}`, () => {
    const event = { ...EVENTS.exited, ...more };
    const step = next(STATES.running, event);
    assert.equal(shown(step), expected);
    if (step.state.at === "ended") assert.equal(step.state.outcome, event.outcome);
    else {assert.deepEqual(step.state, {
        at: "offering",
        move: {
          limited: event.limited,
          mode: event.mode,
          outcome: event.outcome,
          offer: null,
          sending: null,
        },
        other: null,
        isNear: false,
      });}
  });
}

for (const at of ["running", "limited", "idle", "ending"] as const) {
  Deno.test(`${at}: a title that was set is cleared when the client ends`, () => {
    const titled: State = { ...STATES[at], seen: { ...seen, titledAtMs: MET_MS } };
    assert.equal(shown(next(titled, EVENTS.exited)), "offering > clear title > find offer");
    const unlimited: Event = { ...EVENTS.exited, limited: null };
    assert.equal(shown(next(titled, unlimited)), "ended > clear title > print output");
  });
}

Deno.test("ending: only the account that was found while the client ran is offered", () => {
  const { state } = next(STATES.ending, EVENTS.exited);
  assert.equal(state.at === "offering" && state.move.offer, offer);
  const { state: from } = next(STATES.idle, EVENTS.exited);
  assert.equal(from.at === "offering" && from.move.offer, null);
});

/** Looks at a running client: what is changed of a look at an idle one, and the step. */
const LOOKS: ReadonlyArray<readonly [name: string, look: Partial<Look>, expected: string]> = [
  ["no limit", { limited: null }, "running > watch"],
  ["an unknown conversation", { limited: { ...limited, id: null } }, "running > watch"],
  ["busy", { status: "busy", changedAtMs: MET_MS + 1 }, "limited > watch"],
  ["a record that says nothing", { status: undefined, changedAtMs: NaN }, "limited > watch"],
  ["a status without its time", { changedAtMs: NaN }, "limited > watch"],
  ["less than a second after the refusal", { nowMs: MET_MS + 999 }, "limited > watch"],
  ["a second after it", { nowMs: MET_MS + 1_000 }, "idle > watch"],
  ["idle since 5 s after it", { changedAtMs: MET_MS + 5_000 }, "idle > survey"],
  ["a dialog of its own since the limit", { status: "dialog" }, "idle > survey"],
  [
    "a dialog that came later",
    { status: "dialog", changedAtMs: MET_MS + 5_001 },
    "limited > watch",
  ],
  ["something was sent since", { changedAtMs: MET_MS + 5_001 }, "limited > watch"],
  ["less than 5 s after the refusal", { nowMs: MET_MS + 4_999 }, "idle > watch"],
  ["5 s after it", { nowMs: MET_MS + 5_000 }, "idle > survey"],
  ["a task that no record counts", { tasks: 1 }, "idle > watch"],
  ["something was typed before it", { typedAtMs: MET_MS - 1_000 }, "idle > survey"],
  ["something is typed since it", { typedAtMs: MET_MS + 40_000 }, "idle > watch"],
  ["nothing is typed for 30 s", { typedAtMs: MET_MS + 30_000 }, "idle > survey"],
  [
    "typing would not show yet",
    { typedAtMs: MET_MS, nowMs: MET_MS + 7_999 },
    "idle > watch",
  ],
  ["typing would show, and doesn't", { typedAtMs: MET_MS, nowMs: MET_MS + 8_000 }, "idle > survey"],
  ["no automatic hand-off", { isAuto: false }, "idle > watch"],
  ["a title is wanted", { isAuto: false, wantsTitle: true }, "idle > survey"],
];
for (const [name, more, expected] of LOOKS) {
  for (const at of ["running", "limited", "idle"] as const) {
    Deno.test(`${at}, ${name}: ${expected}`, () => {
      assert.equal(
        shown(next(STATES[at], { on: "looked", look: { ...idleLook, ...more } })),
        expected,
      );
    });
  }
}

/** Whether a look shows that the client's record counts background tasks as work. */
const TASKS: ReadonlyArray<readonly [name: string, look: Partial<Look>, counts: boolean]> = [
  ["a shell runs", { status: "shell", limited: null }, true],
  ["busy since before the refusal", { status: "busy" }, true],
  ["busy again", { status: "busy", changedAtMs: MET_MS + 1 }, false],
  ["busy with the refusal itself", { status: "busy", nowMs: MET_MS + 4_999 }, false],
  ["busy without a limit", { status: "busy", limited: null }, false],
  ["idle", {}, false],
];
for (const [name, more, counts] of TASKS) {
  Deno.test(`${name}: its record ${counts ? "counts" : "may not count"} tasks`, () => {
    const { state } = next(STATES.running, { on: "looked", look: { ...idleLook, ...more } });
    assert.ok("seen" in state);
    assert.equal(state.seen.countsTasks, counts);
    const later = next(state, { on: "looked", look: { ...idleLook, tasks: 1 } });
    assert.equal(shown(later), counts ? "idle > survey" : "idle > watch");
    const asks = next(state, { on: "looked", look: { ...idleLook, tasks: 1, status: "dialog" } });
    assert.equal(shown(asks), "idle > watch", "a dialog hides whether tasks are running");
  });
}

Deno.test("idle: the title is set once per limit", () => {
  const look: Look = { ...idleLook, isAuto: false, wantsTitle: true };
  const { state } = next(next(STATES.running, { on: "looked", look }).state, EVENTS.surveyed);
  assert.ok(state.at === "idle");
  assert.equal(state.seen.titledAtMs, MET_MS);
  assert.equal(shown(next(state, { on: "looked", look })), "idle > watch");
  const limit = { ...limited.limit, recordedAtMs: MET_MS + MINUTE_MS };
  const again: Look = { ...look, limited: { ...limited, limit }, nowMs: MET_MS + 2 * MINUTE_MS };
  assert.equal(shown(next(state, { on: "looked", look: again })), "idle > survey");
});

/** After a survey of an idle client: what may be done, the offer, and the step. */
const SURVEYED: ReadonlyArray<
  readonly [may: { canEnd: boolean; wantsTitle: boolean }, offer: Offer | null, expected: string]
> = [
  [{ canEnd: true, wantsTitle: false }, offer, "ending > end client > wait"],
  [{ canEnd: true, wantsTitle: false }, null, "idle > watch"],
  [{ canEnd: true, wantsTitle: true }, null, "idle > set title > watch"],
  [{ canEnd: false, wantsTitle: true }, offer, "idle > set title > watch"],
  [{ canEnd: false, wantsTitle: true }, null, "idle > set title > watch"],
];
for (const [may, found, expected] of SURVEYED) {
  Deno.test(`idle, ${JSON.stringify(may)}, ${found?.account ?? "no"} offer: ${expected}`, () => {
    const step = next({ ...STATES.idle, ...may }, { ...EVENTS.surveyed, offer: found });
    assert.equal(shown(step), expected);
    assert.ok("seen" in step.state);
    assert.equal(step.state.seen.titledAtMs, may.wantsTitle ? MET_MS : null);
    const [title] = step.actions;
    if (may.wantsTitle) assert.deepEqual(title, { do: "set title", limited, offer: found });
    if (step.state.at === "ending") assert.equal(step.state.offer, offer);
  });
}

const refusal = new UserError("cannot start", { hint: "cd" });

for (const at of ["moving", "offering"] as const) {
  Deno.test(`${at}: a refusal is passed on; after a fault it ends as the client did`, () => {
    const failed = (of: Partial<Move>, error: unknown) => {
      const state: State = at === "moving"
        ? { at, move: { ...move, ...of } }
        : { at, move: { ...move, ...of }, other: null, isNear: false };
      return next(state, { on: "failed", error });
    };
    assert.deepEqual(failed({}, refusal), {
      state: { at: "ended", outcome: null, error: refusal },
      actions: [],
    });
    const fault = failed({}, new Error("disk full"));
    assert.deepEqual(fault.state, { at: "ended", outcome, error: null });
    assert.deepEqual(fault.actions.at(-1), {
      do: "say why it stays",
      move,
      why: "disk full; to continue it: claude-multi resume c0ffee",
    });
    for (const error of [refusal, new Error("cannot start")]) {
      const retry = failed({ mode: "retry" }, error);
      assert.deepEqual(retry.state, { at: "ended", outcome, error: null });
      assert.deepEqual(retry.actions.map((action) => "why" in action ? action.why : action.do), [
        "print output",
        "cannot start",
      ]);
    }
  });
}

Deno.test("moving: an error before any client has run is passed on", () => {
  const error = new Error("disk full");
  const expected = { state: { at: "ended", outcome: null, error }, actions: [] };
  assert.deepEqual(next({ at: "moving", move: null }, { on: "failed", error }), expected);
  const interrupted: State = { at: "moving", move: { ...move, outcome: null } };
  assert.deepEqual(next(interrupted, { on: "failed", error }), expected);
});

Deno.test("blocked without a reason: nothing is said", () => {
  for (const at of ["moving", "offering"] as const) {
    assert.equal(shown(next(STATES[at], { on: "blocked", why: null })), "ended > print output");
  }
});
