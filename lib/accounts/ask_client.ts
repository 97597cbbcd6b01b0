// Asks the official client of an account a question that it answers by itself, and ends it.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import type { Config } from "../config/config.ts";
import { configDirOf } from "../config/paths.ts";
import {
  accountVariables,
  LAUNCHER_VARIABLE,
  NESTED_VARIABLES,
  SESSION_VARIABLES,
} from "../claude/environment.ts";
import { findClient } from "../claude/executable.ts";
import { globalConfigOf } from "../claude/logged_in.ts";
import { fileLock, isTaken, loginLocks } from "../claude/locks.ts";
import { isUnknownOption, QUESTION_ARGUMENTS } from "../claude/usage_request.ts";
import type { Asked, LaunchPlan } from "../ports/mod.ts";
import { formatDuration } from "../text/format.ts";

/** How long a client that has answered may take to leave. */
const LEAVE_MS = 2_000;
/** How long a client that was told to end may take before it is killed; mostly it takes half a second. */
const END_MS = 5_000;
/** How long a client that is writing its login or its settings is left alone. */
const WRITING_MS = 30_000;
const LOOK_MS = 100;
/** Replies are a few kilobytes; they have been longer where transcripts were scanned. */
const MOST_BYTES = 4 * 1024 * 1024;

/** What a client answered, or why it didn't. */
export type Heard =
  | { kind: "answer"; line: string }
  | { kind: "late" }
  | { kind: "stopped" }
  /** It ended, with this exit code, or stays without a word. */
  | { kind: "silent"; code: number | null; isTooOld: boolean };

/**
 * Starts the client as a launch on `account` would, in the folder `cwd`, and waits for its answer to a
 * question. When this resolves, the client has left. It sends nothing to a model, runs no hooks and
 * leaves no session behind.
 * @throws UserError if there is no client.
 */
export async function askClient(
  context: Context,
  options: {
    config: Config;
    account: Account;
    cwd: string;
    /** One line for its stdin, and which line of its stdout is the answer. */
    question: { input: string; isAnswer: (line: string) => boolean };
    timeoutMs: number;
    stopped: Promise<"stopped">;
  },
): Promise<Heard> {
  const { account, config, cwd, question, timeoutMs, stopped } = options;
  const { clock, processes } = context;
  const plan = questionPlan(context, { account, cwd, program: findClient(context, config) });
  const asked = processes.ask(plan, { ...question, mostBytes: MOST_BYTES });
  const late = clock.sleep(timeoutMs).then(() => "late" as const);
  const answer = await Promise.race([asked.answer, late, stopped]);
  if (answer === "late" || answer === "stopped") {
    await end(context, { account, asked });
    return { kind: answer };
  }
  // Only when it has left, its cache is written and the account is free again.
  const left = await Promise.race([asked.ended, clock.sleep(LEAVE_MS)]);
  if (left === undefined) await end(context, { account, asked });
  if (answer !== null) return { kind: "answer", line: answer };
  return left === undefined
    ? { kind: "silent", code: null, isTooOld: false }
    : { kind: "silent", code: left.code, isTooOld: isUnknownOption(left.complaint) };
}

/** Why there is no answer, in words. */
export function silenceText(
  heard: Extract<Heard, { kind: "late" | "silent" }>,
  timeoutMs: number,
): string {
  if (heard.kind === "late") return `claude didn't answer within ${formatDuration(timeoutMs)}`;
  return heard.code === null
    ? "claude said nothing"
    : `claude exited with ${heard.code} without an answer`;
}

/** The client as a launch would start it. */
function questionPlan(
  { layout, processes }: Context,
  { account, cwd, program }: { account: Account; cwd: string; program: string },
): LaunchPlan {
  const { set, unset } = accountVariables(account, layout);
  return {
    program,
    args: [...QUESTION_ARGUMENTS],
    set: { ...set, [LAUNCHER_VARIABLE]: `${processes.ownPid}:${program}` },
    unset: [...unset, ...NESTED_VARIABLES, ...SESSION_VARIABLES],
    cwd,
  };
}

/**
 * Ends a client and what it started. While it is writing its login it is left alone: a refresh token
 * works only once, so a client that is killed between the service's answer and the file loses the login.
 */
async function end(
  context: Context,
  { account, asked }: { account: Account; asked: Asked },
): Promise<void> {
  const { clock, layout } = context;
  const locks = [
    ...loginLocks(configDirOf(account, layout)),
    fileLock(globalConfigOf(account, layout)),
  ];
  let hasEnded = false;
  const ended = asked.ended.then(() => hasEnded = true);
  for (let waitedMs = 0; waitedMs < WRITING_MS && !hasEnded; waitedMs += LOOK_MS) {
    if (!locks.some((lock) => isTaken(context, lock))) break;
    await clock.sleep(LOOK_MS);
  }
  asked.signal("SIGTERM");
  await Promise.race([ended, clock.sleep(END_MS)]);
  asked.signal("SIGKILL");
}
