// Whose conversation a launch continues: it stays with its account, and never crosses the wall between groups.
import type { Context } from "../ports/context.ts";
import { withConversation } from "../claude/arguments.ts";
import type { Conversation } from "../claude/conversations.ts";
import {
  accountsOf,
  allConversations,
  describe,
  HEAD_BYTES,
  isPassedOver,
  transcripts,
} from "../claude/conversations.ts";
import { hostOf } from "../claude/environment.ts";
import { groupOfRemoved } from "../accounts/undo_removal.ts";
import { nameBefore } from "../accounts/taken_names.ts";
import { isClientSessionId } from "../claude/session_files.ts";
import type { Account } from "../config/account.ts";
import { EXIT, usageError, UserError } from "../text/errors.ts";
import { quoted } from "../text/escape.ts";
import { chooseConversation } from "./choose_conversation.ts";
import { shortestLine } from "./command_lines.ts";
import type { LaunchRequest } from "./request.ts";

/**
 * The request with the account, or at least the group, of the conversation that it continues. What only
 * the client would look up, a title or a choice from its list, becomes an id, because its own list has
 * the conversations of every group. If nobody knows whose conversation it is, the user is asked.
 * @throws UserError (refused) if the user can't be asked.
 * @throws UserError (cancelled) if the user chooses nothing.
 */
export async function withOwner(
  context: Context,
  request: LaunchRequest,
): Promise<LaunchRequest> {
  const { args, config: { accounts } } = request;
  if (args.finds !== null) return await withGroup(context, request, `what ${args.finds} finds`);
  const id = args.resume === null ? newestHere(context, request) : await resumed(context, request);
  if (id === null) return await withLastOwner(context, request);
  const found = { ...request, args: withConversation(args, id) };
  const owner = ownerOf(context, { accounts, id });
  if (owner !== null) return { ...found, owner };
  const former = formerAccount(context, { accounts, id });
  if (former?.group !== undefined) return { ...found, ...walled(former) };
  // The client will say that there is none.
  const isMissing = !transcripts(context, accounts).some((transcript) => transcript.id === id);
  if (isMissing) return found;
  return {
    ...await withGroup(context, request, "the conversation to continue"),
    args: found.args,
  };
}

/** The request with the conversation that it continues and its account, as far as both can be told without asking. */
export function withKnownOwner(context: Context, request: LaunchRequest): LaunchRequest {
  const { args, config: { accounts } } = request;
  if (args.finds !== null) return request;
  const id = args.resume === null ? newestHere(context, request) : idOf(context, request);
  if (id === null) return request;
  const owner = ownerOf(context, { accounts, id });
  return { ...request, conversation: id, ...owner === null ? {} : { owner } };
}

/**
 * The request with the group of a conversation whose account was removed. Its group may have gone with it, so
 * that no wall is left which the conversation could cross. If nobody knows the group, the user is asked, unless
 * there are no groups.
 * @throws UserError (refused) if the user can't be asked.
 * @throws UserError (cancelled) if the user chooses nothing.
 */
export async function withFormerGroup(
  context: Context,
  request: LaunchRequest,
): Promise<LaunchRequest> {
  const { conversation: id, owner, config: { accounts } } = request;
  if (id === undefined || owner !== undefined) return request;
  const former = formerAccount(context, { accounts, id });
  if (former === null) return request;
  if (former.group !== undefined) return { ...request, ...walled(former) };
  const known = { ...request, formerOwner: nameBefore(former.name) };
  return accounts.every(({ group }) => group === null)
    ? known
    : await withGroup(context, known, "the conversation to continue");
}

/** A removed account. */
interface FormerAccount {
  name: string;
  /** Null for none; undefined if nobody knows. */
  group: string | null | undefined;
}

/** The removed account that a conversation last ran on; null if it wasn't removed, or is unknown. */
function formerAccount(
  context: Context,
  { accounts, id }: { accounts: readonly Account[]; id: string },
): FormerAccount | null {
  const name = context.ledger({ tolerant: true }).sessionOfClient(id)?.account;
  if (name === undefined || accounts.some((account) => account.name === name)) return null;
  return { name, group: groupOfRemoved(context, name) };
}

function walled(
  { name, group = null }: FormerAccount,
): Pick<LaunchRequest, "formerOwner" | "wall"> {
  return { formerOwner: nameBefore(name), wall: { group } };
}

/** The conversation that --resume names by id, by the file or by its whole title; null if that isn't one. */
function idOf(context: Context, { args, config: { accounts } }: LaunchRequest): string | null {
  const typed = (args.resume ?? "").trim();
  const id = idIn(typed);
  if (id !== null || typed === "") return id;
  const [only, ...others] = withTitle(allConversations(context, accounts), typed);
  return others.length > 0 ? null : only?.id ?? null;
}

/** The id that was typed, alone or as the name of a transcript; null if it is none. */
function idIn(typed: string): string | null {
  const id = (/([^/]+)\.jsonl$/.exec(typed)?.[1] ?? typed).toLowerCase();
  return isClientSessionId(id) ? id : null;
}

function withTitle(all: readonly Conversation[], typed: string): Conversation[] {
  return all.filter(({ title }) => title?.toLowerCase() === typed.toLowerCase());
}

/**
 * The account of a conversation: the one it last ran on, or else that of whoever started it; null if nobody
 * knows, or if the one it last ran on was removed.
 */
function ownerOf(
  context: Context,
  { accounts, id }: { accounts: readonly Account[]; id: string },
): string | null {
  const last = context.ledger({ tolerant: true }).sessionOfClient(id)?.account;
  if (last !== undefined) return accounts.some(({ name }) => name === last) ? last : null;
  const path = transcripts(context, accounts).find((transcript) => transcript.id === id)?.path;
  const starter = path === undefined ? null : describe(context, path).owner;
  const theirs = accountsOf(context, { accounts, starter });
  const isOneGroup = theirs.every(({ group }) => group === theirs[0]?.group);
  return isOneGroup ? theirs[0]?.name ?? null : null;
}

/** The conversation that --continue means: the newest of the folder's project that has a message. */
function newestHere(
  context: Context,
  { args, config, cwd, forEditor }: LaunchRequest,
): string | null {
  const folder = context.files.resolve(cwd) ?? cwd;
  const printing = args.kind === "print" ? "sdk-cli" : null;
  const host = (forEditor === undefined ? null : hostOf(context.env)) ?? printing;
  return transcripts(context, config.accounts, folder).find(({ path }) => {
    // Not all of it, which may be much: each message has its folder.
    const head = context.files.readHead(path, HEAD_BYTES);
    const isConversation = /"cwd":\s*"\//.test(head) || head.length >= HEAD_BYTES / 4;
    return isConversation && !isPassedOver(head, host);
  })?.id ?? null;
}

/** Without a transcript in the folder's project, --continue is judged by what ran last in the folder. */
async function withLastOwner(
  context: Context,
  request: LaunchRequest,
): Promise<LaunchRequest> {
  const last = context.ledger({ tolerant: true }).lastConversation(request.cwd);
  if (last === null) return request;
  const isOurs = request.config.accounts.some(({ name }) => name === last.account);
  return isOurs
    ? { ...request, owner: last.account }
    : await withGroup(context, request, "the conversation to continue");
}

/** The conversation that --resume means: by id, by the file, by its title, or chosen from a list. */
async function resumed(context: Context, request: LaunchRequest): Promise<string> {
  const { args, config: { accounts } } = request;
  const typed = (args.resume ?? "").trim();
  const id = idIn(typed);
  if (id !== null) return id;
  const all = allConversations(context, accounts);
  if (typed === "") return await chosenFrom(context, { request, found: all });
  const wanted = typed.toLowerCase();
  const exact = withTitle(all, typed);
  const [only] = exact;
  if (only !== undefined && exact.length === 1) return only.id;
  const found = exact.length > 0
    ? exact
    : all.filter(({ title }) => title?.toLowerCase().includes(wanted));
  if (found.length > 0) return await chosenFrom(context, { request, found });
  throw usageError(`no conversation has the title ${quoted(typed)}`, "claude-multi resume");
}

/** Asks for one of these in our own list: those of the folder, or all if there are none. */
async function chosenFrom(
  context: Context,
  { request, found }: { request: LaunchRequest; found: readonly Conversation[] },
): Promise<string> {
  mustAsk(context, request, {
    what: "which conversation to continue",
    hint: () => "claude-multi resume",
  });
  const here = found.filter(({ folder }) => folder === request.cwd);
  const chosen = await chooseConversation(context, {
    found: here.length > 0 ? here : found,
    config: request.config,
  });
  if (chosen === null) throw cancelled("no conversation was chosen");
  return chosen.id;
}

/** Asks for the group of a conversation whose account isn't known. */
async function withGroup(
  context: Context,
  request: LaunchRequest,
  what: string,
): Promise<LaunchRequest> {
  mustAsk(context, request, { what: `whose ${what} is`, hint: () => namedLine(context, request) });
  const groups = [...new Set(request.config.accounts.map(({ group }) => group))];
  groups.forEach((group, index) => {
    const names = request.config.accounts.filter((account) => account.group === group)
      .map(({ name }) => `"${name}"`).join(", ");
    const label = group === null ? "no group" : `group "${group}"`;
    context.terminal.note(`${index + 1}  ${label}: ${names}`);
  });
  const numbers = groups.length === 1 ? "1" : `1-${groups.length}`;
  const question = `Whose is ${what}? It stays in that group. [${numbers}] `;
  const answer = (await context.terminal.ask(question))?.trim() ?? "";
  const at = Number(answer) - 1;
  // Accounts without a group are one of the choices, too.
  const group = at in groups ? groups[at] : groups.find((name) => name === answer);
  if (group === undefined) throw cancelled("no group was chosen");
  return { ...request, wall: { group } };
}

/** @throws UserError (refused) if nobody can be asked. */
function mustAsk(
  context: Context,
  { args, planOnly }: LaunchRequest,
  { what, hint }: { what: string; hint: () => string },
): void {
  if (context.terminal.interactive && args.kind === "interactive" && planOnly !== true) return;
  throw new UserError(
    `cannot tell ${what}, and a conversation never moves to an account of another group`,
    { hint: hint(), exit: EXIT.refused },
  );
}

/** The shortest line that does the same on a named account. */
function namedLine(context: Context, request: LaunchRequest): string {
  const { config: { accounts }, named } = request;
  const across = ["--account", named ?? accounts[0]?.name ?? "", "--across-groups"];
  return shortestLine(context, request, across);
}

function cancelled(message: string): UserError {
  return new UserError(message, { hint: "claude-multi resume", exit: EXIT.cancelled });
}
