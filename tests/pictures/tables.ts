// Status, pick, histories and the hand-off for the pictures: real commands on made-up accounts.
import { parseRequest } from "../../lib/cli/parse.ts";
import { COMMANDS } from "../../lib/commands/mod.ts";
import type { WindowName } from "../../lib/balance/windows.ts";
import type { Child } from "../../lib/ports/mod.ts";
import type { FakeContext } from "../helpers/context.ts";
import { fakeContext, START_MS } from "../helpers/context.ts";

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

/** An account in the pictures: percent used, hours to the reset, minutes since it was read. */
interface Scene {
  five: readonly [used: number, hours: number];
  seven: readonly [used: number, hours: number];
  readMinutes: number;
  running?: number;
}

const SCENES: Readonly<Record<string, Scene>> = {
  personal: { five: [62, 1.2], seven: [41, 70], readMinutes: 2, running: 1 },
  work: { five: [18, 3.4], seven: [36, 51], readMinutes: 0.2, running: 2 },
  spare: { five: [100, 2.1], seven: [88, 12], readMinutes: 190 },
};

const PROJECTS = ["engine", "notes", "billing", "site"].map((name) => `/home/ann/src/${name}`);

/** The context that the commands run in; `input` is what the user types. */
function contextOf(options: { input?: string; columns: number }): FakeContext {
  const accounts = Object.keys(SCENES).map((name) => ({
    name,
    plan: name === "work" ? "max20" : "max5",
  }));
  const context = fakeContext({
    config: { accounts },
    logins: Object.fromEntries(Object.keys(SCENES).map((name) => [name, {}])),
    color: true,
    columns: options.columns,
    interactive: options.input !== undefined,
    stdin: options.input ?? "",
    files: { "/home/ann/.claude/projects/-home-ann-project/c0ffee.jsonl": "{}\n" },
  });
  const nowMs = context.clock.nowMs();
  const ledger = context.ledger();
  for (const [account, scene] of Object.entries(SCENES)) {
    const windows: Array<[WindowName, readonly [number, number]]> = [
      ["five_hour", scene.five],
      ["seven_day", scene.seven],
    ];
    ledger.addReadings(windows.map(([window, [percentUsed, hours]]) => ({
      account,
      window,
      model: null,
      identity: null,
      percentUsed,
      resetsAtMs: nowMs + hours * HOUR_MS,
      measuredAtMs: nowMs - scene.readMinutes * MINUTE_MS,
      source: "statusline",
    })));
    context.files.makeLink(
      `${context.layout.accounts}/${account}/projects`,
      `${context.layout.shared}/projects`,
    );
    for (let n = 0; n < (scene.running ?? 0); n++) {
      const session = {
        account,
        launcherPid: context.processes.ownPid,
        cwd: "/home/ann/project",
        startedAtMs: nowMs - 20 * MINUTE_MS,
        handedFrom: null,
      };
      const choice = { chosenAtMs: nowMs, policy: "weighted", account, forced: false } as const;
      ledger.startSession(session, { ...choice, ranked: [] });
    }
  }
  return context;
}

async function runIn(context: FakeContext, ...words: string[]): Promise<void> {
  const request = parseRequest(words, COMMANDS);
  if (request.kind !== "run") throw new Error(`"${words.join(" ")}" is not a command`);
  await request.command.run(context, request.input);
}

/** Runs an action in UTC, whatever the machine's time zone. */
async function inUtc<T>(action: () => Promise<T>): Promise<T> {
  const before = Deno.env.get("TZ");
  Deno.env.set("TZ", "UTC");
  try {
    return await action();
  } finally {
    if (before === undefined) Deno.env.delete("TZ");
    else Deno.env.set("TZ", before);
  }
}

/** The lines that `status` or `pick` prints. */
export function tableLines(command: "status" | "pick", columns: number): Promise<string[]> {
  return inUtc(async () => {
    const context = contextOf({ columns });
    await runIn(context, command);
    return context.terminal.stdout.trimEnd().split("\n");
  });
}

/** The lines that `stats` prints for seven made-up weeks. */
export function statsLines(columns: number): Promise<string[]> {
  return inUtc(async () => {
    const past = { days: 90, accounts: Object.keys(SCENES), seed: 5, folders: PROJECTS };
    const context = fakeContext({ color: true, columns, past });
    await runIn(context, "stats", "--days", "49");
    return context.terminal.stdout.trimEnd().split("\n");
  });
}

/** The page that `report` writes for two made-up years. */
export function reportHtml(): Promise<string> {
  return inUtc(async () => {
    const past = { days: 640, accounts: Object.keys(SCENES), seed: 5, folders: PROJECTS };
    const context = fakeContext({ past });
    await runIn(context, "report", "-");
    return context.terminal.stdout;
  });
}

/** What the user sees when the client has ended at its limit and the conversation continues. */
export function handoffLines(columns: number): Promise<string[]> {
  return inUtc(async () => {
    const context = contextOf({ columns, input: "\n" });
    const { processes } = context;
    const launch = processes.launch.bind(processes);
    processes.launch = (plan): Child => {
      const child = launch(plan);
      if (processes.launched.length > 1) return child;
      const ledger = context.ledger();
      const nowMs = context.clock.nowMs();
      const session = Number(plan.set["CLAUDE_MULTI_SESSION"]);
      ledger.learnClientSession(session, "c0ffee");
      const limit = { account: "work", window: "five_hour", model: null, kind: "limit" } as const;
      const untilMs = START_MS + 3.4 * HOUR_MS;
      ledger.addLimit({ ...limit, untilMs, recordedAtMs: nowMs, session });
      return child;
    };
    await runIn(context, "run", "--");
    // The fake terminal shows no line break where the user presses Enter.
    return context.terminal.stderr.trim().replace(/(\[.*\] )/, "$1\n").split("\n");
  });
}
