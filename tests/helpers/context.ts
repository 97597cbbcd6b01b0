// A context of fakes: a command runs in it without touching the machine.
import { setImmediate } from "node:timers";
import { claudeHome } from "../../lib/claude/config_dir.ts";
import { configFile } from "../../lib/config/file.ts";
import * as configText from "../../lib/config/jsonc.ts";
import { sqliteLedger } from "../../lib/ledger/ledger.ts";
import { openLedgerDatabase } from "../../lib/ledger/schema.ts";
import type { Context } from "../../lib/ports/context.ts";
import type { LaunchPlan } from "../../lib/ports/mod.ts";
import { layoutOf } from "../../lib/config/paths.ts";
import { messageOf } from "../../lib/text/errors.ts";
import { systemHashing } from "../../lib/system/hashing.ts";
import type { ProcessFacts } from "../../lib/balance/session.ts";
import type {
  Asked,
  Child,
  Clock,
  Env,
  Held,
  LaunchOptions,
  Ledger,
  Outcome,
  Processes,
  Question,
  Surface,
  Terminal,
} from "../../lib/ports/mod.ts";
import type { SeededWindow } from "./temp_home.ts";
import { modelLimits } from "./model_limits.ts";
import { credentialsOf, fakeIdentity, oauthAccountOf } from "./identity.ts";
import type { PastWork } from "./past_work.ts";
import { fillPast } from "./past_work.ts";
import { MemoryFiles } from "./memory_files.ts";

/** The time at which fakes start: a fixed one, so that output can be compared. */
export const START_MS = Date.UTC(2026, 10, 2, 12, 0, 0);

/** A clock that moves on request, and to the next sleeper's time if everything is sleeping. */
export class FakeClock implements Clock {
  #sleepers: Array<{ atMs: number; wake: () => void }> = [];

  constructor(private atMs: number) {}
  nowMs(): number {
    return this.atMs;
  }
  sleep(ms: number): Promise<void> {
    return new Promise((wake) => {
      this.#sleepers.push({ atMs: this.atMs + Math.max(0, ms), wake });
      // Whatever can continue without sleeping continues first.
      setImmediate(() => this.#wakeFirst());
    });
  }
  /** Moves on by some milliseconds. */
  advance(ms: number): void {
    this.atMs += ms;
  }
  #wakeFirst(): void {
    this.#sleepers.sort((a, b) => a.atMs - b.atMs);
    const first = this.#sleepers.shift();
    this.atMs = Math.max(this.atMs, first?.atMs ?? 0);
    first?.wake();
  }
}

/** A terminal that keeps what is written to it. */
export class FakeTerminal implements Terminal {
  /** Everything printed, with its newlines. */
  stdout = "";
  /** Everything warned and noted, with its newlines. */
  stderr = "";
  /** Every text that was on the rewritten line. */
  readonly rewritten: string[] = [];
  /** Every title that was set. */
  readonly titles: string[] = [];
  /** What {@link typedAtMs} returns. */
  typed: number | null = null;
  /** What `ask` returns, in order; a function is called while the question is on the screen. */
  readonly answers: Array<string | null | (() => string | null)>;

  constructor(
    private readonly options: {
      interactive: boolean;
      color: boolean;
      columns: number;
      input: string;
    },
  ) {
    this.answers = options.input === "" ? [] : options.input.replace(/\n$/, "").split("\n");
  }

  /** What was diverted; null: nothing, messages are in `stderr`. */
  taking: ((text: string) => void) | null = null;
  get interactive(): boolean {
    return this.taking === null && this.options.interactive;
  }
  divert(take: (text: string) => void): void {
    this.taking = take;
  }
  /** Both streams are one terminal. */
  readonly messages: Surface = this;
  get color(): boolean {
    return this.options.color;
  }
  get columns(): number {
    return this.options.columns;
  }
  readInput(bytes: number): string {
    const all = new TextEncoder().encode(this.options.input);
    return new TextDecoder().decode(all.slice(0, bytes));
  }
  ask(question: string): Promise<string | null> {
    this.stderr += question;
    const next = this.answers.shift() ?? null;
    const answer = typeof next === "function" ? next() : next;
    if (answer === null) this.stderr += "\n";
    return Promise.resolve(answer);
  }
  takeInput(): Promise<Uint8Array | null> {
    return Promise.resolve(
      this.interactive ? null : new TextEncoder().encode(this.options.input),
    );
  }
  pass(bytes: Uint8Array): void {
    this.stdout += new TextDecoder().decode(bytes);
  }
  passOn({ stdout, stderr }: Held): void {
    this.stdout += new TextDecoder().decode(stdout);
    this.stderr += new TextDecoder().decode(stderr);
  }
  /** Alerts that were given, as `bell` or `osc: text`. */
  readonly alerts: string[] = [];
  alert(how: "bell" | "osc", text: string): void {
    this.alerts.push(how === "bell" ? how : `${how}: ${text}`);
  }
  title(text: string): void {
    this.titles.push(text);
  }

  typedAtMs(): number | null {
    return this.typed;
  }
  rewrite(text: string): void {
    if (this.interactive) this.rewritten.push(text);
  }
  print(text: string): void {
    this.stdout += `${text}\n`;
  }
  warn(text: string): void {
    if (this.taking !== null) return this.taking(text);
    this.stderr += `claude-multi: ${text}\n`;
  }
  note(text: string): void {
    if (this.taking !== null) return this.taking(text);
    this.stderr += `${text}\n`;
  }
}

/** A launched program, as it sees itself. */
export interface FakeRun {
  plan: LaunchPlan;
  pid: number;
  /** What it is given as stdin; null: the terminal. */
  input: Uint8Array | null;
  /** Writes to its stdout. */
  print(text: string): void;
}

/** How a program replies that is asked something; null: it says nothing until it is ended. */
export type FakeReply = { line?: string; code?: number; complaint?: string } | null;

/** Processes that exist only as rows. */
export class FakeProcesses implements Processes {
  readonly ownPid = 1000;
  isRoot(): boolean {
    return false;
  }
  readonly system = "linux";
  /** What was launched, in order. */
  readonly launched: LaunchPlan[] = [];
  /** Signals with which this process was asked to end. */
  readonly deaths: string[] = [];
  /** Live processes and their start times, including this one. */
  readonly alive = new Map<number, ProcessFacts>([[1000, { start: "5000" }]]);
  /** What the next launched programs do; those after them end at once with 0. */
  readonly programs: Array<(run: FakeRun) => Outcome | Promise<Outcome>> = [];
  /** What was asked, in order. */
  readonly asked: LaunchPlan[] = [];
  /** How the programs that are asked reply; by default they say nothing and end with 0. */
  reply: (plan: LaunchPlan) => FakeReply | Promise<FakeReply> = () => ({});
  /** Signals to the programs that are asked, in order. */
  readonly signals: string[] = [];
  /** How many of them run now, and how many ran at once at most. */
  readonly asking = { now: 0, most: 0 };
  #nextPid = 2000;

  constructor(
    private readonly options: {
      cwd: string;
      path: readonly string[];
      programs: readonly string[];
      print: (bytes: Uint8Array) => void;
    },
  ) {}

  cwd(): string {
    return this.options.cwd;
  }
  executable(): string {
    return "/opt/claude-multi/claude-multi";
  }
  find(program: string, accept: (path: string) => boolean): string | null {
    const paths = this.options.path.map((dir) => `${dir}/${program}`);
    return paths.find((path) => this.isExecutable(path) && accept(path)) ?? null;
  }
  isExecutable(path: string): boolean {
    return this.options.programs.includes(path);
  }
  facts(pids: readonly number[]): Map<number, ProcessFacts> {
    return new Map([...this.alive].filter(([pid]) => pids.includes(pid)));
  }
  isBelow(pid: number): boolean {
    return this.alive.has(pid);
  }
  launch(plan: LaunchPlan, options?: LaunchOptions): Child {
    if (!this.isExecutable(plan.program)) throw new Deno.errors.NotFound(plan.program);
    this.launched.push(plan);
    const pid = this.#nextPid++;
    const start = String(pid * 10);
    this.alive.set(pid, { start });
    let held = "";
    const print = (text: string): void => {
      if (options === undefined) this.options.print(new TextEncoder().encode(text));
      else held += text;
    };
    const run = { plan, pid, input: options?.hold.input ?? null, print };
    const program = this.programs.shift() ?? (() => ({ code: 0, signal: null }));
    const { promise: asked, resolve: end } = Promise.withResolvers<Outcome>();
    const ended = Promise.race([Promise.resolve(run).then(program), asked]).then((outcome) => {
      this.alive.delete(pid);
      return outcome;
    });
    return {
      pid,
      start: () => start,
      end: () => end({ code: 143, signal: null }),
      held: ended.then(() => ({
        stdout: new TextEncoder().encode(held),
        stderr: new Uint8Array(),
      })),
      ended,
    };
  }
  ask(plan: LaunchPlan, { isAnswer }: Question): Asked {
    this.asked.push(plan);
    this.asking.most = Math.max(this.asking.most, ++this.asking.now);
    const { promise: killed, resolve: end } = Promise.withResolvers<FakeReply>();
    const replied = Promise.resolve(plan).then(this.reply).then((reply) => reply ?? killed);
    const ended = Promise.race([replied, killed]);
    void ended.then(() => this.asking.now--);
    return {
      answer: ended.then((reply) =>
        reply?.line !== undefined && isAnswer(reply.line) ? reply.line : null
      ),
      ended: ended.then((reply) => ({ code: 0, complaint: "", ...reply })),
      signal: (name) => {
        this.signals.push(name);
        end({ code: 143 });
      },
    };
  }
  guarded<T>(action: () => Promise<T>): Promise<T> {
    return action();
  }
  dieBy(signal: string): void {
    this.deaths.push(signal);
  }
  /** What was run in the background, in order. */
  readonly ranInBackground: string[][] = [];
  /** The exit code of those programs. */
  backgroundCode = 0;
  background(program: string, args: readonly string[]): Promise<number> {
    this.ranInBackground.push([program, ...args]);
    return Promise.resolve(this.backgroundCode);
  }
  capture(): { code: number; stdout: string } {
    return { code: 0, stdout: "" };
  }
}

/** What a fake context starts with; everything is optional. */
export interface FakeContextOptions {
  nowMs?: number;
  env?: Record<string, string>;
  /** config.json: an object as JSON, a text as it is. */
  config?: Record<string, unknown> | string;
  /** Accounts that are logged in below `config/`, with the readings that the client has cached. */
  logins?: Record<string, { fiveHour?: SeededWindow; sevenDay?: SeededWindow }>;
  /** More files by path. */
  files?: Record<string, string>;
  /** Executable files; default: `/usr/bin/claude`, and our status line. */
  programs?: readonly string[];
  interactive?: boolean;
  color?: boolean;
  columns?: number;
  stdin?: string;
  /** Made-up work that the ledger starts with. */
  past?: Omit<PastWork, "nowMs">;
}

/** A context whose ports can be inspected. */
export interface FakeContext extends Context {
  readonly clock: FakeClock;
  readonly files: MemoryFiles;
  readonly processes: FakeProcesses;
  readonly terminal: FakeTerminal;
  /** Whether the ledger was opened. */
  readonly ledgerOpened: boolean;
}

/** Builds a context of fakes with HOME=/home/ann; the ledger is a real one in memory. */
export function fakeContext(options: FakeContextOptions = {}): FakeContext {
  const variables: Record<string, string> = {
    HOME: "/home/ann",
    PATH: "/usr/local/bin:/usr/bin:/bin",
    TERM: "xterm-256color",
    ...options.env,
  };
  const env: Env = { get: (name) => variables[name] || null };
  const home = env.get("HOME") ?? "/";
  const layout = layoutOf({ home, root: env.get("CLAUDE_MULTI_HOME") });
  const clock = new FakeClock(options.nowMs ?? START_MS);
  const files = new MemoryFiles({ backups: layout.backups, nowMs: () => clock.nowMs() });
  const cwd = `${home}/project`;
  files.put(`${cwd}/.keep`, "");
  if (options.config !== undefined) {
    const { config } = options;
    files.put(
      layout.configFile,
      typeof config === "string" ? config : `${JSON.stringify(config, null, 2)}\n`,
    );
  }
  for (const [name, windows] of Object.entries(options.logins ?? {})) {
    putLogin(files, { dir: `${layout.accounts}/${name}`, name, windows, nowMs: clock.nowMs() });
  }
  for (const [path, text] of Object.entries(options.files ?? {})) files.put(path, text);
  files.written.length = 0;
  let ledger: Ledger | null = null;
  const terminal = new FakeTerminal({
    interactive: options.interactive ?? false,
    color: options.color ?? false,
    columns: options.columns ?? 100,
    input: options.stdin ?? "",
  });
  return {
    version: "0.0.0-test",
    layout,
    clock,
    env,
    files,
    terminal,
    processes: new FakeProcesses({
      cwd,
      path: (env.get("PATH") ?? "").split(":"),
      programs: options.programs ??
        ["/usr/bin/claude", "/opt/claude-multi/claude-multi-statusline"],
      print: (bytes) => terminal.pass(bytes),
    }),
    configFile: configFile(layout.configFile, files, configText),
    claudeHome: claudeHome(layout, { files, hashing: systemHashing }),
    ledger() {
      if (ledger !== null) return ledger;
      const database = openLedgerDatabase(":memory:");
      if (options.past) fillPast(database, { ...options.past, nowMs: clock.nowMs() });
      return ledger = sqliteLedger(database);
    },
    get ledgerOpened() {
      return ledger !== null;
    },
    abandonLedger: (cause) => {
      terminal.warn(`the ledger failed (${messageOf(cause)}); this run is not recorded`);
      return ledger = sqliteLedger(openLedgerDatabase(":memory:"), "memory");
    },
    permissions: () => ({ net: "prompt", ffi: "prompt", run: "granted" }),
  };
}

/** Puts the login and the cached usage of a made-up person into a config dir. */
export function putLogin(files: MemoryFiles, options: {
  dir: string;
  name: string;
  windows?: { fiveHour?: SeededWindow; sevenDay?: SeededWindow };
  /** Percent used of the weekly windows of models, by the names that the service shows. */
  models?: Readonly<Record<string, number>>;
  nowMs: number;
}): void {
  const identity = fakeIdentity(options.name);
  const credentials = credentialsOf(identity, { expiresAtMs: options.nowMs + 28_000_000 });
  files.put(`${options.dir}/.credentials.json`, JSON.stringify(credentials));
  const windowOf = (window: SeededWindow | undefined): unknown =>
    window === undefined ? null : {
      utilization: window.percentUsed,
      resets_at: window.resetsAtMs === null ? null : new Date(window.resetsAtMs).toISOString(),
    };
  files.put(
    `${options.dir}/.claude.json`,
    JSON.stringify({
      hasCompletedOnboarding: true,
      oauthAccount: oauthAccountOf(identity),
      cachedUsageUtilization: {
        fetchedAtMs: options.nowMs,
        accountUuid: identity.accountUuid,
        utilization: {
          five_hour: windowOf(options.windows?.fiveHour),
          seven_day: windowOf(options.windows?.sevenDay),
          limits: modelLimits(options.models ?? {}, options.nowMs),
        },
      },
    }),
  );
}
