// The conversations of all accounts: their titles, folders and owners.
import type { Context } from "../ports/context.ts";
import type { Origin } from "../balance/session.ts";
import type { Account } from "../config/account.ts";
import { configDirOf } from "../config/paths.ts";
import { isClientSessionId } from "./session_files.ts";
import type { Description } from "./transcript/description.ts";
import { describeTranscript } from "./transcript/description.ts";

/** A conversation of the client. */
export interface Conversation {
  /** The client's session id. */
  id: string;
  path: string;
  /** Its title, or else the first prompt that says something; null if it has neither. */
  title: string | null;
  /** The first prompt; null if there is none. */
  prompt: string | null;
  /** The folder it belongs to; null if the file doesn't say. */
  folder: string | null;
  changedAtMs: number;
  bytes: number;
  /** The account that it last ran on, or else the only one of the person who started it; null if neither is known. */
  owner: string | null;
  /** Where its last session came from; null if the ledger doesn't know. */
  origin: Origin | null;
  /** Whether `claude -p` has begun it. */
  isPrinted: boolean;
}

/** A transcript's first messages are within this many bytes; a file that holds only a summary is shorter. */
export const HEAD_BYTES = 256 * 1024;

/** The longest folder name that the client makes of a path without cutting it, in characters. */
const LONGEST_SLUG = 200;

/**
 * The newest conversations of all accounts whose ids start with `prefix`, newest first; those with nothing
 * to continue only if `prefix` is their whole id. `typed` leaves out what `-p` or the Agent SDK has begun.
 */
export function recentConversations(
  context: Context,
  options: {
    accounts: readonly Account[];
    limit: number;
    prefix: string;
    typed?: boolean;
  },
): Conversation[] {
  const { accounts, limit, prefix, typed = false } = options;
  const isWhole = isClientSessionId(prefix);
  const ledger = context.ledger({ tolerant: true });
  const found: Conversation[] = [];
  for (const entry of transcripts(context, accounts)) {
    if (found.length >= limit) break;
    if (!entry.id.startsWith(prefix)) continue;
    if (typed && isPassedOver(context.files.readHead(entry.path, HEAD_BYTES), null)) continue;
    const { title, prompt, folder, owner: starter, entrypoint, isBlank } = describe(
      context,
      entry.path,
    );
    if (isBlank && !isWhole) continue;
    const session = ledger.sessionOfClient(entry.id);
    const last = session?.account ?? null;
    const theirs = last === null ? accountsOf(context, { accounts, starter }) : [];
    found.push({
      ...entry,
      title,
      prompt,
      folder,
      bytes: context.files.size(entry.path) ?? 0,
      owner: last ?? (theirs.length === 1 ? theirs[0]?.name ?? null : null),
      origin: session?.origin ?? null,
      isPrinted: entrypoint === null ? session?.origin === "print" : entrypoint === "sdk-cli",
    });
  }
  return found;
}

/** All conversations with something to continue, newest first. */
export function allConversations(
  context: Context,
  accounts: readonly Account[],
): Conversation[] {
  return recentConversations(context, { accounts, limit: Infinity, prefix: "" });
}

/** The accounts of the person who started a conversation. */
export function accountsOf(
  { claudeHome }: Context,
  { accounts, starter }: { accounts: readonly Account[]; starter: Description["owner"] },
): Account[] {
  if (starter === null) return [];
  return accounts.filter((account) => {
    const identity = account.identity ?? claudeHome.identity(account);
    return identity?.accountUuid === starter.accountUuid &&
      [null, identity.organizationUuid].includes(starter.organizationUuid);
  });
}

/** A conversation that nothing was read of yet. */
export type Transcript = Pick<Conversation, "id" | "path" | "changedAtMs">;

/**
 * The transcripts of all accounts, newest first; with `folder`, those of the project of that folder, as
 * the client names it (CONTRACT §7).
 */
export function transcripts(
  { files, layout }: Context,
  accounts: readonly Account[],
  folder: string | null = null,
): Transcript[] {
  const projects = new Set(
    [layout.shared, ...accounts.map((account) => configDirOf(account, layout))]
      .flatMap((dir) => files.resolve(`${dir}/projects`) ?? []),
  );
  const slug = folder?.replace(/[^a-zA-Z0-9]/g, "-") ?? null;
  const isIn = (name: string) =>
    slug === null || name === slug ||
    // The client cuts a long name and adds a hash.
    (slug.length > LONGEST_SLUG && name.startsWith(slug.slice(0, LONGEST_SLUG)));
  const found = [...projects].flatMap((root) =>
    files.list(root).filter(isIn).flatMap((name) =>
      files.list(`${root}/${name}`).filter((file) => file.endsWith(".jsonl")).flatMap((file) => {
        const id = file.slice(0, -".jsonl".length);
        const path = `${root}/${name}/${file}`;
        const changedAtMs = isClientSessionId(id) ? files.modifiedAtMs(path) : null;
        return changedAtMs !== null ? [{ id, path, changedAtMs }] : [];
      })
    )
  );
  found.sort((a, b) => b.changedAtMs - a.changedAtMs);
  return found.filter(({ path }) => files.kind(path) === "file");
}

/** What `-p` and the Agent SDK call themselves in transcripts. */
const SDK_HOSTS: ReadonlySet<string> = new Set(["sdk-cli", "sdk-ts", "sdk-py"]);

/**
 * Whether `--continue` passes over a conversation that begins with these lines: one that `-p` or the Agent SDK
 * has begun is only found by another of them, whoever has continued it since (run on 2.1.197 and 2.1.332).
 * `host` starts the client; null: a terminal.
 */
export function isPassedOver(head: string, host: string | null): boolean {
  const entrypoint = /"entrypoint":\s*"([^"]*)"/.exec(head)?.[1] ?? "";
  return SDK_HOSTS.has(entrypoint) && !SDK_HOSTS.has(host ?? "");
}

/** What the transcript at a path says, however it begins. */
export function describe({ files }: Context, path: string): Description {
  const read = (buffer: Uint8Array, at: number) => files.readAt(path, { buffer, at });
  return describeTranscript(read, files.size(path) ?? 0);
}
