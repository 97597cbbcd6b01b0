// Creates the bytecode of a program: runs its everyday commands and keeps what V8 compiled for them.
// Compiling is most of what our own code costs at a start, and one start needs only a few functions.
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
 * Training uses only the interpreter, whose bytecode is always the same: when V8 optimises a function is
 * a matter of chance, and leaves a mark in the bytecode.
 */
const INTERPRETED = "--v8-flags=--max-opt=0";
/** Where the header of bytecode has the checksum of V8's flags (4 bytes). */
const FLAGS_OFFSET = 12;

const ACCOUNTS = ["personal", "work", "spare"];
const IN_SESSION = { CLAUDE_MULTI_SESSION: "1" };
/** Long enough that the launcher checks on the client while it is running. */
const AWHILE = { TINY_CLAUDE_SLEEP: "0.5" };
const IN_COLOR = { FORCE_COLOR: "3", COLORTERM: "truecolor", COLUMNS: "120" };

/** What users, their shells and the client start; the order matters, since each sees the files of earlier ones. */
const LAUNCHER_STARTS: readonly Start[] = [
  { args: ["run"], env: AWHILE },
  { args: ["run", "--", "-p", "hello"], env: AWHILE },
  { args: ["run", "--account", "work"], env: AWHILE },
  { args: ["run", "--dry-run"] },
  { args: ["ide", "--", "--output-format", "stream-json"], env: AWHILE },
  { args: ["ide", "--", "--version"] },
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
  { args: ["stats"], env: IN_COLOR },
  { args: ["--version"] },
  { args: ["--help"] },
];

/** A status line for a new transcript, for an unchanged one, after a turn, and near a limit. */
function statuslineStarts(home: TempHome): readonly Start[] {
  const folder = `${home.accountDir("work")}/projects/p`;
  Deno.mkdirSync(folder, { recursive: true });
  const transcript = `${folder}/session.jsonl`;
  const { writer } = writeTranscript(transcript, { bytes: 100_000, seed: 1 });
  const inSeconds = (hours: number) => Math.floor(Date.now() / 1000) + hours * 3600;
  const payload = {
    ...JSON.parse(readFixture("statusline-05-after-turn-with-ratelimits.json")),
    transcript_path: transcript,
    // Loads the code for wide characters, whatever the path of this checkout is.
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
 * Fills the `*.bytecode` files in the folder of a program. The same source gives the same bytes.
 * @throws Error if a start fails: its bytecode would be that of other functions.
 */
export async function train(program: string, folder: string): Promise<void> {
  // Programs may not be allowed to run from the temporary folder; next to the build they are.
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
    if (bytes.length === 0) continue; // No start loaded this part.
    bytes.set(usual, FLAGS_OFFSET);
    Deno.writeFileSync(`${folder}/${name}`, bytes);
  }
}

/** The checksum of the flags of a runtime without V8 flags: V8 accepts bytecode only with its own. */
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
 * Runs the runtime without the caller's environment and with its own cache; returns what it prints.
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
  await fed.catch(() => {}); // The program may exit without reading its input.
  if (code === 0) return new TextDecoder().decode(stdout);
  const said = new TextDecoder().decode(stderr);
  throw new Error(
    `cannot create bytecode: "${start?.args.join(" ")}" exited with ${code}\n${said}`,
  );
}
