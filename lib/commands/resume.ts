// `resume`: continues any conversation, on an account that has quota left.
import type { Context } from "../ports/context.ts";
import { quoted } from "../text/escape.ts";
import type { Config } from "../config/config.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { formatDuration } from "../text/format.ts";
import { tildePath } from "../config/paths.ts";
import type { Conversation } from "../claude/conversations.ts";
import { recentConversations } from "../claude/conversations.ts";
import type { Command } from "../cli/command.ts";
import { launchRequest } from "../launch/prepare.ts";
import { runConversation } from "../launch/run_conversation.ts";
import { liveConversations } from "../claude/running.ts";
import { shortPath } from "../cli/columns.ts";
import type { Cell } from "../cli/table.ts";
import { renderTable } from "../cli/table.ts";

const SHOWN = 15;
const TITLE_CELLS = 34;

/** The declaration of `resume`. */
export const resume: Command = {
  name: "resume",
  group: "everyday",
  summary: "Continue a conversation of any account",
  positionals: [{
    name: "ID",
    summary: "claude's session id, or its first characters",
    optional: true,
  }],
  flags: [
    { name: "last", summary: "the newest conversation" },
    { name: "account", value: "NAME", summary: "on this account, even if it is limited" },
    { name: "json", summary: "list, print JSON: version, conversations" },
  ],
  rest: { name: "ARGS", summary: "more arguments for claude" },
  details: [
    "Without ID, resume lists the newest conversations of all accounts and asks which one to continue; without a terminal it only lists them. A resumed conversation continues in its own folder, and stays on its account as long as it has quota left. It never leaves its group, and a conversation that is open elsewhere is refused.",
  ],
  examples: [
    ["claude-multi resume", "choose from a list"],
    ["claude-multi resume --last", "the newest"],
    ["claude-multi resume 6f3a --account work", "one conversation, on one account"],
  ],
  async run(context, input) {
    const config = context.configFile.read();
    const id = input.positionals[0];
    const found = recentConversations(context, {
      accounts: config.accounts,
      limit: SHOWN,
      prefix: id ?? "",
    });
    if (input.switches.has("json")) {
      context.terminal.print(JSON.stringify({ version: 1, conversations: found }));
      return EXIT.ok;
    }
    const chosen = id !== undefined
      ? byId(found, id)
      : input.switches.has("last")
      ? found[0] ?? null
      : await choose(context, found);
    if (chosen === null) {
      if (found.length > 0) return EXIT.ok;
      throw new UserError("no conversation to resume yet", { hint: "cl" });
    }
    refuseIfOpen(context, { config, chosen });
    const request = launchRequest(context, {
      config,
      words: ["--resume", chosen.id, ...input.rest],
      policy: config.policy,
      named: input.values["account"] ?? null,
      wait: false,
      failover: false,
      cwd: folderOf(context, chosen),
    });
    return await runConversation(context, request);
  },
};

function byId(found: readonly Conversation[], id: string): Conversation {
  const newest = new Map(found.toReversed().map((conversation) => [conversation.id, conversation]));
  const matching = [...newest.values()].filter((conversation) => conversation.id.startsWith(id));
  const [first, second] = matching;
  if (first !== undefined && second === undefined) return first;
  const message = second === undefined
    ? `no conversation has the id ${quoted(id)}`
    : `${quoted(id)} matches several conversations`;
  throw new UserError(message, { hint: "claude-multi resume", exit: EXIT.usage });
}

/** Lists the conversations and asks for one; null when nobody can be asked or none is wanted. */
async function choose(
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
  const answer = terminal.ask("\nWhich one? [1, or Enter for none] ");
  if (answer === null || answer.trim() === "") return null;
  const chosen = found[Number(answer) - 1];
  if (chosen !== undefined) return chosen;
  throw new UserError(
    `Cannot resume number ${quoted(answer)}: the list goes from 1 to ${found.length}`,
    {
      hint: "claude-multi resume",
      exit: EXIT.usage,
    },
  );
}

function refuseIfOpen(
  context: Context,
  options: { config: Config; chosen: Conversation },
): void {
  const { chosen } = options;
  const open = liveConversations(context, options.config.accounts)
    .find((live) => live.sessionId === chosen.id);
  if (open === undefined) return;
  throw new UserError(
    `Cannot resume "${chosen.id}": it is open in process ${open.pid}; two processes would fork it`,
    { hint: `leave claude there, or: kill ${open.pid}`, exit: EXIT.refused },
  );
}

function folderOf(context: Context, chosen: Conversation): string {
  const { folder } = chosen;
  const isThere = folder !== null && context.files.kind(folder) === "directory";
  return isThere ? folder : context.processes.cwd();
}

function sizeOf(bytes: number): string {
  return bytes < 1_000_000 ? `${Math.ceil(bytes / 1000)} kB` : `${(bytes / 1e6).toFixed(1)} MB`;
}
