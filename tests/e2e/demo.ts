// `make demo`: shows step by step what the programs do, in a throw-away home; fails if a check fails.
// DEMO_CLIENT=stand-in does without the real client, DEMO_KEEP=1 keeps the home.
import type { RunOptions, RunResult } from "../helpers/binaries.ts";
import { binary, runMulti, runStatusline, startProgram } from "../helpers/binaries.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { waitUntil } from "../helpers/waiting.ts";
import type { DemoClient, Used } from "./demo_client.ts";
import { demoClient } from "./demo_client.ts";
import { claim, closing, command, lookOfChildren, output, step, tell } from "./demo_screen.ts";
import { onTerminal } from "./script_terminal.ts";

interface Demo {
  home: TempHome;
  client: DemoClient;
  options: RunOptions;
}

/** How much of each account's windows is used when the demo starts; `work` has slightly more room. */
const USED: Record<string, Used> = {
  personal: { fiveHour: 62, sevenDay: 40 },
  work: { fiveHour: 18, sevenDay: 35 },
  spare: { fiveHour: 20, sevenDay: 33 },
};
const [BEST, SECOND] = ["work", "spare"];
/** What the service reports for `work` after it has been used. */
const AFTER: Used = { fiveHour: 24, sevenDay: 36 };

Deno.exit(await main());

async function main(): Promise<number> {
  const startedAtMs = Date.now();
  const home = await TempHome.create("claude-multi-demo-");
  const remove = (): Promise<void> => home[Symbol.asyncDispose]();
  Deno.addSignalListener("SIGINT", () => void remove().finally(() => Deno.exit(130)));
  try {
    await using client = await begin(home);
    const options = { home, onlyEnv: { ...client.env, ...lookOfChildren() } };
    const demo: Demo = { home, client, options };
    await setUpAccounts(demo);
    await rank(demo);
    await launch(demo);
    await launchBeside(demo);
    await drawStatusLine(demo);
    await showLedger(demo);
  } catch (error) {
    claim("the demo runs to the end", { holds: false, found: String(error) });
  } finally {
    if (Deno.env.get("DEMO_KEEP")) tell(`\nThe home is still there: ${home.path}`);
    else await remove();
  }
  return closing(Date.now() - startedAtMs);
}

async function begin(home: TempHome): Promise<DemoClient> {
  step("A throw-away home, two programs, a client");
  tell(`home     ${home.path}`);
  for (const name of ["claude-multi", "claude-multi-statusline"] as const) {
    const path = binary(name);
    tell(`program  ${path} (${Math.round((await Deno.stat(path)).size / 1e6)} MB)`);
    await Deno.symlink(path, `${home.bin}/${name}`);
  }
  const client = await demoClient(home);
  tell(`client   ${client.sentence}`);
  return client;
}

async function setUpAccounts({ home, client, options }: Demo): Promise<void> {
  step("Three accounts");
  for (const [name, used] of Object.entries(USED)) {
    await show(["add", name], options);
    home.seedAccount(name);
    home.seedCachedUsage(name, used);
    client.report(name, used);
  }
  tell("Each gets a made-up login, and usage figures like those that the client caches.");
  const list = await show(["list"], options);
  const missing = Object.keys(USED).filter((name) => !list.stdout.includes(name));
  claim("all three accounts are listed", { holds: missing.length === 0, found: missing });
}

async function rank({ options }: Demo): Promise<void> {
  step("Which account has the most room?");
  await show(["pick"], options);
  const scores = await ranking(options);
  claim(`${BEST} is best: 100 − 0.7 × 18 % of 5h used − 0.3 × 35 % of 7d used = 76.9`, {
    holds: scores[0]?.name === BEST && Math.abs((scores[0]?.score ?? 0) - 76.9) < 0.05,
    found: scores,
  });
}

async function launch({ client, options }: Demo): Promise<void> {
  step("cl starts claude there");
  const run = await cl('-p "hello"', options).ended;
  output(run.stdout + run.stderr);
  claim("claude answered, and cl passed on its exit code", {
    holds: run.code === 0 && run.stdout.includes("hello"),
    found: run,
  });
  const turns = client.turns();
  claim(`the service saw one prompt, sent with the login of ${BEST}`, {
    holds: turns.length === 1 && turns[0]?.account === BEST,
    found: turns,
  });
}

async function launchBeside({ client, options }: Demo): Promise<void> {
  step("A second cl takes another account while the first is running");
  const before = client.turns().length;
  const release = client.hold(BEST ?? "");
  const first = cl('-p "a long task"', options);
  await waitUntil("the first prompt arrives", { holds: () => client.turns().length > before });
  tell(`… and while ${BEST} is still working:`);
  const second = await cl('-p "a quick question"', options).ended;
  output(second.stdout + second.stderr);
  release();
  const finished = await first.ended;
  tell(`… now the first one finishes:`);
  output(finished.stdout + finished.stderr);
  const accounts = client.turns().slice(before).map((turn) => turn.account);
  claim(`the first ran on ${BEST}, the second on ${SECOND}: a running session costs 2 points`, {
    holds: accounts[0] === BEST && accounts[1] === SECOND && second.code === 0 &&
      finished.code === 0,
    found: { accounts, second, finished },
  });
}

async function drawStatusLine({ home, client, options }: Demo): Promise<void> {
  step("The status line, drawn from what the client reports");
  client.report(BEST ?? "", AFTER);
  const payloadFile = `${home.path}/payload.json`;
  const lineFile = `${home.path}/line.txt`;
  const program = binary("claude-multi-statusline");
  const settings = JSON.stringify({
    statusLine: {
      type: "command",
      command: `tee '${payloadFile}.new' | '${program}' >'${lineFile}' && ` +
        `mv '${payloadFile}.new' '${payloadFile}' && cat '${lineFile}'`,
      refreshInterval: 1,
    },
  });
  tell("claude runs in a terminal; a copy of what it sends to the status line is kept:");
  command(`cl-${BEST} --settings '{"statusLine": …}' "hello again"`);
  const outcome = await onTerminal(
    [
      ...[binary("claude-multi"), "run", "--account", BEST ?? ""],
      ...["--", "--settings", settings, "hello again"],
    ],
    {
      env: options.onlyEnv ?? {},
      cwd: home.project,
      ready: () => {
        const payload = textOf(payloadFile);
        return payload.includes('"rate_limits"') &&
          !payload.includes('"current_usage":null');
      },
    },
  );
  claim("the client drew it in a terminal and exited with 0", {
    holds: outcome.code === 0,
    found: outcome,
  });
  const payload = Deno.readTextFileSync(payloadFile);
  const line = await runStatusline([], {
    ...options,
    stdin: payload,
    onlyEnv: { ...options.onlyEnv, CLAUDE_CONFIG_DIR: home.accountDir(BEST ?? "") },
  });
  command("claude-multi-statusline <payload.json");
  output(line.stdout);
  claim(`one line with ${BEST} and 24 % of 5h, exit code 0`, {
    holds: line.code === 0 && line.stdout.trimEnd().split("\n").length === 1 &&
      line.stdout.includes(BEST ?? "") && /\b24 ?%/.test(line.stdout),
    found: line,
  });
}

async function showLedger({ options }: Demo): Promise<void> {
  step("The ledger remembers");
  await show(["sessions"], options);
  await show(["status"], options);
  const run = await runMulti(["sessions", "--json"], options);
  const { sessions } = JSON.parse(run.stdout) as {
    sessions: Array<{ account: string; endedHow: string | null }>;
  };
  const found = sessions.map((s) => `${s.account} ${s.endedHow}`).reverse();
  const wanted = [BEST, BEST, SECOND, BEST].map((name) => `${name} exit`);
  claim("four sessions, each on the right account, all ended", {
    holds: JSON.stringify(found) === JSON.stringify(wanted),
    found,
  });
  const scores = await ranking(options);
  claim(`the new reading counts: ${SECOND} now has more room than ${BEST}`, {
    holds: scores[0]?.name === SECOND,
    found: scores,
  });
}

/** Runs claude-multi and shows the command with what it printed. */
async function show(args: readonly string[], options: RunOptions): Promise<RunResult> {
  command(["claude-multi", ...args].join(" "));
  const run = await runMulti(args, options);
  output(run.stdout + run.stderr);
  if (run.code !== 0) claim(`claude-multi ${args[0]} exits with 0`, { holds: false, found: run });
  return run;
}

/** Starts `cl` in a bash that has sourced our snippet. */
function cl(args: string, options: RunOptions): ReturnType<typeof startProgram> {
  command(`cl ${args}`);
  const script = `eval "$(claude-multi shell bash)" && cl ${args}`;
  return startProgram("/bin/bash", ["--noprofile", "--norc", "-c", script], options);
}

async function ranking(options: RunOptions): Promise<Array<{ name: string; score: number }>> {
  const run = await runMulti(["pick", "--json"], options);
  return (JSON.parse(run.stdout) as { ranked: Array<{ name: string; score: number }> }).ranked;
}

/** The text of a file; "" if it does not exist yet. */
function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}
