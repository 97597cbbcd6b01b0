// Runs a conversation from its first launch to its end: does what its states ask for, on the ports.
import type { Context } from "../ports/context.ts";
import { isStreaming } from "../claude/arguments.ts";
import type { Child, LaunchOptions } from "../ports/mod.ts";
import { messageOf } from "../text/errors.ts";
import { mirrorGlobalConfig } from "../accounts/mirror.ts";
import { pinIdentity } from "./choose_account.ts";
import type { Conversation } from "./conversation.ts";
import { requestElsewhere } from "./conversation.ts";
import { askToMove, bestElsewhere, findOffer, moveLease, sayWhyItStays } from "./handoff.ts";
import { askToContinue, interruptedConversation } from "./interrupted.ts";
import type { LaunchRequest } from "./prepare.ts";
import { leaseFor, lookAgain, planFor } from "./prepare.ts";
import { refuseCallBack } from "./recursion_guard.ts";
import { closeSession, startClient, warnOfOverrides, warnOnce } from "./run_client.ts";
import type { Action, Event, Move } from "./state.ts";
import { begin, next } from "./state.ts";
import { isWatched, lookAtClient, titleText } from "./watch.ts";

const WATCH_MS = 1000;

/** What is at hand while a conversation runs. */
interface Run {
  asked: LaunchRequest;
  conversation: Conversation | null;
  client: Child | null;
  hasEnded: boolean;
  /** Ends a pause before its time, when the client has ended. */
  wake: () => void;
  /** What is given to each client that is asked the same; null: our own stdin. */
  input?: Uint8Array | null;
  /** What the last client that ended printed, where that is held back. */
  output: Uint8Array;
}

/**
 * Runs the client, and again on another account when it met a limit; returns the exit code, unless
 * this process ends by the signal that ended the client.
 * @throws UserError when there is no account or no client to begin or continue with.
 */
export async function runConversation(context: Context, asked: LaunchRequest): Promise<number> {
  refuseCallBack(context);
  const run: Run = {
    asked,
    conversation: null,
    client: null,
    hasEnded: false,
    wake: () => {},
    output: new Uint8Array(),
  };
  let step = begin(interruptedConversation(context, asked));
  for (;;) {
    let event: Event | null = null;
    for (const action of step.actions) event = await perform(context, { run, action }) ?? event;
    if (step.state.at === "ended") {
      const { outcome, error } = step.state;
      if (outcome === null) throw error;
      if (event?.on === "failed") throw event.error;
      if (outcome.signal !== null) context.processes.dieBy(outcome.signal);
      return outcome.code;
    }
    if (event === null) throw new Error(`nothing follows "${step.state.at}"`);
    step = next(step.state, event);
  }
}

type Performers = {
  [D in Action["do"]]: (
    context: Context,
    run: Run,
    action: Extract<Action, { do: D }>,
  ) => Promise<Event | null> | Event | null;
};

const PERFORM: Performers = {
  "ask whether to continue": (context, _run, { limited }) => ({
    on: "answered",
    answer: askToContinue(context, limited),
  }),
  lease: (context, run, { move }) => takeLeaseFor(context, { run, move }),
  launch: (context, run) => launch(context, run),
  async watch(context, run) {
    const { client, conversation } = present(run);
    if (!isWatched(context, conversation.request.config)) return await ended(context, run);
    await new Promise<void>((resolve) => {
      run.wake = resolve;
      void context.clock.sleep(WATCH_MS).then(resolve);
    });
    if (run.hasEnded) return await ended(context, run);
    const look = await lookAtClient(context, { conversation, pid: client.pid });
    return look === null ? await ended(context, run) : { on: "looked", look };
  },
  wait: (context, run) => ended(context, run),
  async survey(context, run, { limited }) {
    const move: Move = { limited, mode: "auto", outcome: null, offer: null };
    const conversation = await latest(context, present(run).conversation);
    const { offer } = bestElsewhere(context, { conversation, move });
    return { on: "surveyed", offer, nowMs: context.clock.nowMs() };
  },
  "find offer": (context, run, { move }) =>
    findOffer(context, { conversation: present(run).conversation, move }),
  ask: (context, _run, action) => ({ on: "answered", answer: askToMove(context, action) }),
  "set title": (context, _run, action) => said(context.terminal.title(titleText(context, action))),
  "clear title": (context) => said(context.terminal.title("")),
  "end client": (_context, run) => said(present(run).client.end()),
  "print output": (context, run) => said(context.terminal.pass(run.output)),
  "say why it stays": (context, _run, action) => said(sayWhyItStays(context, action)),
};

async function perform(
  context: Context,
  { run, action }: { run: Run; action: Action },
): Promise<Event | null> {
  const performer = PERFORM[action.do] as (c: Context, r: Run, a: Action) => Promise<Event | null>;
  try {
    return await performer(context, run, action);
  } catch (error) {
    return { on: "failed", error };
  }
}

/** An action that brings no event. */
function said(_done: void): null {
  return null;
}

function present({ client, conversation }: Run): { client: Child; conversation: Conversation } {
  if (client === null || conversation === null) throw new Error("no client was launched yet");
  return { client, conversation };
}

async function takeLeaseFor(
  context: Context,
  { run, move }: { run: Run; move: Move | null },
): Promise<Event> {
  const { conversation, asked } = run;
  if (conversation !== null && move !== null) {
    const found = await moveLease(context, { conversation, move });
    if ("on" in found) return found;
    run.conversation = found;
  } else {
    const chain = move === null ? [] : [move.limited.limit.account];
    const request = move === null ? asked : requestElsewhere({ request: asked, chain }, move);
    const lease = await leaseFor(context, request);
    warnOfOverrides(context, request.callers);
    run.conversation = { request, lease, chain: [...chain, lease.account.name] };
  }
  return { on: "leased" };
}

async function launch(context: Context, run: Run): Promise<Event> {
  const { conversation, asked } = run;
  if (conversation === null) throw new Error("no account was chosen yet");
  const { lease, request } = conversation;
  try {
    await pinIdentity(context, lease);
    await mirrorGlobalConfig(context, { config: request.config, account: lease.account });
    const plan = planFor(context, conversation);
    let hold: LaunchOptions | null = null;
    if (asked.failover && request.args.kind === "print" && !isStreaming(request.args)) {
      run.input ??= await context.terminal.takeInput();
      hold = { hold: { input: run.input } };
    }
    run.client = startClient(context, { plan, lease, launch: hold });
    run.hasEnded = false;
    void run.client.ended.then(() => {
      run.hasEnded = true;
      run.wake();
    });
  } catch (error) {
    closeSession(context, { lease, outcome: null });
    throw error;
  }
  return { on: "launched" };
}

/** Waits for the client to end; a fault after that costs no more than the move. */
async function ended(context: Context, run: Run): Promise<Event> {
  const { client, conversation } = present(run);
  const outcome = await client.ended;
  const limited = closeSession(context, { lease: conversation.lease, outcome });
  let mode: Move["mode"] = "off";
  try {
    run.output = await client.held;
    if (limited !== null) {
      run.conversation = await latest(context, conversation);
      const { request: { args, config, failover }, chain } = run.conversation;
      if (args.kind === "interactive" && context.terminal.interactive) mode = config.handoff;
      // Asked again once: a second refusal is the answer.
      if (args.kind === "print" && failover && chain.length === 1) mode = "retry";
    }
  } catch (error) {
    warnOnce(context, messageOf(error));
  }
  return { on: "exited", outcome, limited, mode };
}

async function latest(context: Context, conversation: Conversation): Promise<Conversation> {
  const { request } = conversation;
  return {
    ...conversation,
    request: { ...request, config: await lookAgain(context, request.config) },
  };
}
