// `resume`: continues any conversation, on an account that has quota left.
import { EXIT, usageError, UserError } from "../text/errors.ts";
import { quoted } from "../text/escape.ts";
import { pasteable } from "../text/shell_quote.ts";
import { haveWalls } from "../accounts/eligible.ts";
import type { Account } from "../config/account.ts";
import { findAccount } from "../config/account.ts";
import type { Context } from "../ports/context.ts";
import type { Conversation } from "../claude/conversations.ts";
import { recentConversations } from "../claude/conversations.ts";
import { openConversations } from "../claude/running.ts";
import type { Command } from "../cli/command.ts";
import {
  areOne,
  chooseConversation,
  conversationsOf,
  folderOf,
  refuseIfOpen,
} from "../launch/choose_conversation.ts";
import { ACROSS_GROUPS, acrossGroups, launchRequest } from "../launch/request.ts";
import { latestConfig } from "../launch/latest_config.ts";
import { runConversation } from "../launch/run_conversation.ts";

const SHOWN = 15;

/** The declaration of `resume`. */
export const resume: Command = {
  name: "resume",
  group: "everyday",
  summary: "Continue a conversation of any account",
  positionals: [{
    name: "WORD",
    summary:
      "claude's session id or its first characters, or words of the title, first prompt, folder or account",
    optional: true,
    repeats: true,
  }],
  flags: [
    {
      name: "last",
      summary: "the newest conversation; one that -p or the SDK began only if there is no other",
    },
    { name: "account", value: "NAME", summary: "on this account, even if it is limited" },
    ACROSS_GROUPS,
    { name: "json", summary: "list the conversations as JSON: version, conversations" },
  ],
  rest: { name: "ARGS", summary: "more arguments for claude" },
  details: [
    'Without WORD, resume lists the newest conversations of all accounts and asks which one to continue: type its number, or a word to search all of them; if only one is left, Enter continues it. It also asks if WORD means more than one. Without a terminal it only lists them. The list says where and since when a conversation is open, and whether its folder is pinned to accounts of another group, and marks with "by -p" what claude -p has begun. A resumed conversation continues in its own folder, and stays on its account as long as it has quota left. It never leaves its group unless --account and --across-groups say so, and a conversation that is open elsewhere, or whose folder is gone, is refused. With --account, the list has only what that account may continue.',
  ],
  examples: [
    ["claude-multi resume", "choose from a list"],
    ["claude-multi resume parser", "the one whose title or folder has that word"],
    ["claude-multi resume --last", "the newest"],
    ["claude-multi resume 6f3a --account work", "one conversation, on one account"],
  ],
  async run(context, input) {
    const config = context.configFile.read();
    const { accounts } = config;
    const isAcross = acrossGroups(input);
    const word = input.positionals.join(" ");
    const isLast = input.switches.has("last");
    const named = input.values["account"] ?? null;
    if (named !== null) findAccount(accounts, named);
    const isWalled = named !== null && !isAcross && haveWalls(accounts);
    const mayTake = isWalled ? takenBy(accounts, named) : () => true;
    const found = word === ""
      ? newest(context, { accounts, isLast, limit: isWalled ? Infinity : SHOWN })
      : conversationsOf(context, { accounts, word });
    if (input.switches.has("json")) {
      const open = openConversations(context, accounts);
      const conversations = found.map((one) => ({ ...one, open: open.get(one.id) ?? null }));
      context.terminal.print(JSON.stringify({ version: 1, conversations }));
      return EXIT.ok;
    }
    if (word !== "" && found.length === 0) {
      throw usageError(`no conversation is about ${quoted(word)}`, "claude-multi resume");
    }
    const isOne = isLast || (word !== "" && areOne(found));
    if (!isOne && found.length > 0 && !found.some(mayTake)) {
      const what = word === "" ? "a conversation" : `one about ${quoted(word)}`;
      throw new UserError(
        `"${named}" can't continue ${what}: all of them belong to another group`,
        {
          hint: `claude-multi resume ${pasteable(input.positionals) ?? ""}`.trim(),
          exit: EXIT.refused,
        },
      );
    }
    const chosen = isOne
      ? found.find(({ folder }) => folder !== null) ?? found[0] ?? null
      : await chooseConversation(context, { found: found.filter(mayTake), mayTake, config });
    if (chosen === null) {
      if (found.length > 0 && context.terminal.interactive) return EXIT.cancelled;
      if (found.length > 0 && word === "") return EXIT.ok;
      if (found.length > 0) {
        const message = `${quoted(word)} matches several conversations`;
        throw usageError(message, `claude-multi resume ${found[0]?.id}`);
      }
      throw new UserError("no conversation to resume yet", { hint: "cl" });
    }
    const now = isOne ? config : await latestConfig(context, config);
    if (!input.rest.includes("--fork-session")) {
      const request = { config: now, named, acrossGroups: isAcross };
      refuseIfOpen(context, { id: chosen.id, request });
    }
    const request = launchRequest(context, {
      config: now,
      words: ["--resume", chosen.id, ...input.rest],
      policy: now.policy,
      named,
      wait: false,
      failover: false,
      cwd: folderOf(context, chosen),
      acrossGroups: isAcross,
    });
    const owner = now.accounts.find(({ name }) => name === chosen.owner);
    return await runConversation(context, {
      ...request,
      ...owner === undefined ? {} : { owner: owner.name },
      mayLeave: true,
    });
  },
};

/** Tells which conversations an account may continue: those of its group, or of an unknown one. */
function takenBy(
  accounts: readonly Account[],
  name: string,
): (conversation: Conversation) => boolean {
  const { group } = findAccount(accounts, name);
  return ({ owner }) => accounts.every((one) => one.name !== owner || one.group === group);
}

/** The newest conversations; with --last the newest that a person began, or else the newest of a program. */
function newest(
  context: Context,
  { accounts, isLast, limit }: { accounts: readonly Account[]; isLast: boolean; limit: number },
): Conversation[] {
  const all = { accounts, limit, prefix: "" };
  if (!isLast) return recentConversations(context, all);
  const typed = recentConversations(context, { ...all, typed: true });
  return typed.length > 0 ? typed : recentConversations(context, all);
}
