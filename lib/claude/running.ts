// Running processes of the client: the sessions and the background daemon of an account.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { configDirOf, tildePath } from "../config/paths.ts";
import { nameInLine } from "../text/escape.ts";
import { formatDuration } from "../text/format.ts";
import { textOf } from "../text/json_object.ts";
import { readObject } from "./json_files.ts";

/** A process of the client that uses an account's config dir. */
export interface ClientProcess {
  pid: number;
  kind: "session" | "daemon";
  /** The folder that a session works in; null if its record doesn't say. */
  folder: string | null;
}

/**
 * Running processes according to the client's own records (CONTRACT §9, §10): `sessions/<pid>.json`,
 * which a killed session leaves behind, and `daemon.status.json`. A record counts if its process is
 * running and has the recorded start time; on systems that write it differently, running is enough.
 */
export function liveProcesses(context: Context, account: Account): ClientProcess[] {
  const { files, processes, layout } = context;
  const dir = configDirOf(account, layout);
  const recorded: Array<ClientProcess & { start: string | null }> = [];
  for (const name of files.list(`${dir}/sessions`)) {
    if (!/^\d+\.json$/.test(name)) continue;
    const pid = parseInt(name);
    const session = sessionRecord(context, { account, pid });
    recorded.push({
      pid: Number(session?.["pid"] ?? pid),
      kind: "session",
      folder: textOf(session?.["cwd"]),
      start: textOf(session?.["procStart"]),
    });
  }
  const daemon = readObject(context, `${dir}/daemon.status.json`);
  if (typeof daemon?.["supervisorPid"] === "number") {
    recorded.push({
      pid: daemon["supervisorPid"],
      kind: "daemon",
      folder: null,
      start: textOf(daemon["supervisorProcStart"]),
    });
  }
  if (recorded.length === 0) return [];
  const facts = processes.facts(recorded.map((process) => process.pid));
  return recorded.flatMap(({ start, ...process }) => {
    const found = facts.get(process.pid);
    if (found === undefined) return [];
    const comparable = processes.system === "linux" && start !== null && found.start !== null;
    return comparable && start !== found.start ? [] : [process];
  });
}

/**
 * Running processes as the user finds them: `session in ~/project, process 42; daemon, process 43`. A
 * folder below `home` begins with `~`.
 */
export function processesText(running: readonly ClientProcess[], home: string): string {
  return running.map(({ pid, kind, folder }) => {
    const where = folder === null ? "" : ` in ${nameInLine(tildePath(folder, home))}`;
    return `${kind}${where}, process ${pid}`;
  }).join("; ");
}

/** What to do about running processes: a daemon is in no terminal that one could leave. */
export function endFirst(running: readonly ClientProcess[]): string {
  return running.some(({ kind }) => kind === "session")
    ? "leave claude there first"
    : "end that first";
}

/**
 * What a running session is doing, and since when (NaN if its record doesn't say). `dialog`: it waits
 * for an answer to a dialog of its own, such as what to do at a limit (CONTRACT §9, §11).
 */
export function activityOf(
  context: Context,
  session: { account: Account; pid: number },
): { status: unknown; changedAtMs: number } {
  const record = sessionRecord(context, session);
  const isDialog = record?.["status"] === "waiting" && record["waitingFor"] === "dialog open";
  const status = isDialog ? "dialog" : record?.["status"];
  return { status, changedAtMs: Number(record?.["statusUpdatedAt"] ?? NaN) };
}

function sessionRecord(
  context: Context,
  { account, pid }: { account: Account; pid: number },
): Record<string, unknown> | null {
  return readObject(context, `${configDirOf(account, context.layout)}/sessions/${pid}.json`);
}

/** A conversation that a running session of the client has open. */
export interface OpenConversation {
  pid: number;
  /** The account that the session runs on. */
  account: string;
  /** When that session began; null if its record doesn't say. */
  sinceMs: number | null;
}

/**
 * The conversations that are open now on any of the accounts, by the client's session id; those of the
 * process `except` aren't listed.
 */
export function openConversations(
  context: Context,
  accounts: readonly Account[],
  except: number | null = null,
): Map<string, OpenConversation> {
  const open = new Map<string, OpenConversation>();
  for (const account of accounts) {
    for (const { pid, kind } of liveProcesses(context, account)) {
      const record = kind === "session" ? sessionRecord(context, { account, pid }) : null;
      const id = textOf(record?.["sessionId"]);
      if (id === null || pid === except || open.has(id)) continue;
      const startedAt = record?.["startedAt"];
      const sinceMs = typeof startedAt === "number" ? startedAt : null;
      open.set(id, { pid, account: account.name, sinceMs });
    }
  }
  return open;
}

/** Where a conversation is open, and for how long: `open on work for 2h`. */
export function openText({ clock }: Context, { account, sinceMs }: OpenConversation): string {
  const time = sinceMs === null ? "" : ` for ${formatDuration(clock.nowMs() - sinceMs)}`;
  return `open on ${account}${time}`;
}

/** The process that has a conversation open now, on any of the accounts; or null. */
export function openProcess(
  context: Context,
  { accounts, id }: { accounts: readonly Account[]; id: string },
): number | null {
  return openConversations(context, accounts).get(id)?.pid ?? null;
}
