// A stage for launches in this process: accounts, a client that does what a script says, and faults.
import { parseRequest } from "../../lib/cli/parse.ts";
import { hook } from "../../lib/commands/hook.ts";
import { ide } from "../../lib/commands/ide.ts";
import { resume } from "../../lib/commands/resume.ts";
import { run } from "../../lib/commands/run.ts";
import type { Context } from "../../lib/ports/context.ts";
import type { LaunchPlan, Ledger, Outcome } from "../../lib/ports/mod.ts";
import { messageOf, UserError } from "../../lib/text/errors.ts";
import { harmless } from "../../lib/text/escape.ts";
import type { FakeContext, FakeContextOptions, FakeRun } from "../helpers/context.ts";
import { fakeContext, FakeTerminal } from "../helpers/context.ts";

export const MINUTE_MS = 60_000;
export const HOUR_MS = 60 * MINUTE_MS;
export const PROJECTS = "/home/ann/.claude/projects";

/** What a client does from its start to its end. */
export type Script = (client: FakeClient) => Promise<Outcome | void> | Outcome | void;

/** The state before the launch. */
export interface StageOptions extends Omit<FakeContextOptions, "config" | "logins"> {
  /** Accounts in config.json; default: "a" and "b". */
  accounts?: ReadonlyArray<Record<string, unknown> & { name: string }>;
  /** Percent used of the 5h windows; default: 10, 20, 30 … in the order of the accounts. */
  used?: Readonly<Record<string, number>>;
  /** More of config.json. */
  settings?: Record<string, unknown>;
  /** What the clients do, one after the other. */
  clients?: readonly Script[];
}

/** How a command ended, and what the launcher printed. */
export interface Ended {
  /** Exit code of the process. */
  code: number;
  error: unknown;
  stdout: string;
  /** Messages, with the error as the entry prints it. */
  stderr: string;
}

/** A client that runs on the stage. */
export class FakeClient {
  /** The folder name of its account. */
  readonly account: string;
  /** Its session id. */
  readonly id: string;
  readonly #dir: string;

  constructor(readonly stage: Stage, readonly run: FakeRun) {
    const { args, set } = run.plan;
    this.#dir = set["CLAUDE_CONFIG_DIR"] ?? "/home/ann/.claude";
    this.account = this.#dir.split("/").at(-1) ?? "";
    const resumed = args.indexOf("--resume");
    const number = String(run.pid).padStart(12, "0");
    this.id = resumed < 0 ? `00000000-0000-4000-8000-${number}` : args[resumed + 1] ?? "";
  }

  /** Its transcript. */
  get transcript(): string {
    return `${PROJECTS}/-home-ann-project/${this.id}.jsonl`;
  }

  /** Passes an event to the hook of this launch, as the client does. */
  async hook(event: string, payload: Record<string, unknown> = {}): Promise<void> {
    const { context } = this.stage;
    const input = JSON.stringify({
      session_id: this.id,
      transcript_path: this.transcript,
      ...payload,
    });
    const terminal = new FakeTerminal({ interactive: false, color: false, columns: 80, input });
    const env = { get: (name: string) => this.run.plan.set[name] ?? null };
    const inside = { ...context, env, terminal };
    await hook.run(inside, { positionals: [event], values: {}, switches: new Set(), rest: [] });
  }

  /** Writes its record of the session. */
  record(status: string, more: Record<string, unknown> = {}): void {
    const { context } = this.stage;
    const record = { pid: this.run.pid, sessionId: this.id, status, ...more };
    context.files.put(
      `${this.#dir}/sessions/${this.run.pid}.json`,
      JSON.stringify({ ...record, statusUpdatedAt: context.clock.nowMs() }),
    );
  }

  /** Starts a conversation, or continues it. */
  async starts(): Promise<void> {
    await this.hook("SessionStart", { source: "startup" });
    this.write({ type: "user", message: { content: "hello" }, cwd: this.run.plan.cwd });
    this.record("idle");
  }

  /**
   * Its turn is refused; without a hook only the transcript says so, and a client that is not `exact`
   * doesn't say by which limit.
   */
  async hitsLimit(
    limit: {
      inMs?: number;
      hook?: boolean;
      exact?: boolean;
      type?: string;
      model?: string;
      offersLowPriority?: boolean;
    } = {},
  ): Promise<void> {
    const { clock } = this.stage.context;
    if (limit.model !== undefined) {
      this.write({ type: "assistant", message: { model: limit.model } });
    }
    const resetsAt = (clock.nowMs() + (limit.inMs ?? 2 * HOUR_MS)) / 1000;
    this.write({
      type: "assistant",
      timestamp: new Date(clock.nowMs()).toISOString(),
      message: { model: "<synthetic>" },
      error: "rate_limit",
      isApiErrorMessage: true,
      ...limit.exact === false ? {} : {
        quotaLimits: {
          resetsAt,
          rateLimitType: limit.type ?? "five_hour",
          ...limit.offersLowPriority ? { lowPriorityOffer: "treatment" } : {},
        },
      },
    });
    if (limit.hook ?? true) await this.hook("StopFailure", { error: "rate_limit" });
    this.record("idle");
  }

  /** Lets time pass. */
  sits(ms: number): Promise<void> {
    return this.stage.context.clock.sleep(ms);
  }

  /** Removes its record and ends. */
  leaves(code = 0): Outcome {
    this.stage.context.files.remove(`${this.#dir}/sessions/${this.run.pid}.json`);
    return { code, signal: null };
  }

  /** Adds a line to its transcript. */
  write(line: Record<string, unknown>): void {
    const { files } = this.stage.context;
    const before = files.readText(this.transcript) ?? "";
    files.put(this.transcript, `${before}${JSON.stringify(line)}\n`);
  }
}

/** A client that hits its limit and exits a minute later. */
export const hitsLimit: Script = async (client) => {
  await client.starts();
  await client.hitsLimit();
  await client.sits(MINUTE_MS);
  return client.leaves();
};

/** A client that answers and exits. */
export const answers: Script = async (client) => {
  await client.starts();
  client.run.print("the answer\n");
  return client.leaves();
};

/** A client with -p that prints that it is at its limit. */
export const repliesLimit: Script = async (client) => {
  await client.starts();
  await client.hitsLimit({ hook: false });
  client.run.print(`${client.account} is at its limit\n`);
  return client.leaves(1);
};

/** Everything that a launch needs, in memory. */
export class Stage {
  readonly context: FakeContext;

  constructor(options: StageOptions = {}) {
    const { accounts = [{ name: "a" }, { name: "b" }], used, settings, clients, ...more } = options;
    const in2HoursMs = (more.nowMs ?? Date.UTC(2026, 10, 2, 12)) + 2 * HOUR_MS;
    this.context = fakeContext({
      interactive: true,
      ...more,
      config: { accounts, ...settings },
      logins: Object.fromEntries(accounts.map(({ name }, index) => {
        const fiveHour = { percentUsed: used?.[name] ?? 10 + index * 10, resetsAtMs: in2HoursMs };
        return [name, { fiveHour, sevenDay: { percentUsed: 0, resetsAtMs: in2HoursMs } }];
      })),
    });
    const { files, layout, processes } = this.context;
    files.put(`${PROJECTS}/.keep`, "");
    for (const { name } of accounts) {
      files.makeLink(`${layout.accounts}/${name}/projects`, PROJECTS);
    }
    for (const script of clients ?? []) {
      processes.programs.push(async (run) => {
        const client = new FakeClient(this, run);
        return await script(client) ?? client.leaves();
      });
    }
  }

  /** The names of the accounts that clients were launched on, in order. */
  get accounts(): string[] {
    return this.plans.map((plan) => plan.set["CLAUDE_CONFIG_DIR"]?.split("/").at(-1) ?? "in place");
  }

  get plans(): readonly LaunchPlan[] {
    return this.context.processes.launched;
  }

  get ledger(): Ledger {
    return this.context.ledger();
  }

  /** Rewrites config.json. */
  configure(config: Record<string, unknown>): void {
    this.context.files.put(this.context.layout.configFile, JSON.stringify(config));
  }

  /** Marks an account as limited, as `limit NAME` does. */
  limit(account: string, inMs = 3 * HOUR_MS): void {
    const nowMs = this.context.clock.nowMs();
    const limit = {
      account,
      window: null,
      model: null,
      untilMs: nowMs + inMs,
      kind: "manual",
    } as const;
    this.ledger.addLimit({ ...limit, recordedAtMs: nowMs, session: null });
  }

  /** `claude-multi run`, in `context` if its ports are to fail. */
  run(words: readonly string[] = [], context: Context = this.context): Promise<Ended> {
    return this.command(["run", ...words], context);
  }

  /** `claude-multi-ide`. */
  ide(words: readonly string[] = []): Promise<Ended> {
    return this.command(["ide", "--", ...words]);
  }

  /** Runs a command line to its end. */
  async command(words: readonly string[], context: Context = this.context): Promise<Ended> {
    const request = parseRequest(words, [run, resume, ide]);
    if (request.kind !== "run") throw new Error(`"${words.join(" ")}" is no command`);
    const { terminal } = this.context;
    const ended = (code: number, error: unknown = null): Ended => {
      const hint = error instanceof UserError && error.hint !== null ? `try: ${error.hint}\n` : "";
      const said = error === null ? "" : `claude-multi: ${messageOf(error)}\n${hint}`;
      // Every stage starts with the very first session, which introduces the status line.
      const stderr = harmless(terminal.stderr + said)
        .replace(/^what the line below claude says: .*\n/m, "");
      return { code, error, stdout: terminal.stdout, stderr };
    };
    try {
      return ended(await request.command.run(context, request.input));
    } catch (error) {
      return ended(error instanceof UserError ? error.exit : 1, error);
    }
  }
}

/** Counts the uses of ports while `isOn`, and lets one of them fail. */
export interface Faults {
  isOn: boolean;
  uses: number;
  /** The use that failed, as `files.readText`; null when none did. */
  failed: string | null;
}

/** A context whose `nth` use of a port throws, counted from when `faults.isOn`. */
export function withFault(context: Context, nth: number): { context: Context; faults: Faults } {
  const faults: Faults = { isOn: false, uses: 0, failed: null };
  const failing = <T extends object>(port: T, name: string, only?: readonly string[]): T =>
    new Proxy(port, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key, target);
        if (typeof value !== "function" || (only && !only.includes(String(key)))) return value;
        return (...args: unknown[]) => {
          if (faults.isOn && ++faults.uses === nth) {
            faults.failed = `${name}.${String(key)}`;
            throw new Error(`${faults.failed} fails`);
          }
          return value.apply(target, args);
        };
      },
    });
  const faulty: Context = {
    ...context,
    files: failing(context.files, "files"),
    processes: failing(context.processes, "processes", ["launch", "facts", "find"]),
    terminal: failing(context.terminal, "terminal", ["ask", "title", "pass", "takeInput"]),
    configFile: failing(context.configFile, "configFile"),
    claudeHome: failing(context.claudeHome, "claudeHome"),
    ledger: (options) => failing(context.ledger(options), "ledger"),
  };
  return { context: faulty, faults };
}
