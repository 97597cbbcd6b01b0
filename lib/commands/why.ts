// `why`: explains the choice behind a session, as it was when the choice was made.
import { quoted } from "../text/escape.ts";
import { EXIT, usageError, UserError } from "../text/errors.ts";
import type { Session } from "../balance/session.ts";
import type { Ledger } from "../ports/mod.ts";
import { madeChoiceJson, renderChoice } from "../accounts/choice_report.ts";
import { limitOfSession } from "../accounts/session_limit.ts";
import type { Command } from "../cli/command.ts";

/** The declaration of `why`. */
export const why: Command = {
  name: "why",
  repeatable: true,
  group: "everyday",
  summary: "Explain the choice behind a session; default: the newest",
  positionals: [{
    name: "SESSION",
    summary: "its number in claude-multi sessions, or claude's own id",
    optional: true,
  }],
  flags: [{
    name: "json",
    summary: "print JSON: version, session, account, policy, limit, ranked",
  }],
  details: [
    "Shows the ranking as it was when the account was chosen, and what the runner-up lacked. If something other than the scores decided, it says so: the account was named, it owns the conversation, or the folder is pinned. If the session ended at a limit, or continues one that did on another account, it says which.",
  ],
  examples: [["claude-multi why", "the newest choice"], ["claude-multi why 12", "an older one"]],
  async run(context, input) {
    const ledger = context.ledger();
    const [word] = input.positionals;
    const choice = ledger.choice(word === undefined ? null : sessionNumber(word, ledger));
    if (choice === null) {
      throw new UserError("no session yet, so no choice to explain", { hint: "cl" });
    }
    const nowMs = context.clock.nowMs();
    const limitOf = (session: Session) => limitOfSession(ledger, { session, nowMs });
    const { session } = choice;
    const from = session.handedFrom === null ? null : ledger.session(session.handedFrom);
    const before = from === null ? null : { session: from, limit: limitOf(from) };
    const made = { ...choice, limit: limitOf(session), before };
    context.terminal.print(
      input.switches.has("json")
        ? JSON.stringify(madeChoiceJson(made))
        : await renderChoice(context, made),
    );
    return EXIT.ok;
  },
};

function sessionNumber(word: string, ledger: Ledger): number {
  const found = /^\d+$/.test(word) ? ledger.session(Number(word)) : ledger.sessionOfClient(word);
  if (found !== null) return found.id;
  throw usageError(`unknown session ${quoted(word)}`, "claude-multi sessions");
}
