// Conversations that only the organization they belong to may open, by the owner in their transcript.
import { objectIn, textOf } from "../../text/json_object.ts";
import type { Identity } from "../../config/account.ts";

/** The sign-in that a conversation is kept to. */
export interface KeptTo {
  accountUuid: string;
  organizationUuid: string | null;
}

/** Each line that names the owner is repeated at the end of a session. */
const LOOK_BYTES = 64 * 1024;

/**
 * The sign-in that a conversation is kept to, or null. The client marks the conversations of an
 * organization that keeps them for a limited time: `restricted` of `session-owner` is then not empty.
 * It opens them only for sign-ins of that organization, and otherwise exits with 1 (run on 2.1.332).
 */
export function restrictionOf(
  read: { head: (bytes: number) => string; tail: (bytes: number) => string },
): KeptTo | null {
  let found: KeptTo | null = null;
  for (const text of [read.head(LOOK_BYTES), read.tail(LOOK_BYTES)]) {
    for (const line of text.split("\n")) {
      if (line.includes('"session-owner"')) found = restrictionIn(line) ?? found;
    }
  }
  return found;
}

function restrictionIn(text: string): KeptTo | null {
  const line = objectIn(text);
  const accountUuid = textOf(line?.["accountUuid"]);
  const restricted = line?.["restricted"];
  if (line?.["type"] !== "session-owner" || accountUuid === null) return null;
  if (!Array.isArray(restricted) || restricted.length === 0) return null;
  return { accountUuid, organizationUuid: textOf(line["organizationUuid"]) };
}

/** Whether somebody who is logged in may open a conversation that is kept to a sign-in. */
export function opensFor(
  { accountUuid, organizationUuid }: KeptTo,
  identity: Identity,
): boolean {
  return organizationUuid === null
    ? identity.accountUuid === accountUuid
    : identity.organizationUuid?.toLowerCase() === organizationUuid.toLowerCase();
}
