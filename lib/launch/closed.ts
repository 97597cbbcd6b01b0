// Accounts that may not open a conversation, because its organization keeps it to its own.
import { transcriptOf } from "../claude/session_files.ts";
import { opensFor, restrictionOf } from "../claude/transcript/restriction.ts";
import type { Account } from "../config/account.ts";
import type { Context } from "../ports/context.ts";
import type { LaunchRequest } from "./request.ts";
import { conversationOf } from "./request.ts";

/** The names of those accounts; `account` is one that has the transcript. */
export function closedTo(
  context: Context,
  { accounts, account, id }: {
    accounts: readonly Account[];
    account: Account;
    id: string | null;
  },
): string[] {
  const path = id === null ? null : transcriptOf(context, { account, id });
  if (path === null) return [];
  const { files, claudeHome } = context;
  const kept = restrictionOf({
    head: (bytes) => files.readHead(path, bytes),
    tail: (bytes) => files.readTail(path, bytes),
  });
  if (kept === null) return [];
  return accounts.filter((account) => {
    const identity = claudeHome.identity(account);
    return identity === null || !opensFor(kept, identity);
  }).map(({ name }) => name);
}

/** The request without the accounts that may not open the conversation that it continues. */
export function withoutClosed(context: Context, request: LaunchRequest): LaunchRequest {
  const { config: { accounts }, owner, except = [] } = request;
  const account = accounts.find(({ name }) => name === owner) ?? accounts[0];
  const id = conversationOf(request);
  if (account === undefined || id === null) return request;
  const closed = closedTo(context, { accounts, account, id });
  return closed.length === 0 ? request : { ...request, except: [...except, ...closed] };
}
