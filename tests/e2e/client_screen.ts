// Driving the real client in a terminal without its wording: its records, its dialogs, and how to leave it.
import type { Pty } from "../helpers/pty.ts";
import type { TempHome } from "../helpers/temp_home.ts";

/** A dialog of the client: a list whose first row is marked. */
export const DIALOG = /^\s*❯ 1\. /m;

/** The records of the sessions that the clients of all accounts run or were killed in, parsed. */
export function sessionRecords(home: TempHome): Array<Record<string, unknown>> {
  return namesIn(`${home.multi}/config`).flatMap((account) => {
    const dir = `${home.multi}/config/${account}/sessions`;
    return namesIn(dir).filter((name) => name.endsWith(".json")).flatMap((name) => {
      try {
        return [JSON.parse(Deno.readTextFileSync(`${dir}/${name}`))];
      } catch {
        return []; // It was removed or is being written.
      }
    });
  });
}

/** All transcripts of an account, joined. */
export function transcriptsOf(home: TempHome, account: string): string {
  const dir = `${home.accountDir(account)}/projects`;
  return namesIn(dir).flatMap((slug) =>
    namesIn(`${dir}/${slug}`).filter((name) => name.endsWith(".jsonl"))
      .map((name) => Deno.readTextFileSync(`${dir}/${slug}/${name}`))
  ).join("");
}

/**
 * Leaves the only running client as a person does: with a key that has to be pressed twice in short time.
 * On a slow machine that may need several attempts.
 */
export async function leaveClient(pty: Pty, home: TempHome, key = "C-d"): Promise<void> {
  for (let attempt = 0; attempt < 12; attempt++) {
    await pty.keys(key);
    await pause(150 + 50 * attempt);
    await pty.keys(key);
    for (let look = 0; look < 30; look++) {
      if (sessionRecords(home).length === 0) return;
      await pause(100);
    }
  }
  throw new Error(`the client still runs\n--- screen\n${await pty.capture()}\n---`);
}

/** Presses keys at a person's speed: the client's dialogs ignore keys that come at once. */
export async function slowly(pty: Pty, keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    await pause(1_000);
    await pty.keys(key);
  }
}

/** Lets time pass. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function namesIn(dir: string): string[] {
  try {
    return Array.from(Deno.readDirSync(dir), ({ name }) => name);
  } catch {
    return [];
  }
}
