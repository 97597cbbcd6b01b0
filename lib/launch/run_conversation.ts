// Runs a conversation from its first launch to its end: performs the actions of its states.
import type { Context } from "../ports/context.ts";
import { isStreaming, promptIn } from "../claude/arguments.ts";
import type { Account } from "../config/account.ts";
import type { Child, Held, LaunchOptions } from "../ports/mod.ts";
import { messageOf } from "../text/errors.ts";
import { bringUpToDate } from "../accounts/before_launch.ts";
import { spreadRemoval } from "../accounts/mirror.ts";
import type { Refresh } from "../accounts/refresh.ts";
import { handoffInForce } from "../config/handoff.ts";
import type { Conversation } from "./conversation.ts";
import { requestElsewhere } from "./conversation.ts";
import { latest, moveLease } from "./handoff.ts";
import { askToMove, sayHowToContinue, sayHowToFailOver, sayWhyItStays } from "./handoff_words.ts";
import { bestElsewhere, findOffer, openElsewhere } from "./offers.ts";
import { askToContinue, interruptedConversation } from "./interrupted.ts";
import { notify, sayFailedNotices } from "./notice.ts";
import { endedUnexplained, limitedByWindow } from "./limits.ts";
import { leaseFor, mostAtLimit, planFor, settled, showResets, updated } from "./prepare.ts";
import { refuseCallBack } from "./recursion_guard.ts";
import { AllLimited } from "./all_limited.ts";
import type { LaunchRequest } from "./request.ts";
import { movesLeft } from "./sending.ts";
import { foreignCommand } from "./statusline_setting.ts";
import { closeSession, recordOwner, startClient, warnOfOverrides, warnOnce } from "./run_client.ts";
import type { Action, Event, Mode, Move } from "./state.ts";
import { begin, next } from "./state.ts";
import { isWatched, lookAtClient, titleText } from "./watch.ts";

const WATCH_MS = 1000;

/** A conversation while it runs. */
interface Run {
  asked: LaunchRequest;
  /** The same for the interrupted conversation that the user was asked about, or null. */
  interrupted: LaunchRequest | null;
  /** Null until an account is chosen. */
  conversation: Conversation | null;
  /** The newest client; null until one was launched. */
  client: Child | null;
  hasEnded: boolean;
  /** Ends a pause early, because the client has ended. */
  wake: () => void;
  /** With --failover, what each client gets as stdin; null: our own stdin. */
  input?: Uint8Array | null;
  /** What the last client printed, if that was held back. */
  output: Held;
  /** The questions for figures that weren't answered in time; null if there are none. */
  refresh: Refresh | null;
}

/**
 * Runs the client, and runs it again on another account if it hits a limit and the user wants that;
 * returns the exit code. If a signal ended the client, this process ends by the same signal.
 * @throws UserError if there is no account or no client to start or continue with.
 */
export async function runConversation(context: Context, asked: LaunchRequest): Promise<number> {
  refuseCallBack(context);
  const output = { stdout: new Uint8Array(), stderr: new Uint8Array() };
  const run: Run = {
    asked,
    interrupted: null,
    conversation: null,
    client: null,
    hasEnded: false,
    wake: () => {},
    output,
    refresh: null,
  };
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
      await run.refresh?.stop();
      if (error instanceof AllLimited && run.client !== null) {
        await showResets(context, error, { isExplained: true });
      }
      if (outcome === null) throw error;
      if (event?.on === "failed") throw event.error;
      if (outcome.signal !== null) context.processes.dieBy(outcome.signal);
      return outcome.code;
    }
    if (event === null) throw new Error(`nothing follows "${step.state.at}"`);
    step = next(step.state, event);
  }
}

/** Performs an action; returns the event that it causes, or null. */
async function perform(
  context: Context,
  { run, action }: { run: Run; action: Action },
): Promise<Event | null> {
  const { terminal } = context;
  switch (action.do) {
    case "ask whether to continue": {
      const owner = action.limited.limit.account;
      const answer = await askToContinue(context, action);
      run.interrupted = await updated(context, run.interrupted ?? { ...run.asked, owner });
      run.asked = await updated(context, run.asked);
      return { on: "answered", answer };
    }
    case "lease":
      return await chooseAccount(context, { run, move: action.move });
    case "launch":
      return await launch(context, run);
    case "watch":
      return await watch(context, run);
    case "wait":
      return await ended(context, run);
    case "survey": {
      const { limited } = action;
      const move: Move = { limited, mode: "auto", outcome: null, offer: null, sending: null };
      const { client: { pid: own }, conversation: before } = running(run);
      const conversation = await latest(context, before);
      const isShared = openElsewhere(context, { conversation, move, own }) !== null;
      const offer = isShared ? null : bestElsewhere(context, { conversation, move }).offer;
      const left = movesLeft(context, { conversation, move });
      const sending = { prompt: null, why: null };
      return { on: "surveyed", offer, nowMs: context.clock.nowMs(), movesLeft: left, sending };
    }
    case "find offer": {
      const { conversation } = running(run);
      return findOffer(context, { conversation, move: action.move });
    }
    case "ask":
      return {
        on: "answered",
        answer: await askToMove(context, { conversation: running(run).conversation, action }),
      };
    case "set title":
      terminal.title(titleText(context, action));
      return null;
    case "clear title":
      terminal.title("");
      return null;
    case "tell": {
      const { config } = (await latest(context, running(run).conversation)).request;
      notify(context, { config, notice: { about: "limit", limit: action.limited.limit } });
      return null;
    }
    case "end client":
      running(run).client.end();
      return null;
    case "print output":
      terminal.passOn(run.output);
      return null;
    case "say why it stays":
      sayWhyItStays(context, action);
      return null;
    case "say how to continue":
      sayHowToContinue(context, action);
      return null;
  }
}

function running({ conversation, client }: Run): { conversation: Conversation; client: Child } {
  if (conversation === null || client === null) throw new Error("no client was launched yet");
  return { conversation, client };
}

async function chooseAccount(
  context: Context,
  { run, move }: { run: Run; move: Move | null },
): Promise<Event> {
  const { asked, conversation } = run;
  if (conversation !== null && move !== null) {
    const found = await moveLease(context, { conversation, move });
    if ("on" in found) return found;
    run.conversation = found;
  } else {
    const from = run.interrupted ?? asked;
    const chain = move === null ? [] : [from.owner ?? move.limited.limit.account];
    let request = await settled(
      context,
      move === null ? asked : requestElsewhere({ request: from, chain }, move),
    );
    if (request.refresh || request.config.refresh === "launch") {
      const { refreshBeforeChoice } = await import("./fresh_figures.ts");
      run.refresh = await refreshBeforeChoice(context, request);
    }
    const { resume, continues } = request.args;
    const isNamed = move === null && (resume !== null || continues);
    let offered: Account | null = null;
    if (isNamed) {
      const { askAboutConversation } = await import("./leaving.ts");
      const answered = await askAboutConversation(context, request);
      request = await updated(context, answered.request);
      offered = answered.offered;
    }
    const lease = await leaseFor(context, request);
    if (isNamed) {
      (await import("./leaving.ts")).sayThatItLeaves(context, { request, lease, offered });
    }
    warnOfOverrides(context, request);
    if (lease.session === 1) introduceLine(context, request);
    run.conversation = {
      request,
      lease,
      chain: [...chain, lease.account.name],
      moves: 0,
    };
  }
  return { on: "leased" };
}

/** Says before the very first session how to find out what our status line says. */
function introduceLine(context: Context, { args, config }: LaunchRequest): void {
  const { claudeHome, terminal } = context;
  const isShown = config.statusline.install && args.kind === "interactive" &&
    terminal.interactive &&
    foreignCommand(claudeHome.sharedSettings()?.["statusLine"]) === null;
  if (!isShown) return;
  terminal.note("what the line below claude says: claude-multi statusline preview --legend");
}

async function launch(context: Context, run: Run): Promise<Event> {
  const { conversation } = run;
  if (conversation === null) throw new Error("no account was chosen yet");
  const { lease, request: { args, config, failover } } = conversation;
  try {
    await recordOwner(context, lease);
    await bringUpToDate(context, { config, account: lease.account });
    const plan = planFor(context, conversation);
    let hold: LaunchOptions | null = null;
    if (failover && args.kind === "print" && !isStreaming(args)) {
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
    await closeSession(context, { lease, outcome: null });
    throw error;
  }
  return { on: "launched" };
}

/** Looks at the client after a second; if nothing has to be watched, waits for its end. */
async function watch(context: Context, run: Run): Promise<Event> {
  const { conversation, client } = running(run);
  if (isWatched(context, conversation.request.config)) {
    await new Promise<void>((resolve) => {
      run.wake = resolve;
      void context.clock.sleep(WATCH_MS).then(resolve);
    });
    const look = run.hasEnded
      ? null
      : await lookAtClient(context, { conversation, pid: client.pid });
    if (look !== null) return { on: "looked", look };
  }
  return await ended(context, run);
}

/** Waits for the client to end. A fault after that only prevents a move. */
async function ended(context: Context, run: Run): Promise<Event> {
  const { conversation, client } = running(run);
  const outcome = await client.ended;
  const { lease, request } = conversation;
  let limited = await closeSession(context, { lease, outcome });
  if (request.args.kind === "command" && outcome.code === 0) {
    const { args: { rest: words }, config, cwd } = request;
    spreadRemoval(context, { config, account: lease.account, words, cwd });
  }
  let mode: Mode = "off";
  try {
    run.output = await client.held;
    sayFailedNotices(context);
    run.conversation = await latest(context, conversation);
    const { args, config: { handoff } } = run.conversation.request;
    const { session, account } = conversation.lease;
    const inForce = handoffInForce(handoff, mostAtLimit(context, conversation.request));
    let asksFirst = false;
    if (limited === null && session !== null && inForce !== "off") {
      const hasPrompt = promptIn(args) !== null;
      const isNew = !hasPrompt && args.resume === null && !args.continues;
      const even = { evenIfItWorks: true, evenIfEmpty: !isNew };
      limited = limitedByWindow(context, { session, account, ...even, hadNothing: !hasPrompt });
      // Nothing that was sent has been refused, unless the client couldn't even send its prompt.
      asksFirst = limited !== null && !limited.isRefused;
      const id = limited === null ? endedUnexplained(context, { session, account }) : null;
      if (id !== null) {
        warnOnce(
          context,
          `the last turn on "${account.name}" was refused, and claude doesn't say for how long; to continue elsewhere: claude-multi resume ${id}`,
        );
      }
    }
    // Whoever ends the launcher doesn't want a client on the next account.
    if (limited !== null && !outcome.isStopped) {
      const { request: { failover }, chain } = run.conversation;
      if (inForce !== "off") mode = asksFirst ? "ask" : handoff;
      // Only one retry: a second refusal is the answer.
      if (args.kind === "print" && failover && chain.length === 1) mode = "retry";
      if (args.kind === "print" && !failover && context.terminal.interactive) {
        sayHowToFailOver(context, { conversation: run.conversation, limited });
      }
    }
  } catch (error) {
    warnOnce(context, messageOf(error));
  }
  return { on: "exited", outcome, limited, mode };
}
