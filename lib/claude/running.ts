// Running processes of the client: sessions and the background daemon of an account.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { configDirOf } from "../config/paths.ts";
import { objectIn } from "../text/json_object.ts";

/** A process of the client that uses an account's config dir. */
interface ClientProcess {
  pid: number;
  kind: "session" | "daemon";
}

/**
 * Running processes by the client's own records (CONTRACT §9, §10): `sessions/<pid>.json`, which a
 * killed session leaves behind, and `daemon.status.json`. A record counts if its process is running
 * and has the recorded start time; on systems that write that differently, a process is enough.
 */
export function liveProcesses(context: Context, account: Account): ClientProcess[] {
  const { files, processes, layout } = context;
  const dir = configDirOf(account, layout);
  const recorded: Array<ClientProcess & { start: string | null }> = [];
  for (const name of files.list(`${dir}/sessions`)) {
    if (!/^\d+\.json$/.test(name)) continue;
    const session = readObject(context, `${dir}/sessions/${name}`);
    recorded.push({
      pid: Number(session?.["pid"] ?? name.slice(0, -".json".length)),
      kind: "session",
      start: startOf(session?.["procStart"]),
    });
  }
  const daemon = readObject(context, `${dir}/daemon.status.json`);
  if (typeof daemon?.["supervisorPid"] === "number") {
    recorded.push({
      pid: daemon["supervisorPid"],
      kind: "daemon",
      start: startOf(daemon["supervisorProcStart"]),
    });
  }
  if (recorded.length === 0) return [];
  const facts = processes.facts(recorded.map((process) => process.pid));
  return recorded.flatMap(({ pid, kind, start }) => {
    const found = facts.get(pid);
    if (found === undefined) return [];
    const comparable = processes.system === "linux" && start !== null && found.start !== null;
    return comparable && start !== found.start ? [] : [{ pid, kind }];
  });
}

/** Conversations that are open now, in any account. */
export function liveConversations(
  context: Context,
  accounts: readonly Account[],
): Array<{ pid: number; sessionId: string }> {
  return accounts.flatMap((account) =>
    liveProcesses(context, account).flatMap(({ pid, kind }) => {
      if (kind !== "session") return [];
      const dir = configDirOf(account, context.layout);
      const sessionId = readObject(context, `${dir}/sessions/${pid}.json`)?.["sessionId"];
      return typeof sessionId === "string" ? [{ pid, sessionId }] : [];
    })
  );
}

/** Reads a JSON object from a file; null if that is missing, can't be read or has something else. */
export function readObject(context: Context, path: string): Record<string, unknown> | null {
  try {
    return objectIn(context.files.readText(path));
  } catch {
    return null;
  }
}

function startOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
