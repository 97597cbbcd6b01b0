// The conversation to resume: by its id, or chosen from a list, and never one that is open elsewhere.
import type { Context } from "../ports/context.ts";
import { quoted } from "../text/escape.ts";
import type { Config } from "../config/config.ts";
import { EXIT, usageError, UserError } from "../text/errors.ts";
import { formatDuration } from "../text/format.ts";
import { tildePath } from "../config/paths.ts";
import type { Conversation } from "../claude/conversations.ts";
import { describe } from "../claude/conversations.ts";
import { openProcess } from "../claude/running.ts";
import { shortPath } from "../cli/columns.ts";
import type { Cell } from "../cli/table.ts";
import { renderTable } from "../cli/table.ts";

const TITLE_CELLS = 34;

/**
 * The newest of these, which all have an id that starts with `id`.
 * @throws UserError (usage) if there is none, or they are of more than one conversation.
 */
export function conversationById(found: readonly Conversation[], id: string): Conversation {
  const [first] = found;
  const isOne = found.every((conversation) => conversation.id === first?.id);
  if (first !== undefined && isOne) return first;
  const message = first === undefined
    ? `no conversation has the id ${quoted(id)}`
    : `${quoted(id)} matches several conversations`;
  throw usageError(message, "claude-multi resume");
}

/**
 * Lists conversations and asks for one; null if nobody can be asked, or the user wants none.
 * @throws UserError (usage) if the answer is not in the list.
 */
export async function chooseConversation(
  context: Context,
  found: readonly Conversation[],
): Promise<Conversation | null> {
  if (found.length === 0) return null;
  const { terminal, layout } = context;
  const nowMs = context.clock.nowMs();
  const rows = found.map((conversation, index): Cell[] => [
    String(index + 1),
    conversation.title?.slice(0, TITLE_CELLS) ?? { text: "untitled", style: "dim" },
    formatDuration(nowMs - conversation.changedAtMs),
    conversation.owner ?? "",
    sizeOf(conversation.bytes),
    conversation.folder === null ? "" : tildePath(conversation.folder, layout.home),
  ]);
  const columns = [
    { head: "", right: true },
    { head: "conversation", least: 20 },
    { head: "age", right: true },
    "account",
    { head: "size", right: true, rank: 2 },
    { head: "folder", least: 12, rank: 1, shorten: shortPath },
  ];
  terminal.print(await renderTable(terminal, { columns, rows }));
  if (!terminal.interactive) return null;
  const answer = terminal.ask("\nWhich one? [1, or Enter for none] ")?.trim() ?? "";
  if (answer === "") return null;
  const chosen = found[Number(answer) - 1];
  if (chosen !== undefined) return chosen;
  const message = `${quoted(answer)} is not in the list: type a number from 1 to ${found.length}`;
  throw usageError(message, "claude-multi resume");
}

/** @throws UserError (refused) if a process has the conversation open. */
export function refuseIfOpen(
  context: Context,
  { config: { accounts }, id }: { config: Config; id: string },
): void {
  const pid = openProcess(context, { accounts, id });
  if (pid === null) return;
  throw new UserError(
    `the conversation "${id}" is open in process ${pid}; a second process would fork it`,
    { hint: `leave claude there, or: kill ${pid}`, exit: EXIT.refused },
  );
}

/**
 * The folder of a conversation.
 * @throws UserError if that is unknown or gone: it must not continue in another one unnoticed; and if the
 * conversation has no messages.
 */
export function folderOf(context: Context, conversation: Conversation): string {
  const { files, layout } = context;
  const { folder, id, path } = conversation;
  if (folder !== null && files.kind(files.resolve(folder) ?? folder) === "directory") return folder;
  if (folder === null && !describe(context, path).hasMessages) {
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
