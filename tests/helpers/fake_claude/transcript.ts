// The stand-in's transcripts: the lines of a session's JSONL (CONTRACT §7).
import { dirname } from "node:path";
import type { Json, World } from "./world.ts";
import { isJson, VERSION } from "./world.ts";

/** Tokens of one call. */
export interface Usage {
  input: number;
  cacheWrite: number;
  cacheRead: number;
  output: number;
}

/** The transcript of one session, appended to. */
export class Transcript {
  #lastUuid: string | null = null;

  constructor(
    readonly path: string,
    readonly sessionId: string,
    private readonly options: { cwd: string; entrypoint: "cli" | "sdk-cli" },
  ) {
    for (const line of readLines(path)) {
      if (typeof line["uuid"] === "string") this.#lastUuid = line["uuid"];
    }
  }

  /** A line that isn't part of the conversation. */
  state(type: string, fields: Json = {}): void {
    this.#append({ type, ...fields, sessionId: this.sessionId });
  }

  /** A line that is part of the conversation. */
  line(type: string, fields: Json): void {
    const uuid = crypto.randomUUID();
    this.#append({
      parentUuid: this.#lastUuid,
      isSidechain: false,
      type,
      ...fields,
      uuid,
      timestamp: new Date().toISOString(),
      userType: "external",
      entrypoint: this.options.entrypoint,
      cwd: this.options.cwd,
      sessionId: this.sessionId,
      version: VERSION,
      gitBranch: "HEAD",
    });
    this.#lastUuid = uuid;
  }

  user(text: string, promptId: string): void {
    this.line("user", { promptId, message: { role: "user", content: text } });
  }

  /** One answer: a line per content block, each with the whole usage. */
  answer(texts: readonly string[], options: { model: string; usage: Usage }): void {
    const call = crypto.randomUUID().replaceAll("-", "").slice(0, 12);
    texts.forEach((text, apiBlockIndex) =>
      this.line("assistant", {
        message: {
          id: `msg_fake_${call}`,
          type: "message",
          role: "assistant",
          model: options.model,
          content: [{ type: "text", text }],
          stop_reason: "end_turn",
          stop_sequence: null,
          usage: usageOf(options.usage),
        },
        apiBlockIndex,
        requestId: `req_fake_${call}`,
        requestedModel: options.model,
      })
    );
  }

  /** The line of an answer that the service refused; `quotaLimits` only for a limit. */
  refusal(text: string, options: { error: string; limit: Json | null }): void {
    const isRateLimit = options.error === "rate_limit";
    this.line("assistant", {
      message: {
        id: crypto.randomUUID(),
        type: "message",
        role: "assistant",
        model: "<synthetic>",
        content: [{ type: "text", text }],
        stop_reason: "stop_sequence",
        stop_sequence: "",
        usage: usageOf({ input: 0, cacheWrite: 0, cacheRead: 0, output: 0 }),
      },
      requestId: `req_fake_${crypto.randomUUID().slice(0, 8)}`,
      ...(options.limit
        ? {
          apiError: "usage_limit_reached",
          apiErrorParams: { rate_limit_info: options.limit },
          quotaLimits: { ...options.limit, unifiedRateLimitFallbackAvailable: false },
        }
        : {}),
      error: options.error,
      isApiErrorMessage: true,
      apiErrorStatus: isRateLimit ? 429 : 400,
      apiErrorType: isRateLimit ? "rate_limit_error" : "invalid_request_error",
    });
  }

  #append(line: Json): void {
    Deno.mkdirSync(dirname(this.path), { recursive: true, mode: 0o700 });
    const text = `${JSON.stringify(line)}\n`;
    Deno.writeTextFileSync(this.path, text, { append: true, mode: 0o600 });
  }
}

/** Writes a subagent's transcript next to its session (CONTRACT §7); returns its id and path. */
export function writeSubagent(
  main: Transcript,
  options: { prompt: string; reply: string; model: string; usage: Usage; cwd: string },
): { id: string; path: string } {
  const id = `a${crypto.randomUUID().replaceAll("-", "").slice(0, 16)}`;
  const base = `${main.path.replace(/\.jsonl$/, "")}/subagents/agent-${id}`;
  const path = `${base}.jsonl`;
  const sub = new Transcript(path, main.sessionId, { cwd: options.cwd, entrypoint: "cli" });
  const marks = { isSidechain: true, agentId: id, attributionAgent: "general-purpose" };
  sub.line("user", { ...marks, message: { role: "user", content: options.prompt } });
  const call = crypto.randomUUID().slice(0, 8);
  sub.line("assistant", {
    ...marks,
    message: {
      id: `msg_fake_sub_${call}`,
      type: "message",
      role: "assistant",
      model: options.model,
      content: [{ type: "text", text: options.reply }],
      stop_reason: "end_turn",
      usage: usageOf(options.usage),
    },
    apiBlockIndex: 0,
    requestId: `req_fake_sub_${call}`,
  });
  const meta = { agentType: "general-purpose", description: "fake subtask" };
  Deno.writeTextFileSync(`${base}.meta.json`, JSON.stringify(meta), { mode: 0o600 });
  return { id, path };
}

/** Path of a session's transcript in any project of the config dir, or null. */
export function findTranscript(world: World, sessionId: string): string | null {
  for (const slug of namesIn(`${world.configDir}/projects`)) {
    const path = `${world.configDir}/projects/${slug}/${sessionId}.jsonl`;
    if (isFile(path)) return path;
  }
  return null;
}

/** Id of the newest session of this project, or null. */
export function newestSession(world: World): string | null {
  const found = namesIn(world.transcripts).filter((name) => name.endsWith(".jsonl")).map((
    name,
  ) => ({
    id: name.slice(0, -".jsonl".length),
    changedAtMs: Deno.statSync(`${world.transcripts}/${name}`).mtime?.getTime() ?? 0,
  }));
  return found.sort((a, b) => b.changedAtMs - a.changedAtMs)[0]?.id ?? null;
}

/** The account that a transcript names as its owner, or null. */
export function ownerOf(path: string): unknown {
  return readLines(path).find((line) => line["type"] === "session-owner")?.["accountUuid"] ?? null;
}

/** Copies a conversation to a new id: the same lines, the same message ids (CONTRACT §3). */
export function copyTranscript(from: string, to: { path: string; sessionId: string }): void {
  const text = readLines(from).filter((line) => line["type"] !== "session-owner")
    .map((line) => `${JSON.stringify({ ...line, sessionId: to.sessionId })}\n`).join("");
  Deno.mkdirSync(dirname(to.path), { recursive: true, mode: 0o700 });
  Deno.writeTextFileSync(to.path, text, { mode: 0o600 });
}

/** All lines of a transcript; none if it is missing. */
export function readLines(path: string): Json[] {
  if (!isFile(path)) return [];
  return Deno.readTextFileSync(path).split("\n").filter((line) => line !== "").map((line) => {
    const value: unknown = JSON.parse(line);
    return isJson(value) ? value : {};
  });
}

/** Usage as the service sends it. */
export function usageOf(usage: Usage): Json {
  return {
    input_tokens: usage.input,
    cache_creation_input_tokens: usage.cacheWrite,
    cache_read_input_tokens: usage.cacheRead,
    output_tokens: usage.output,
    cache_creation: {
      ephemeral_5m_input_tokens: usage.cacheWrite,
      ephemeral_1h_input_tokens: 0,
    },
    service_tier: "standard",
  };
}

function namesIn(dir: string): string[] {
  try {
    return [...Deno.readDirSync(dir)].map((entry) => entry.name);
  } catch {
    return [];
  }
}

function isFile(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
