// Makes the bytecode of a program: runs it through its everyday work, and keeps what V8 compiled.
// Compiling is most of what our own code costs at a start, and one start needs few functions.
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { appendTurns, writeTranscript } from "../tests/bench/transcripts.ts";
import { installTinyClaude } from "../tests/helpers/fake_claude.ts";
import { readFixture } from "../tests/helpers/paths.ts";
import { TempHome } from "../tests/helpers/temp_home.ts";

/** One start of a program. */
interface Start {
  readonly args: readonly string[];
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Runs before the start. */
  readonly before?: () => void;
}

/**
 * When V8 compiles a function further is chance, and it marks those functions. So training uses the
 * interpreter only, whose bytecode is always the same.
 */
const INTERPRETED = "--v8-flags=--max-opt=0";
/** Where the checksum of V8's flags is in its bytecode: 4 bytes of the header. */
const FLAGS_OFFSET = 12;

const ACCOUNTS = ["personal", "work", "spare"];
const IN_SESSION = { CLAUDE_MULTI_SESSION: "1" };
/** Long enough that the launcher looks at the client while it is running. */
const AWHILE = { TINY_CLAUDE_SLEEP: "0.5" };
const IN_COLOR = { FORCE_COLOR: "3", COLORTERM: "truecolor", COLUMNS: "120" };

/** What people, their shells and the client start, in order: later ones see what earlier ones left. */
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

/** A status line for a new transcript, one with nothing new, one after a turn, and one near a limit. */
function statuslineStarts(home: TempHome): readonly Start[] {
  const folder = `${home.accountDir("work")}/projects/p`;
  Deno.mkdirSync(folder, { recursive: true });
  const transcript = `${folder}/session.jsonl`;
  const { writer } = writeTranscript(transcript, { bytes: 100_000, seed: 1 });
  const inSeconds = (hours: number) => Math.floor(Date.now() / 1000) + hours * 3600;
  const payload = {
    ...JSON.parse(readFixture("statusline-05-after-turn-with-ratelimits.json")),
    transcript_path: transcript,
    // Loads what wide characters need, whatever the path of this checkout is.
    session_name: "é",
    rate_limits: {
      five_hour: { used_percentage: 42.4, resets_at: inSeconds(2) },
      seven_day: { used_percentage: 17.1, resets_at: inSeconds(76) },
    },
  };
  const near = { rate_limits: { five_hour: { used_percentage: 95, resets_at: inSeconds(2) } } };
  const env = { ...IN_COLOR, CLAUDE_CONFIG_DIR: home.accountDir("work") };
  const again = { args: [], stdin: JSON.stringify(payload), env };
  return [
    again,
    again,
    { ...again, before: () => appendTurns(transcript, writer, 50_000) },
    { ...again, stdin: JSON.stringify({ ...payload, ...near }) },
  ];
}

/**
 * Fills the `*.bytecode` in the folder of a program. The same source gives the same bytes.
 * @throws Error if a start fails: its bytecode would be of other functions.
 */
export async function train(program: string, folder: string): Promise<void> {
  // A temporary folder may not allow running programs; the folder of the build does.
  const dir = dirname(folder);
  await using home = await TempHome.create(".training-", { dir });
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
  const usual = await usualFlags(home);
  for (const { name } of Deno.readDirSync(folder)) {
    if (!name.endsWith(".bytecode")) continue;
    const bytes = Deno.readFileSync(`${folder}/${name}`);
    if (bytes.length === 0) continue; // No start has loaded this part.
    bytes.set(usual, FLAGS_OFFSET);
    Deno.writeFileSync(`${folder}/${name}`, bytes);
  }
}

/** V8 accepts bytecode made with its own flags only: those of a runtime that was started without any. */
async function usualFlags(home: TempHome): Promise<Uint8Array> {
  const range = `${FLAGS_OFFSET}, ${FLAGS_OFFSET + 4}`;
  const print = `import { Script } from "node:vm";
    console.log(new Script("0").createCachedData().subarray(${range}).toString("hex"));`;
  return Uint8Array.fromHex((await runtime(["eval", print], { home })).trim());
}

async function runOnce(start: Start, { home, folder }: { home: TempHome; folder: string }) {
  const trainer = fileURLToPath(new URL("train.js", import.meta.url));
  const args = ["run", "-qA", INTERPRETED, "--no-remote", "--no-npm", trainer, folder];
  await runtime([...args, ...start.args], { home, start });
}

/**
 * What the runtime prints, without the caller's environment and with its own cache.
 * @throws Error if its exit code isn't 0.
 */
async function runtime(
  args: readonly string[],
  { home, start }: { home: TempHome; start?: Start },
): Promise<string> {
  const [verb = "", ...rest] = args;
  const child = new Deno.Command(Deno.execPath(), {
    args: [verb, "--no-config", "--no-lock", ...rest],
    clearEnv: true,
    env: home.env({ DENO_DIR: `${home.path}/deno`, DENO_NO_UPDATE_CHECK: "1", ...start?.env }),
    cwd: home.project,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const input = ReadableStream.from([new TextEncoder().encode(start?.stdin ?? "")]);
  const fed = input.pipeTo(child.stdin);
  const { code, stdout, stderr } = await child.output();
  await fed.catch(() => {}); // A program that reads nothing closes its end first.
  if (code === 0) return new TextDecoder().decode(stdout);
  const said = new TextDecoder().decode(stderr);
  throw new Error(`Cannot make bytecode: exit code ${code} of "${start?.args.join(" ")}"\n${said}`);
}
