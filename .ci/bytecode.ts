// Makes the bytecode of a program: runs it through what it does every day, and keeps what V8 compiled.
// Compiling is most of what our own code costs at a start, and few functions run in any one start.
import { Script } from "node:vm";
import { appendTurns, writeTranscript } from "../tests/bench/transcripts.ts";
import { installTinyClaude } from "../tests/helpers/fake_claude.ts";
import { readFixture } from "../tests/helpers/paths.ts";
import { TempHome } from "../tests/helpers/temp_home.ts";

/** One start of a program. */
interface Start {
  readonly args: readonly string[];
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** What happens first. */
  readonly before?: () => void;
}

/**
 * V8 marks what it has compiled further, and when that happens is chance. So training stays with the
 * interpreter, whose bytecode is the same.
 */
const INTERPRETED = "--v8-flags=--max-opt=0";
/** Where V8's header of bytecode holds the sum over its flags, 4 bytes. */
const FLAGS_OFFSET = 12;

const ACCOUNTS = ["personal", "work", "spare"];
const IN_SESSION = { CLAUDE_MULTI_SESSION: "1" };
/** A client that is gone before it was looked at would be another story. */
const AWHILE = { TINY_CLAUDE_SLEEP: "0.5" };
const IN_COLOR = { FORCE_COLOR: "3", COLORTERM: "truecolor", COLUMNS: "120" };

/** What people, their shells and the client start; what comes later meets what came before. */
const LAUNCHER_STARTS: readonly Start[] = [
  { args: ["run"], env: AWHILE },
  { args: ["run", "--", "-p", "hello"], env: AWHILE },
  { args: ["run", "--account", "work"], env: AWHILE },
  { args: ["run", "--dry-run"] },
  { args: ["pick"], env: IN_COLOR },
  { args: ["pick", "--json"] },
  ...["SessionStart", "UserPromptSubmit", "Stop", "StopFailure"].map((event) => ({
    args: ["hook", event],
    stdin: readFixture(`hooks/${event}.json`),
    env: IN_SESSION,
  })),
  { args: ["complete", "--", ""] },
  { args: ["complete", "--", "run", "--account", ""] },
  { args: ["complete", "--", "run", "--", "--"] },
  { args: ["status"], env: IN_COLOR },
  { args: ["status", "--json"] },
  { args: ["list"] },
  { args: ["sessions"] },
  { args: ["why"] },
  { args: ["--version"] },
  { args: ["--help"] },
];

/** A line for a new transcript, one with nothing new, one after a turn. */
function statuslineStarts(home: TempHome): readonly Start[] {
  const folder = `${home.accountDir("work")}/projects/p`;
  Deno.mkdirSync(folder, { recursive: true });
  const transcript = `${folder}/session.jsonl`;
  const { writer } = writeTranscript(transcript, { bytes: 100_000, seed: 1 });
  const stdin = JSON.stringify({
    ...JSON.parse(readFixture("statusline-05-after-turn-with-ratelimits.json")),
    transcript_path: transcript,
  });
  const env = { ...IN_COLOR, CLAUDE_CONFIG_DIR: home.accountDir("work") };
  const again = { args: [], stdin, env };
  return [again, again, { ...again, before: () => appendTurns(transcript, writer, 50_000) }];
}

/**
 * Fills the `*.bytecode` in the folder of a program. The same source gives the same bytes.
 * @throws Error when a start fails for another reason than its exit code.
 */
export async function train(program: string, folder: string): Promise<void> {
  await using home = await TempHome.create("claude-multi-training-");
  home.writeConfig({ accounts: ACCOUNTS.map((name) => ({ name })) });
  for (const [index, name] of ACCOUNTS.entries()) {
    home.seedAccount(name);
    home.seedCachedUsage(name, { fiveHour: 20 * index, sevenDay: 10 * index });
  }
  installTinyClaude(home);
  const starts = program === "claude-multi" ? LAUNCHER_STARTS : statuslineStarts(home);
  for (const start of starts) {
    start.before?.();
    await runOnce(start, { home, folder });
  }
  for (const { name } of Deno.readDirSync(folder)) {
    if (name.endsWith(".bytecode")) asOfUsualFlags(`${folder}/${name}`);
  }
}

/** V8 takes bytecode of its own flags only; those of a program are the ones of this process. */
function asOfUsualFlags(path: string): void {
  const bytes = Deno.readFileSync(path);
  if (bytes.length === 0) return; // No start has loaded this part.
  const usual = new Script("0").createCachedData();
  bytes.set(usual.subarray(FLAGS_OFFSET, FLAGS_OFFSET + 4), FLAGS_OFFSET);
  Deno.writeFileSync(path, bytes);
}

async function runOnce(start: Start, { home, folder }: { home: TempHome; folder: string }) {
  const trainer = new URL("train.js", import.meta.url).pathname;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-qA", INTERPRETED, "--no-config", "--no-lock", "--no-remote", "--no-npm"]
      .concat(trainer, folder, start.args),
    clearEnv: true,
    env: home.env({ DENO_DIR: `${home.path}/deno`, DENO_NO_UPDATE_CHECK: "1", ...start.env }),
    cwd: home.project,
    stdin: "piped",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const main = `${folder}/main.bytecode`;
  const before = Deno.statSync(main).mtime;
  const fed = ReadableStream.from([new TextEncoder().encode(start.stdin ?? "")]).pipeTo(
    child.stdin,
  );
  const { stderr } = await child.output();
  await fed.catch(() => {}); // What reads nothing closes its end first.
  if (Deno.statSync(main).mtime?.getTime() !== before?.getTime()) return;
  throw new Error(
    `Cannot keep the bytecode of ${start.args.join(" ")}:\n${new TextDecoder().decode(stderr)}`,
  );
}
