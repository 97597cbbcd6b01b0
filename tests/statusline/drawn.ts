// Runs the built status line in a throw-away home, as the client runs it.
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { cellWidth, loadWidths } from "../../lib/text/cells.ts";
import { runStatusline } from "../helpers/binaries.ts";
import { readFixture } from "../helpers/paths.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { callLine, promptLine } from "./lines.ts";

await loadWidths("é");
// deno-lint-ignore no-control-regex
const OWN_SGR = /\x1b\[(?:0|1;38;2;\d+;\d+;\d+|1;38;5;\d+|1;[39][0-7])m/g;

/** A payload of the client, with parts replaced. */
export function payload(parts: Record<string, unknown> = {}): string {
  const captured = JSON.parse(readFixture("statusline-05-after-turn-with-ratelimits.json"));
  const inSeconds = (hours: number): number => Math.floor(Date.now() / 1000) + hours * 3600;
  return JSON.stringify({
    ...captured,
    rate_limits: {
      five_hour: { used_percentage: 42.4, resets_at: inSeconds(2) },
      seven_day: { used_percentage: 17.1, resets_at: inSeconds(76) },
    },
    ...parts,
  });
}

/** Runs it, checks what is always true, and returns the line without colours. */
export async function draw(
  home: TempHome,
  options: { stdin: string; env?: Record<string, string>; args?: string[]; columns?: number },
): Promise<string> {
  const columns = options.columns ?? 200;
  const result = await runStatusline(options.args ?? [], {
    home,
    stdin: options.stdin,
    env: { COLORTERM: "truecolor", COLUMNS: String(columns), ...options.env },
  });
  assert.equal(result.code, 0, JSON.stringify(result));
  assert.equal(result.stderr, "", result.stderr);
  assert.match(result.stdout, /^[^\n]+\n$/);
  const bare = result.stdout.trimEnd().replace(OWN_SGR, "");
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(bare, /[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/);
  assert.ok(cellWidth(bare) <= Math.max(1, columns - 4), `${cellWidth(bare)}: ${bare}`);
  return bare;
}

/** A home with an account and its transcript, and a second account that is logged in. */
export async function accountHome(): Promise<{ home: TempHome; transcript: string; dir: string }> {
  const home = await TempHome.create();
  home.writeConfig({ accounts: [{ name: "work" }, { name: "personal" }] });
  home.seedAccount("personal");
  const dir = home.accountDir("work");
  const transcript = `${dir}/projects/p/session.jsonl`;
  Deno.mkdirSync(`${dir}/projects/p/session/subagents`, { recursive: true });
  Deno.writeTextFileSync(transcript, promptLine() + callLine({ output: 42 }));
  return { home, transcript, dir };
}

/** What `--explain` prints. */
export interface Explained {
  version: number;
  account: string | null;
  tokens: Record<string, unknown> & { complete: boolean; output: number; apiCalls: number };
  turn: { input: number; output: number };
  files: Array<{ path: string; bytes: number; offset: number }>;
  elapsedMs: number;
}

/** Runs it with `--explain`. */
export async function explain(home: TempHome, stdin: string): Promise<Explained> {
  const result = await runStatusline(["--explain"], { home, stdin });
  assert.equal(result.code, 0);
  return JSON.parse(result.stdout) as Explained;
}

/** The readings in the ledger, in order. */
export function readings(home: TempHome): Record<string, unknown>[] {
  const db = new DatabaseSync(`${home.multi}/ledger.db`, { readOnly: true });
  try {
    return db.prepare("SELECT account, window, percent_used FROM readings ORDER BY id").all()
      .map((row) => ({ ...row }));
  } finally {
    db.close();
  }
}
