// The client's own locks: directories next to what they guard.
import type { Context } from "../ports/context.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { objectIn } from "../text/json_object.ts";
import { readObject } from "./running.ts";

/** A lock of the client (CONTRACT §1, §4): a directory, and the age at which it counts as stale. */
export interface ClientLock {
  path: string;
  staleAfterMs: number;
}

const WAIT_MS = 3000;
const LOOK_AGAIN_MS = 50;
/** A lock of ours is made at most this long after its note. */
const NOTE_MS = 2000;

/** The lock of a `.claude.json`. */
export function globalConfigLock(globalConfig: string): ClientLock {
  return { path: `${globalConfig}.lock`, staleAfterMs: 15_000 };
}

/** The locks that a client takes to refresh or write the login of a config dir. */
export function loginLocks(configDir: string): ClientLock[] {
  return [
    { path: `${configDir}/.oauth_refresh.lock`, staleAfterMs: 60_000 },
    { path: `${configDir}.lock`, staleAfterMs: 60_000 },
    { path: `${configDir}/.storage-write.lock`, staleAfterMs: 15_000 },
  ];
}

/**
 * Runs an action while this process has the client's locks. Locks left by a killed run of ours are
 * listed in a note in our own folder and taken over at once; other locks only once they are stale.
 * @throws UserError (refused) if a client keeps one longer than `waitMs`, default: 3 seconds.
 */
export async function withClientLocks<T>(
  context: Context,
  options: { locks: readonly ClientLock[]; waitMs?: number; action: () => T },
): Promise<T> {
  const { locks, action } = options;
  const { files, processes, clock, layout } = context;
  const note = `${layout.root}/locks-${processes.ownPid}.json`;
  files.makePrivateDirectory(layout.root);
  clearNotes(context);
  files.writeText(
    note,
    JSON.stringify({ atMs: clock.nowMs(), paths: locks.map((lock) => lock.path) }),
    0o600,
  );
  const held: string[] = [];
  try {
    for (const lock of locks) {
      await take(context, { ...lock, waitMs: options.waitMs ?? WAIT_MS });
      held.push(lock.path);
    }
    return action();
  } finally {
    // The note goes last: it tells the next run of a lock that can't be removed now.
    for (const path of held.reverse()) files.remove(path);
    files.remove(note);
  }
}

async function take(context: Context, lock: ClientLock & { waitMs: number }): Promise<void> {
  const { files, clock } = context;
  const untilMs = clock.nowMs() + lock.waitMs;
  while (!files.makeDirectory(lock.path)) {
    const madeAtMs = files.modifiedAtMs(lock.path);
    if (madeAtMs === null) continue;
    if (clock.nowMs() - madeAtMs > lock.staleAfterMs) files.remove(lock.path);
    else if (clock.nowMs() > untilMs) {
      throw new UserError(`Cannot lock "${lock.path}": claude is writing there`, {
        hint: "wait a minute, then try again",
        exit: EXIT.refused,
      });
    } else await clock.sleep(LOOK_AGAIN_MS);
  }
}

/** Removes the locks and notes that killed runs of ours left. */
function clearNotes(context: Context): void {
  const { files, layout, processes } = context;
  for (const name of files.list(layout.root)) {
    const pid = Number(/^locks-(\d+)\.json$/.exec(name)?.[1] ?? 0);
    if (pid === 0 || (pid !== processes.ownPid && processes.facts([pid]).has(pid))) continue;
    const note = readObject(context, `${layout.root}/${name}`);
    const atMs = Number(note?.["atMs"] ?? 0);
    const paths = Array.isArray(note?.["paths"]) ? note["paths"] : [];
    for (const path of paths) {
      if (typeof path !== "string" || !path.endsWith(".lock")) continue;
      const madeAtMs = files.modifiedAtMs(path);
      const isOurs = madeAtMs !== null && madeAtMs >= atMs - NOTE_MS &&
        madeAtMs <= atMs + WAIT_MS * 4;
      if (isOurs && files.kind(path) === "directory") files.remove(path);
    }
    files.remove(`${layout.root}/${name}`);
  }
}

/** Removes half-written files that killed runs of ours left in these directories. */
export function clearTemporaryFiles(context: Context, dirs: readonly string[]): void {
  const { files, processes } = context;
  for (const dir of dirs) {
    for (const name of files.list(dir)) {
      const pid = Number(/\.tmp-(\d+)-\d+$/.exec(name)?.[1] ?? 0);
      if (pid === 0 || pid === processes.ownPid || processes.facts([pid]).has(pid)) continue;
      if (files.kind(`${dir}/${name}`) === "file") files.remove(`${dir}/${name}`);
    }
  }
}

/**
 * Changes a JSON file of the client, whose lock the caller has. `edit` gets the present object and
 * returns the new one, or null for no change. Written by temp file and rename.
 * @throws UserError if the file isn't a JSON object; nothing is written then.
 */
export function editGlobalConfig(
  context: Context,
  options: {
    path: string;
    edit: (config: Record<string, unknown>) => Record<string, unknown> | null;
  },
): void {
  const { path, edit } = options;
  const text = context.files.readText(path);
  const config = text === null || text.trim() === "" ? {} : objectIn(text);
  if (config === null) {
    throw new UserError(`Cannot change "${path}": it is not JSON`, { hint: "claude doctor" });
  }
  const changed = edit(config);
  if (changed !== null) context.files.writeText(path, `${JSON.stringify(changed, null, 2)}\n`);
}
