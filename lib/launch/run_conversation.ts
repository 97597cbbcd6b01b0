// Runs a conversation from its first launch to its end: does what its states ask for, on the ports.
import type { Context } from "../ports/context.ts";
import { isStreaming } from "../claude/arguments.ts";
import type { Child, LaunchOptions } from "../ports/mod.ts";
import { messageOf } from "../text/errors.ts";
import { mirrorGlobalConfig } from "../accounts/mirror.ts";
import { AllLimited, pinIdentity } from "./choose_account.ts";
import type { Conversation } from "./conversation.ts";
import { requestElsewhere } from "./conversation.ts";
import { askToMove, bestElsewhere, findOffer, moveLease, sayWhyItStays } from "./handoff.ts";
import { askToContinue, interruptedConversation } from "./interrupted.ts";
import type { LaunchRequest } from "./prepare.ts";
import { leaseFor, lookAgain, planFor, showResets } from "./prepare.ts";
import { refuseCallBack } from "./recursion_guard.ts";
import { closeSession, startClient, warnOfOverrides, warnOnce } from "./run_client.ts";
import type { Action, Event, Mode, Move } from "./state.ts";
import { begin, next } from "./state.ts";
import { isWatched, lookAtClient, titleText } from "./watch.ts";

const WATCH_MS = 1000;

/** A client with its conversation. */
interface Running {
  conversation: Conversation;
  client: Child;
  hasEnded: boolean;
  /** Ends a pause early, when the client has ended. */
  wake: () => void;
}

/** What is at hand while a conversation runs. */
interface Run {
  asked: LaunchRequest;
  conversation: Conversation | null;
  running: Running | null;
  /** What each client that is asked the same gets as stdin; null: our own stdin. */
  input?: Uint8Array | null;
  /** What the last client that ended printed, if that is held back. */
  output: Uint8Array;
}

/**
 * Runs the client, and again on another account when it hit a limit; returns the exit code, unless
 * this process ends by the signal that ended the client.
 * @throws UserError when there is no account or no client to begin or continue with.
 */
export async function runConversation(context: Context, asked: LaunchRequest): Promise<number> {
  refuseCallBack(context);
  const run: Run = { asked, conversation: null, running: null, output: new Uint8Array() };
  let step = begin(interruptedConversation(context, asked));
  for (;;) {
    let event: Event | null = null;
    for (const action of step.actions) {
      try {
        event = await perform(context, { run, action }) ?? event;
      } catch (error) {
        event = { on: "failed", error };
      }
    }
    if (step.state.at === "ended") {
      const { outcome, error } = step.state;
      if (error instanceof AllLimited && run.running !== null) await showResets(context, error);
      if (outcome === null) throw error;
      if (event?.on === "failed") throw event.error;
      if (outcome.signal !== null) context.processes.dieBy(outcome.signal);
      return outcome.code;
    }
    if (event === null) throw new Error(`nothing follows "${step.state.at}"`);
    step = next(step.state, event);
  }
}

/** Does what is to be done; returns what comes of it, or null. */
async function perform(
  context: Context,
  { run, action }: { run: Run; action: Action },
): Promise<Event | null> {
  const { terminal } = context;
  switch (action.do) {
    case "ask whether to continue":
      return { on: "answered", answer: askToContinue(context, action.limited) };
    case "lease":
      return await takeLeaseFor(context, { run, move: action.move });
    case "launch":
      return await launch(context, run);
    case "watch":
      return await watch(context, { run, running: present(run) });
    case "wait":
      return await ended(context, { run, running: present(run) });
    case "survey": {
      const move: Move = { limited: action.limited, mode: "auto", outcome: null, offer: null };
      const conversation = await latest(context, present(run).conversation);
      const { offer } = bestElsewhere(context, { conversation, move });
      return { on: "surveyed", offer, nowMs: context.clock.nowMs() };
    }
    case "find offer": {
      const { conversation } = present(run);
      return findOffer(context, { conversation, move: action.move });
    }
    case "ask":
      return { on: "answered", answer: askToMove(context, action) };
    case "set title":
      terminal.title(titleText(context, action));
      return null;
    case "clear title":
      terminal.title("");
      return null;
    case "end client":
      present(run).client.end();
      return null;
    case "print output":
      terminal.pass(run.output);
      return null;
    case "say why it stays":
      sayWhyItStays(context, action);
      return null;
  }
}

function present({ running }: Run): Running {
  if (running === null) throw new Error("no client was launched yet");
  return running;
}

async function takeLeaseFor(
  context: Context,
  { run, move }: { run: Run; move: Move | null },
): Promise<Event> {
  if (run.running !== null && move !== null) {
    const found = await moveLease(context, { conversation: run.running.conversation, move });
    if ("on" in found) return found;
    run.conversation = found;
  } else {
    const chain = move === null ? [] : [move.limited.limit.account];
    const request = move === null
      ? run.asked
      : requestElsewhere({ request: run.asked, chain }, move);
    const lease = await leaseFor(context, request);
    warnOfOverrides(context, request.callers);
    run.conversation = { request, lease, chain: [...chain, lease.account.name] };
  }
  return { on: "leased" };
}

async function launch(context: Context, run: Run): Promise<Event> {
  const { conversation } = run;
  if (conversation === null) throw new Error("no account was chosen yet");
  const { lease, request: { args, config, failover } } = conversation;
  try {
    await pinIdentity(context, lease);
    await mirrorGlobalConfig(context, { config, account: lease.account });
    const plan = planFor(context, conversation);
    let hold: LaunchOptions | null = null;
    if (failover && args.kind === "print" && !isStreaming(args)) {
      run.input ??= await context.terminal.takeInput();
      hold = { hold: { input: run.input } };
    }
    const client = startClient(context, { plan, lease, launch: hold });
    const running: Running = { conversation, client, hasEnded: false, wake: () => {} };
    run.running = running;
    void client.ended.then(() => {
      running.hasEnded = true;
      running.wake();
    });
  } catch (error) {
    closeSession(context, { lease, outcome: null });
    throw error;
  }
  return { on: "launched" };
}

/** Looks at the client in a second, or waits for its end where nothing has to be watched. */
async function watch(
  context: Context,
  { run, running }: { run: Run; running: Running },
): Promise<Event> {
  const { conversation, client } = running;
  if (isWatched(context, conversation.request.config)) {
    await new Promise<void>((resolve) => {
      running.wake = resolve;
      void context.clock.sleep(WATCH_MS).then(resolve);
    });
    const look = running.hasEnded
      ? null
      : await lookAtClient(context, { conversation, pid: client.pid });
    if (look !== null) return { on: "looked", look };
  }
  return await ended(context, { run, running });
}

/** Waits for the client to end; a fault after that costs no more than the move. */
async function ended(
  context: Context,
  { run, running }: { run: Run; running: Running },
): Promise<Event> {
  const { client, conversation: { lease } } = running;
  const outcome = await client.ended;
  const limited = closeSession(context, { lease, outcome });
  let mode: Mode = "off";
  try {
    run.output = await client.held;
    if (limited !== null) {
      running.conversation = await latest(context, running.conversation);
      const { request: { args, config, failover }, chain } = running.conversation;
      if (args.kind === "interactive" && context.terminal.interactive) mode = config.handoff;
      // Asked again once: a second refusal is the answer.
      if (args.kind === "print" && failover && chain.length === 1) mode = "retry";
    }
  } catch (error) {
    warnOnce(context, messageOf(error));
  }
  return { on: "exited", outcome, limited, mode };
}

/** The conversation with the configuration as it is now. */
async function latest(context: Context, conversation: Conversation): Promise<Conversation> {
  const { request } = conversation;
  const config = await lookAgain(context, request.config);
  return { ...conversation, request: { ...request, config } };
}
