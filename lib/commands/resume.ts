// `resume`: continues any conversation, on an account that has quota left.
import { EXIT, UserError } from "../text/errors.ts";
import { recentConversations } from "../claude/conversations.ts";
import type { Command } from "../cli/command.ts";
import {
  chooseConversation,
  conversationById,
  folderOf,
  refuseIfOpen,
} from "../launch/choose_conversation.ts";
import { ACROSS_GROUPS, acrossGroups, launchRequest } from "../launch/request.ts";
import { runConversation } from "../launch/run_conversation.ts";

const SHOWN = 15;

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
    ACROSS_GROUPS,
    { name: "json", summary: "list the conversations as JSON: version, conversations" },
  ],
  rest: { name: "ARGS", summary: "more arguments for claude" },
  details: [
    "Without ID, resume lists the newest conversations of all accounts and asks which one to continue; without a terminal it only lists them. A resumed conversation continues in its own folder, and stays on its account as long as it has quota left. It never leaves its group unless --account and --across-groups say so, and a conversation that is open elsewhere, or whose folder is gone, is refused.",
  ],
  examples: [
    ["claude-multi resume", "choose from a list"],
    ["claude-multi resume --last", "the newest"],
    ["claude-multi resume 6f3a --account work", "one conversation, on one account"],
  ],
  async run(context, input) {
    const config = context.configFile.read();
    const { accounts, policy } = config;
    const [prefix] = input.positionals;
    const found = recentConversations(context, { accounts, limit: SHOWN, prefix: prefix ?? "" });
    if (input.switches.has("json")) {
      context.terminal.print(JSON.stringify({ version: 1, conversations: found }));
      return EXIT.ok;
    }
    const chosen = prefix !== undefined
      ? conversationById(found, prefix)
      : input.switches.has("last")
      ? found.find(({ folder }) => folder !== null) ?? found[0] ?? null
      : await chooseConversation(context, found);
    if (chosen === null) {
      if (found.length > 0) return EXIT.ok;
      throw new UserError("no conversation to resume yet", { hint: "cl" });
    }
    refuseIfOpen(context, { config, id: chosen.id });
    const request = launchRequest(context, {
      config,
      words: ["--resume", chosen.id, ...input.rest],
      policy,
      named: input.values["account"] ?? null,
      wait: false,
      failover: false,
      cwd: folderOf(context, chosen),
      acrossGroups: acrossGroups(input),
    });
    return await runConversation(context, request);
  },
};
