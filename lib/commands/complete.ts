// `complete`: what may follow on a command line; the shell snippets ask it at every Tab.
import type { Context } from "../ports/context.ts";
import { EXIT } from "../text/errors.ts";
import { formatDuration } from "../text/format.ts";
import { tildePath } from "../config/paths.ts";
import type { Sources, Suggestion } from "../setup/completion.ts";
import { suggest } from "../setup/completion.ts";
import { cleanText } from "../text/cells.ts";
import { recentConversations } from "../claude/conversations.ts";
import type { Command } from "../cli/command.ts";

const SESSIONS_SHOWN = 20;

/** The declaration of `complete`, over all commands: it is one of them itself. */
export function completeFor(commands: () => readonly Command[]): Command {
  return {
    name: "complete",
    group: "more",
    internal: true,
    summary: "Print what may follow on a command line; the shell asks this, not you",
    flags: [],
    rest: { name: "WORDS", summary: "the words after claude-multi, up to the cursor" },
    details: [
      "Prints a line for each word that may stand for the last one: the word, a tab, its meaning. The line :files leaves it to the shell. It never complains and always exits with 0.",
    ],
    examples: [['claude-multi complete -- run --account ""', "the accounts"]],
    run(context, input) {
      const found = suggest(input.rest, { commands: commands(), sources: sourcesOf(context) });
      const lines = found === "files" ? [":files"] : found.map(lineOf);
      if (lines.length > 0) context.terminal.print(lines.join("\n"));
      return EXIT.ok;
    },
  };
}

function lineOf({ value, about }: Suggestion): string {
  // Titles are foreign text: no control character of theirs reaches a terminal.
  return `${value}\t${cleanText(about)}`;
}

function sourcesOf(context: Context): Sources {
  const accounts = () => orNone(() => context.configFile.read().accounts);
  return {
    accounts: () =>
      accounts().map((account) => ({
        value: account.name,
        about: [account.identity?.email, account.plan, account.disabled ? "disabled" : null]
          .filter(Boolean).join(", "),
      })),
    groups: () =>
      [...new Set(accounts().map((account) => account.group))]
        .flatMap((group) => group === null ? [] : [{ value: group, about: "" }]),
    sessions: () => orNone(() => recentSessions(context)),
    conversations: (prefix) => orNone(() => conversations(context, prefix)),
  };
}

function recentSessions(context: Context): Suggestion[] {
  const { clock, files, layout } = context;
  if (files.kind(layout.ledger) === "missing") return [];
  const nowMs = clock.nowMs();
  return context.ledger().recentSessions(SESSIONS_SHOWN).map((session) => ({
    value: String(session.id),
    about: `${session.account}, ${formatDuration(nowMs - session.startedAtMs)} ago, ${
      tildePath(session.cwd, layout.home)
    }`,
  }));
}

function conversations(context: Context, prefix: string): Suggestion[] {
  const nowMs = context.clock.nowMs();
  const { accounts } = context.configFile.read();
  return recentConversations(context, { accounts, limit: SESSIONS_SHOWN, prefix }).map((one) => ({
    value: one.id,
    about: [one.owner, `${formatDuration(nowMs - one.changedAtMs)} ago`, one.title]
      .filter(Boolean).join(", ").slice(0, 60),
  }));
}

/** A broken file must not disturb the person who types. */
function orNone<T>(look: () => T[]): T[] {
  try {
    return look();
  } catch {
    return [];
  }
}
