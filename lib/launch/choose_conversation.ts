// The conversation to resume: by its id or a word, or chosen from a list, and never one that is open elsewhere.
import type { Context } from "../ports/context.ts";
import { quoted } from "../text/escape.ts";
import type { Config } from "../config/config.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { formatDuration } from "../text/format.ts";
import { tildePath } from "../config/paths.ts";
import type { Conversation } from "../claude/conversations.ts";
import { allConversations, describe, recentConversations } from "../claude/conversations.ts";
import { openConversations, openText } from "../claude/running.ts";
import type { Account } from "../config/account.ts";
import { eligibleAccounts, haveWalls } from "../accounts/eligible.ts";
import { groupOfRemoved } from "../accounts/undo_removal.ts";
import { latestConfig } from "./latest_config.ts";
import type { LaunchRequest } from "./request.ts";
import { copyLine } from "./request.ts";
import { shortPath } from "../cli/columns.ts";
import type { Cell } from "../cli/table.ts";
import { renderTable } from "../cli/table.ts";

/** How many conversations a list shows. */
const SHOWN = 15;
const TITLE_CELLS = 34;
/** Answers that choose none, and are no words to search for. */
const NONE = /^(n|no|none|q|quit|exit)$/i;

/** What decides which account may continue a conversation. */
type Walls = Pick<Config, "accounts" | "pins">;

/**
 * The conversations that a word means: those whose id starts with it, or else those that have it in their
 * title, first prompt, folder or account, or that have each of its words in one of these; newest first.
 */
export function conversationsOf(
  context: Context,
  { accounts, word }: { accounts: readonly Account[]; word: string },
): Conversation[] {
  const byId = recentConversations(context, { accounts, limit: Infinity, prefix: word });
  if (byId.length > 0) return byId;
  const all = allConversations(context, accounts);
  const has = (one: Conversation, wanted: string) =>
    [one.title, one.prompt, one.folder, one.owner].some((text) =>
      text?.toLowerCase().includes(wanted)
    );
  const wanted = word.toLowerCase();
  const whole = all.filter((one) => has(one, wanted));
  if (whole.length > 0) return whole;
  const words = wanted.split(/\s+/).filter(Boolean);
  return all.filter((one) => words.every((part) => has(one, part)));
}

/** Whether these are one conversation, whose transcript may be there more than once. */
export function areOne(found: readonly Conversation[]): boolean {
  return found.length > 0 && found.every(({ id }) => id === found[0]?.id);
}

/**
 * Lists conversations and asks for one, by its number or by a word, until the answer is one that can be
 * continued; Enter takes the only one in the list. Only those that `mayTake` accepts are found by a word. null if nobody can be asked, or the user wants none. Open
 * ones are marked, with where and for how long, and so are those that no account may continue in their folder.
 */
export async function chooseConversation(
  context: Context,
  { found, config: before, mayTake = () => true }: {
    found: readonly Conversation[];
    config: Config;
    mayTake?: (conversation: Conversation) => boolean;
  },
): Promise<Conversation | null> {
  const { terminal } = context;
  let config = before;
  let shown = found.slice(0, SHOWN);
  if (shown.length === 0) return null;
  await list(context, { shown, config });
  if (!terminal.interactive) return null;
  terminal.note("");
  for (;;) {
    const only = onlyOne(context, { shown, accounts: config.accounts });
    const text = only === null
      ? "Which one? Its number, a word to search for, or just Enter for none: "
      : "Just Enter to continue this one, n for none, or another word to search for: ";
    const answer = (await terminal.ask(text))?.trim() ?? null;
    if (answer === null) return null;
    if (answer === "") return only;
    if (NONE.test(answer)) return null;
    config = await latestConfig(context, config);
    const { accounts } = config;
    const chosen = shown[Number(answer) - 1];
    if (chosen !== undefined) {
      const open = openConversations(context, accounts).get(chosen.id);
      if (open === undefined) return chosen;
      terminal.note(`  that one is ${openText(context, open)}: leave claude there first`);
    } else if (/^\d+$/.test(answer)) {
      terminal.note(`  ${answer} is not in the list: type a number from 1 to ${shown.length}`);
    } else {
      const matching = conversationsOf(context, { accounts, word: answer }).filter(mayTake)
        .slice(0, SHOWN);
      if (matching.length === 0) terminal.note(`  no conversation is about ${quoted(answer)}`);
      else await list(context, { shown: shown = matching, config });
    }
  }
}

/** The only conversation in a list, if it can be continued. */
function onlyOne(
  context: Context,
  { shown, accounts }: { shown: readonly Conversation[]; accounts: readonly Account[] },
): Conversation | null {
  const [only] = shown;
  if (only === undefined || shown.length > 1) return null;
  return openConversations(context, accounts).has(only.id) ? null : only;
}

async function list(
  context: Context,
  { shown, config }: { shown: readonly Conversation[]; config: Walls },
): Promise<void> {
  const { terminal, layout } = context;
  const { accounts } = config;
  const nowMs = context.clock.nowMs();
  const open = openConversations(context, accounts);
  const rows = shown.map((conversation, index): Cell[] => {
    const there = open.get(conversation.id);
    const held = there === undefined
      ? walledText(context, { conversation, config })
      : openText(context, there);
    const mark: Cell = held === "" && conversation.isPrinted
      ? { text: "by -p", style: "dim" }
      : { text: held, style: "yellow" };
    return [
      String(index + 1),
      conversation.title?.slice(0, TITLE_CELLS) ?? { text: "untitled", style: "dim" },
      formatDuration(nowMs - conversation.changedAtMs),
      conversation.owner ?? "",
      groupOf(context, { accounts, name: conversation.owner }) ?? "",
      mark,
      sizeOf(conversation.bytes),
      conversation.folder === null ? "" : tildePath(conversation.folder, layout.home),
    ];
  });
  const columns = [
    { head: "", right: true },
    { head: "conversation", least: 20 },
    { head: "age", right: true },
    "account",
    { head: "group", least: 6, rank: 0 },
    "",
    { head: "size", right: true, rank: 2 },
    { head: "folder", least: 12, rank: 1, shorten: shortPath },
  ];
  terminal.print(await renderTable(terminal, { columns, rows }));
}

/** The group of an account, also of one that was removed; null if it has none. */
function groupOf(
  context: Context,
  { accounts, name }: { accounts: readonly Account[]; name: string | null },
): string | null {
  const account = accounts.find((one) => one.name === name);
  if (account !== undefined) return account.group;
  return name === null ? null : groupOfRemoved(context, name) ?? null;
}

/** What keeps every account from continuing a conversation in its folder: `folder pinned to work`; or "". */
function walledText(
  context: Context,
  { conversation: { folder, owner }, config }: { conversation: Conversation; config: Walls },
): string {
  if (folder === null || !haveWalls(config.accounts)) return "";
  const { home } = context.layout;
  const { names, pin } = eligibleAccounts(context, { config, cwd: folder, owner, home });
  return pin === null || names.length > 0 ? "" : `folder pinned to ${pin.account ?? pin.group}`;
}

/** @throws UserError (refused) if a process has the conversation open. */
export function refuseIfOpen(
  context: Context,
  { id, request }: {
    id: string;
    request: Pick<LaunchRequest, "config" | "named" | "acrossGroups">;
  },
): void {
  const open = openConversations(context, request.config.accounts).get(id);
  if (open === undefined) return;
  throw new UserError(
    `cannot resume "${id}": it is ${
      openText(context, open)
    }, in process ${open.pid}; leave claude there first, or continue a copy of it`,
    { hint: copyLine(id, request), exit: EXIT.refused },
  );
}

/**
 * The folder of a conversation.
 * @throws UserError if that is unknown or gone: it must not continue in another one unnoticed; and if
 * only a summary is left of the conversation.
 */
export function folderOf(context: Context, conversation: Conversation): string {
  const { files, layout } = context;
  const { folder, id, path } = conversation;
  if (folder !== null && files.kind(files.resolve(folder) ?? folder) === "directory") return folder;
  if (folder === null && describe(context, path).isBlank) {
    throw new UserError("cannot continue this conversation: only its summary is left", {
      hint: "claude-multi resume",
    });
  }
  const why = folder === null
    ? "its transcript names none"
    : `${quoted(tildePath(folder, layout.home))} is gone`;
  throw new UserError(
    `cannot continue this conversation in its folder: ${why}; to continue it in this one, name it`,
    {
      hint: `claude-multi run -- --resume ${id}`,
    },
  );
}

function sizeOf(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
