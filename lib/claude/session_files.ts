// The files of a conversation: its id, which names them, and where its transcript is.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { configDirOf } from "../config/paths.ts";

/** Whether a text is a session id of the client: a UUID, and so safe as an argument and a file name. */
export function isClientSessionId(text: unknown): text is string {
  return typeof text === "string" && /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(text);
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
