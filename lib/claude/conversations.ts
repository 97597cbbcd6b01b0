// The conversations of all accounts: their titles, folders and owners.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { configDirOf } from "../config/paths.ts";
import { objectIn, objectOf } from "../text/json_object.ts";

/** Whether a text is a session id of the client: a UUID, and so safe as an argument and a file name. */
export function isClientSessionId(text: unknown): text is string {
  return typeof text === "string" && /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(text);
}

/** A conversation of the client. */
export interface Conversation {
  /** The client's session id. */
  id: string;
  path: string;
  /** Its title, or else its first prompt; null if it has neither. */
  title: string | null;
  /** The folder it belongs to; null if the file doesn't say. */
  folder: string | null;
  changedAtMs: number;
  bytes: number;
  /** The account that it last ran on; null if the ledger doesn't know. */
  owner: string | null;
}

const HEAD_CHARACTERS = 256 * 1024;
const TAIL_BYTES = 64 * 1024;

/** The newest conversations of all accounts whose ids start with `prefix`, newest first. */
export function recentConversations(
  context: Context,
  options: { accounts: readonly Account[]; limit: number; prefix: string },
): Conversation[] {
  const { files, layout } = context;
  const projects = new Set(
    [layout.shared, ...options.accounts.map((account) => configDirOf(account, layout))]
      .flatMap((dir) => files.resolve(`${dir}/projects`) ?? []),
  );
  const found = [...projects].flatMap((root) =>
    files.list(root).flatMap((slug) =>
      files.list(`${root}/${slug}`).filter((name) => name.endsWith(".jsonl")).flatMap((name) => {
        const id = name.slice(0, -".jsonl".length);
        const path = `${root}/${slug}/${name}`;
        const changedAtMs = files.modifiedAtMs(path);
        const isWanted = isClientSessionId(id) && id.startsWith(options.prefix);
        return isWanted && changedAtMs !== null ? [{ id, path, changedAtMs }] : [];
      })
    )
  );
  found.sort((a, b) => b.changedAtMs - a.changedAtMs);
  const ledger = context.ledger({ tolerant: true });
  const newest = found.values().filter(({ path }) => files.kind(path) === "file");
  return [...newest.take(options.limit)].map((entry) => ({
    ...entry,
    ...describe(context, entry.path),
    bytes: files.size(entry.path) ?? 0,
    owner: ledger.sessionOfClient(entry.id)?.account ?? null,
  }));
}

function describe(
  context: Context,
  path: string,
): { title: string | null; folder: string | null } {
  const head = objectsOf(context.files.readHead(path, HEAD_CHARACTERS));
  const tail = objectsOf(context.files.readTail(path, TAIL_BYTES));
  const titled = [...head, ...tail].findLast((line) => line["type"] === "custom-title");
  const prompt = head.map(promptOf).find((text) => text !== null) ?? null;
  const folder = head.map((line) => line["cwd"]).find((cwd) => typeof cwd === "string");
  const title = titled?.["customTitle"] ?? titled?.["title"];
  return {
    title: oneLine(typeof title === "string" ? title : prompt),
    folder: typeof folder === "string" && folder.startsWith("/") ? folder : null,
  };
}

/** The prompt that the user typed, if this line of a transcript is one; else null. */
function promptOf(line: Record<string, unknown>): string | null {
  if (line["type"] !== "user" || line["isMeta"] === true || line["isSidechain"] === true) {
    return null;
  }
  const { content } = objectOf(line["message"]);
  const parts: unknown[] = Array.isArray(content) ? content : [{ type: "text", text: content }];
  const texts = parts.map(objectOf).flatMap(({ type, text }) =>
    type === "text" && typeof text === "string" ? [text.trim()] : []
  );
  return texts.find((text) => text !== "" && !text.startsWith("<")) ?? null;
}

function oneLine(text: string | null): string | null {
  // Untrusted text: remove control characters and direction overrides.
  return text === null
    ? null
    : text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ").trim().slice(0, 200) || null;
}

function objectsOf(text: string): Array<Record<string, unknown>> {
  return text.split("\n").map(objectIn).filter((line) => line !== null);
}

/** The file of a conversation as an account sees it, in whichever project it is now; or null. */
export function transcriptOf(
  context: Context,
  conversation: { account: Account; id: string },
): string | null {
  const { files, layout } = context;
  const projects = `${configDirOf(conversation.account, layout)}/projects`;
  const paths = files.list(projects).map((slug) => `${projects}/${slug}/${conversation.id}.jsonl`);
  return paths.find((path) => files.kind(path) === "file") ?? null;
}
