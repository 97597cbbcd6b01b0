// A run of the stand-in: its registry file, its turns, its hooks, its end.
import type { Arguments } from "./arguments.ts";
import { runShell } from "./children.ts";
import type { Orders } from "./control.ts";
import { limitNow, readOrders } from "./control.ts";
import type { KnownWindows } from "./payload.ts";
import { statusPayload, windowsIn } from "./payload.ts";
import type { Settings } from "./settings.ts";
import type { Usage } from "./transcript.ts";
import { readLines, Transcript, writeSubagent } from "./transcript.ts";
import type { Json, World } from "./world.ts";
import { logEvent, ownProcessStart, readOauthAccount, VERSION, writeJson } from "./world.ts";

/** The outcome of a turn. */
export interface TurnResult {
  text: string;
  failed: boolean;
  /** When the limit that refused the turn ends; null without one. */
  limitedUntilMs: number | null;
  usage: Usage;
}

const NO_USAGE: Usage = { input: 0, cacheWrite: 0, cacheRead: 0, output: 0 };

/** One run of the client on one conversation. */
export class Session {
  readonly startedAtMs = Date.now();
  transcript: Transcript;
  #windows: KnownWindows = {};
  #promptId: string | null = null;
  #last: Usage | null = null;
  #calls = 0;
  #interrupt: (() => void) | null = null;

  constructor(
    readonly world: World,
    readonly settings: Settings,
    readonly options: {
      args: Arguments;
      kind: "interactive" | "print";
      sessionId: string;
      path: string;
    },
  ) {
    this.transcript = this.#open(options.sessionId, options.path);
  }

  get id(): string {
    return this.transcript.sessionId;
  }

  /** Variables that hooks and the status line see (CONTRACT §5, fixtures/hooks). */
  get childEnv(): Record<string, string> {
    return {
      CLAUDECODE: "1",
      CLAUDE_CODE_ENTRYPOINT: this.#entrypoint,
      CLAUDE_CODE_SESSION_ID: this.id,
      CLAUDE_CODE_CHILD_SESSION: "1",
      CLAUDE_PID: String(Deno.pid),
      CLAUDE_PROJECT_DIR: this.world.cwd,
      ...(this.#interactive ? { CLAUDE_CODE_SESSION_ATTENDED: "1" } : {}),
    };
  }

  /** Registers the run, records the owner of a new conversation, and fires SessionStart. */
  async start(source: "startup" | "resume" | "clear"): Promise<void> {
    this.#register("idle");
    const account = readOauthAccount(this.world);
    const lines = readLines(this.transcript.path);
    this.transcript.state("mode", { mode: "normal" });
    if (account && !lines.some((line) => line["type"] === "session-owner")) {
      this.transcript.state("session-owner", {
        accountUuid: account["accountUuid"],
        organizationUuid: account["organizationUuid"],
      });
    }
    const organization = account?.["organizationUuid"];
    if (organization && lastOrganization(lines) !== organization) {
      this.transcript.line("attachment", {
        attachment: { type: "credential_org", organizationUuid: organization },
      });
    }
    // An interactive start asks the service, so that the windows are known before any input.
    if (this.#interactive) this.#windows = windowsIn(this.#orders());
    await this.hook("SessionStart", {
      source,
      ...(this.#interactive ? { model: this.options.args.model } : {}),
    }, source);
  }

  /** One prompt and its answer. */
  async turn(prompt: string): Promise<TurnResult> {
    const orders = this.#orders();
    this.#promptId = crypto.randomUUID();
    logEvent("turn", { sessionId: this.id, prompt, configDir: this.world.configDir });
    const blocked = await this.hook("UserPromptSubmit", {
      permission_mode: "default",
      prompt,
    }, "");
    if (blocked !== null) {
      return { text: blocked, failed: true, limitedUntilMs: null, usage: NO_USAGE };
    }
    this.#register("busy");
    this.transcript.user(prompt, this.#promptId);
    const startedAtMs = Date.now();
    await this.#wait(orders.sleepMs ?? 0);
    if (orders.die) {
      Deno.kill(Deno.pid, orders.die);
      await new Promise(() => {});
    }
    this.#windows = windowsIn(orders);
    const limit = limitNow(orders);
    const error = limit ? "rate_limit" : orders.error ?? null;
    const result = error === null
      ? await this.#answer(prompt, orders)
      : await this.#refuse(error, limit);
    this.transcript.line("system", {
      subtype: "turn_duration",
      durationMs: Date.now() - startedAtMs,
      isMeta: false,
    });
    this.#register("idle");
    return result;
  }

  /** Ends the wait for an answer, as Ctrl-C does in a turn. Returns whether there was one. */
  interrupt(): boolean {
    const running = this.#interrupt !== null;
    this.#interrupt?.();
    return running;
  }

  /** Continues with a new conversation, as /clear does. */
  async clear(): Promise<void> {
    await this.hook("SessionEnd", { reason: "clear" }, "clear");
    const id = crypto.randomUUID();
    this.transcript = this.#open(id, `${this.world.transcripts}/${id}.jsonl`);
    this.#last = null;
    this.#promptId = null;
    await this.start("clear");
  }

  /** Fires SessionEnd and removes the registry file. */
  async end(reason: "prompt_input_exit" | "other"): Promise<void> {
    await this.hook("SessionEnd", { reason }, reason);
    this.transcript.state("cost-state", { totalCostUSD: this.#calls * 0.002061 });
    try {
      Deno.removeSync(this.#registryPath);
    } catch {
      // It was deleted with its folder.
    }
  }

  /** What the status line command reads now. */
  payload(): Json {
    return statusPayload({
      sessionId: this.id,
      transcriptPath: this.transcript.path,
      cwd: this.world.cwd,
      promptId: this.#promptId,
      name: this.options.args.name,
      model: this.options.args.model,
      startedAtMs: this.startedAtMs,
      calls: this.#calls,
      last: this.#last,
      windows: this.#windows,
    });
  }

  /** Sets what the client is doing according to the registry. */
  status(status: "idle" | "busy" | "waiting", waitingFor?: string): void {
    this.#register(status, waitingFor);
  }

  /** Runs the hooks of an event; returns why a hook blocked it (exit code 2), else null. */
  async hook(event: string, fields: Json, subject: string): Promise<string | null> {
    let blocked: string | null = null;
    for (const { matcher, command } of this.settings.hooks(event)) {
      if (matcher !== "" && matcher !== "*" && !new RegExp(`^(?:${matcher})$`).test(subject)) {
        continue;
      }
      const input = {
        session_id: this.id,
        transcript_path: this.transcript.path,
        cwd: this.world.cwd,
        ...(this.#interactive
          ? { scratchpad_dir: `/tmp/claude-0/scratch/${this.id}/scratchpad` }
          : {}),
        ...(this.#promptId ? { prompt_id: this.#promptId } : {}),
        hook_event_name: event,
        ...fields,
      };
      const { env, cwd } = { env: this.childEnv, cwd: this.world.cwd };
      const run = await runShell(command, { input, env, cwd }).ended;
      if (run.code === 2) blocked ??= run.stderr.trim() || "blocked by a hook";
    }
    return blocked;
  }

  async #answer(prompt: string, orders: Orders): Promise<TurnResult> {
    const usage: Usage = {
      input: orders.usage?.input ?? 11,
      cacheWrite: orders.usage?.cacheWrite ?? 1200,
      cacheRead: orders.usage?.cacheRead ?? 3400,
      output: orders.usage?.output ?? 42,
    };
    this.#calls++;
    this.#last = usage;
    const model = this.options.args.model;
    const text = orders.reply ?? `FAKEREPLY#${this.#calls} to: ${prompt}`;
    if (orders.subagent) await this.#subagent(prompt, usage);
    const blocks = Array.from({ length: orders.blocks ?? 1 }, () => text);
    this.transcript.answer(blocks, { model, usage });
    await this.hook("Stop", {
      permission_mode: "default",
      stop_hook_active: false,
      last_assistant_message: text,
      background_tasks: [],
    }, "");
    return { text, failed: false, limitedUntilMs: null, usage };
  }

  async #subagent(prompt: string, usage: Usage): Promise<void> {
    const { id, path } = writeSubagent(this.transcript, {
      prompt,
      reply: "fake subtask done",
      model: this.options.args.model,
      usage,
      cwd: this.world.cwd,
    });
    const agent = { agent_id: id, agent_type: "general-purpose" };
    await this.hook("SubagentStart", agent, "general-purpose");
    await this.hook("SubagentStop", {
      ...agent,
      stop_hook_active: false,
      agent_transcript_path: path,
      last_assistant_message: "fake subtask done",
    }, "general-purpose");
  }

  async #refuse(error: string, limit: ReturnType<typeof limitNow>): Promise<TurnResult> {
    const text = limit
      ? limitText(limit)
      : error === "rate_limit"
      ? "Server is temporarily limiting requests (not your usage limit)"
      : `API Error: ${error}`;
    const quota = limit === null ? null : {
      status: "rejected",
      resetsAt: Math.floor(limit.resetsAtMs / 1000),
      rateLimitType: limit.window,
      overageStatus: "rejected",
      overageDisabledReason: "org_level_disabled",
      isUsingOverage: false,
    };
    this.transcript.refusal(text, { error, limit: quota });
    await this.hook("StopFailure", { error, last_assistant_message: text }, error);
    return { text, failed: true, limitedUntilMs: limit?.resetsAtMs ?? null, usage: NO_USAGE };
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        this.#interrupt = null;
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.#interrupt = done;
    });
  }

  #open(sessionId: string, path: string): Transcript {
    return new Transcript(path, sessionId, { cwd: this.world.cwd, entrypoint: this.#entrypoint });
  }

  #orders(): Orders {
    return readOrders(this.world.configDir);
  }

  get #interactive(): boolean {
    return this.options.kind === "interactive";
  }

  get #entrypoint(): "cli" | "sdk-cli" {
    return this.#interactive ? "cli" : "sdk-cli";
  }

  get #registryPath(): string {
    return `${this.world.configDir}/sessions/${Deno.pid}.json`;
  }

  #register(status: string, waitingFor?: string): void {
    Deno.mkdirSync(`${this.world.configDir}/sessions`, { recursive: true, mode: 0o700 });
    writeJson(this.#registryPath, {
      pid: Deno.pid,
      sessionId: this.id,
      cwd: this.world.cwd,
      startedAt: this.startedAtMs,
      procStart: ownProcessStart(),
      version: VERSION,
      kind: "interactive",
      entrypoint: this.#entrypoint,
      name: this.options.args.name ?? "fake",
      nameSource: this.options.args.name ? "user" : "derived",
      status,
      ...(waitingFor ? { waitingFor } : {}),
      statusUpdatedAt: Date.now(),
    });
  }
}

/** The text of a limit, which differs between versions: nothing may depend on it (CONTRACT §8). */
function limitText(limit: NonNullable<ReturnType<typeof limitNow>>): string {
  const at = new Date(limit.resetsAtMs);
  const hour = at.getUTCHours();
  const minutes = String(at.getUTCMinutes()).padStart(2, "0");
  const time = `${hour % 12 || 12}:${minutes}${hour < 12 ? "am" : "pm"} (UTC)`;
  const kind = limit.window === "five_hour" ? "5-hour" : "weekly";
  return `You've hit your ${kind} limit · resets ${time}`;
}

function lastOrganization(lines: readonly Json[]): unknown {
  return lines.map((line) => line["attachment"] as Json | undefined)
    .filter((attachment) => attachment?.["type"] === "credential_org")
    .at(-1)?.["organizationUuid"];
}
