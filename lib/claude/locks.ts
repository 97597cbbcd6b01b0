// The client's own locks: directories next to the files that they protect.
import type { Context } from "../ports/context.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { readObject } from "./json_files.ts";

/** A lock of the client (CONTRACT §1, §4): a directory, and the age at which it counts as abandoned. */
interface ClientLock {
  path: string;
  staleAfterMs: number;
}

const WAIT_MS = 3000;
const LOOK_AGAIN_MS = 50;
/** How much earlier than its note a lock of ours may seem to be created. */
const NOTE_MS = 2000;

/** The lock on a `.claude.json` or on the prompt history. */
export function fileLock(path: string): ClientLock {
  return { path: `${path}.lock`, staleAfterMs: 15_000 };
}

/** The locks that a client takes to refresh or write the login in a config dir. */
export function loginLocks(configDir: string): ClientLock[] {
  return [
    { path: `${configDir}/.oauth_refresh.lock`, staleAfterMs: 60_000 },
    { path: `${configDir}.lock`, staleAfterMs: 60_000 },
    { path: `${configDir}/.storage-write.lock`, staleAfterMs: 15_000 },
  ];
}

/**
 * Runs an action while this process has the client's locks. Locks left by a killed run of ours are
 * listed in a note in our own folder and taken over at once; others only if they are abandoned.
 * @throws UserError (refused) if a client keeps one longer than `waitMs` (default: 3 seconds).
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
    // The note goes last: it tells the next run about a lock that can't be removed now.
    for (const path of held.reverse()) files.remove(path);
    files.remove(note);
  }
}

async function take(context: Context, lock: ClientLock & { waitMs: number }): Promise<void> {
  const { clock } = context;
  const untilMs = clock.nowMs() + lock.waitMs;
  while (!tryLock(context, lock)) {
    if (clock.nowMs() > untilMs) {
      throw new UserError(
        `cannot lock "${lock.path}": claude is writing there; run this again in a minute`,
        {
          exit: EXIT.refused,
        },
      );
    }
    await clock.sleep(LOOK_AGAIN_MS);
  }
}

/** Whether somebody has a lock; one that a killed client left doesn't count. */
export function isTaken({ files, clock }: Context, { path, staleAfterMs }: ClientLock): boolean {
  const madeAtMs = files.modifiedAtMs(path);
  return madeAtMs !== null && clock.nowMs() - madeAtMs <= staleAfterMs;
}

/** Takes a lock that is free or abandoned, without waiting; returns whether it did. */
export function tryLock({ files, clock }: Context, { path, staleAfterMs }: ClientLock): boolean {
  if (files.makeDirectory(path)) return true;
  const madeAtMs = files.modifiedAtMs(path);
  if (madeAtMs !== null) {
    if (clock.nowMs() - madeAtMs <= staleAfterMs) return false;
    files.remove(path);
  }
  return files.makeDirectory(path);
}

/** Removes the locks and notes left by killed runs of ours. */
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
