// Notices outside the screen of claude: a bell, a message of the terminal, or the user's own command.
import type { Context } from "../ports/context.ts";
import type { Config } from "../config/config.ts";
import { messageOf } from "../text/errors.ts";
import { formatClock } from "../text/format.ts";
import type { Limit } from "../ports/mod.ts";

/** What is told. */
export type Notice =
  | { about: "limit"; limit: Limit }
  | { about: "move"; from: string; to: string }
  | { about: "room"; account: string };

/** Failures of the user's command that wait until the screen is free; one per run is enough. */
const failures = new WeakMap<Context, string>();
const told = new WeakSet<Context>();

/** Gives a notice as `notify` says. It never fails, and waits for nothing. */
export function notify(
  context: Context,
  { notice, config: { notify: how } }: { notice: Notice; config: Pick<Config, "notify"> },
): void {
  if (how === "off") return;
  const text = noticeText(notice, context.clock.nowMs());
  if (how === "bell" || how === "osc") return context.terminal.alert(how, text);
  const [program, ...args] = how;
  if (program === undefined) return;
  const failed = (why: string) =>
    failures.set(context, `cannot run "${program}" of notify: ${why}`);
  context.processes.background(program, [...args, text]).then(
    (code) => code === 0 || failed(`it exited with ${code}`),
    (error) => failed(messageOf(error)),
  );
}

/** Says that the user's command failed, once per run, when no client is on the screen. */
export function sayFailedNotices(context: Context): void {
  const failure = failures.get(context);
  if (failure === undefined || told.has(context)) return;
  told.add(context);
  context.terminal.warn(failure);
}

/** A notice in a few words, without anything of the conversation. */
export function noticeText(notice: Notice, nowMs: number): string {
  switch (notice.about) {
    case "limit": {
      const { account, untilMs } = notice.limit;
      return `${account} is limited until ${formatClock(untilMs, nowMs)}`;
    }
    case "move":
      return `moved from ${notice.from} to ${notice.to}`;
    case "room":
      return `${notice.account} has room again`;
  }
}
