// Accounts, groups, sessions and conversations as completion suggests them; read only when needed.
import type { Context } from "../ports/context.ts";
import { formatDuration } from "../text/format.ts";
import { tildePath } from "../config/paths.ts";
import { recentConversations } from "../claude/conversations.ts";
import type { Sources, Suggestion } from "./suggestions.ts";

const SESSIONS_SHOWN = 20;

/** Suggestions from config.json, the ledger and the transcripts; none from a file that can't be read. */
export function sourcesOf(context: Context): Sources {
  const accounts = () => orNone(() => [...context.configFile.read().accounts]);
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

/** No suggestions instead of an error: a broken file must not disturb someone who is typing. */
function orNone<T>(look: () => T[]): T[] {
  try {
    return look();
  } catch {
    return [];
  }
}
