// The answers of the mock service to messages, as JSON or as a stream of events.

/** A JSON object. */
export type Json = Record<string, unknown>;

/** Tokens of an answer (defaults: input 11, cache write 1200, cache read 3400, output 42). */
export interface MockUsage {
  input?: number;
  cacheWrite?: number;
  cacheRead?: number;
  output?: number;
}

/** One answer of the service. */
export interface Answer {
  message: Json;
  blocks: Json[];
  stopReason: string;
  usage: Json;
}

/**
 * Answers a request to `POST /v1/messages`. The user's last text decides the answer, if the request
 * offers the tool for it: `RUNBASH command`, `RUNBG command` (in the background), `SPAWN prompt`,
 * `WRITE path text`, `TODO title`, `THINK`. Any other text is echoed.
 */
export function answerTo(request: Json, options: { id: string; usage: MockUsage }): Answer {
  const said = lastUserText(request);
  const blocks = blocksFor(said, toolNames(request), options.id);
  const stopReason = blocks.some((b) => b["type"] === "tool_use") ? "tool_use" : "end_turn";
  const usage: Json = {
    input_tokens: options.usage.input ?? 11,
    cache_creation_input_tokens: options.usage.cacheWrite ?? 1200,
    cache_read_input_tokens: options.usage.cacheRead ?? 3400,
    output_tokens: options.usage.output ?? 42,
    cache_creation: {
      ephemeral_5m_input_tokens: options.usage.cacheWrite ?? 1200,
      ephemeral_1h_input_tokens: 0,
    },
    service_tier: "standard",
  };
  const message: Json = {
    id: `msg_mock_${options.id}`,
    type: "message",
    role: "assistant",
    model: request["model"],
    stop_sequence: null,
  };
  return { message, blocks, stopReason, usage };
}

/** The answer as one JSON object. */
export function asJson(answer: Answer): Json {
  const { message, blocks, stopReason, usage } = answer;
  return { ...message, content: blocks, stop_reason: stopReason, usage };
}

/** The answer as server-sent events. */
export function asEvents(answer: Answer): string {
  const { message, blocks, stopReason, usage } = answer;
  const events: Json[] = [{
    type: "message_start",
    message: { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } },
  }];
  blocks.forEach((block, index) => {
    const [start, ...deltas] = piecesOf(block);
    events.push({ type: "content_block_start", index, content_block: start });
    for (const delta of deltas) events.push({ type: "content_block_delta", index, delta });
    events.push({ type: "content_block_stop", index });
  });
  const delta = { stop_reason: stopReason, stop_sequence: null };
  events.push({ type: "message_delta", delta, usage }, { type: "message_stop" });
  return events.map((e) => `event: ${e["type"]}\ndata: ${JSON.stringify(e)}\n\n`).join("");
}

/** The empty start of a block, then the deltas that fill it. */
function piecesOf(block: Json): Json[] {
  switch (block["type"]) {
    case "tool_use":
      return [
        { ...block, input: {} },
        { type: "input_json_delta", partial_json: JSON.stringify(block["input"]) },
      ];
    case "thinking":
      return [
        { type: "thinking", thinking: "", signature: "" },
        { type: "thinking_delta", thinking: block["thinking"] },
        { type: "signature_delta", signature: block["signature"] },
      ];
    default:
      return [{ type: "text", text: "" }, { type: "text_delta", text: block["text"] }];
  }
}

function blocksFor(said: string | null, tools: readonly string[], id: string): Json[] {
  if (said === null) return [{ type: "text", text: `ECHO#${id} of a tool result` }];
  const use = (name: string, input: Json): Json => ({
    type: "tool_use",
    id: `toolu_mock_${id}`,
    name,
    input,
  });
  const offered = (...names: string[]): string | undefined => names.find((n) => tools.includes(n));
  const [, order = "", rest = ""] = said.match(/\b(RUNBASH|RUNBG|SPAWN|WRITE|TODO)\s+(.+)/) ?? [];
  if (order === "RUNBASH" && offered("Bash")) {
    return [
      { type: "text", text: "Running it." },
      use("Bash", { command: rest, description: "run it" }),
    ];
  }
  if (order === "RUNBG" && offered("Bash")) {
    return [use("Bash", { command: rest, description: "run it", run_in_background: true })];
  }
  const agent = offered("Agent", "Task");
  if (order === "SPAWN" && agent) {
    return [use(agent, {
      description: "mock subtask",
      prompt: rest,
      subagent_type: "general-purpose",
    })];
  }
  if (order === "WRITE" && offered("Write")) {
    const [path = "", ...words] = rest.split(" ");
    return [use("Write", { file_path: path, content: `${words.join(" ")}\n` })];
  }
  if (order === "TODO" && offered("TaskCreate")) {
    return [use("TaskCreate", { subject: rest, description: rest, activeForm: rest })];
  }
  if (/\bTHINK\b/.test(said)) {
    return [
      { type: "thinking", thinking: "a mock thought", signature: "bW9jaw==" },
      { type: "text", text: `ECHO#${id} after a thought` },
    ];
  }
  return [{ type: "text", text: `ECHO#${id} ${said.slice(-80)}` }];
}

/** What the user said last; null if the last message has only tool results. */
export function lastUserText(request: Json): string | null {
  const messages = Array.isArray(request["messages"]) ? request["messages"] as Json[] : [];
  const content = messages.findLast((message) => message["role"] === "user")?.["content"];
  if (typeof content === "string") return content;
  const blocks = Array.isArray(content) ? content as Json[] : [];
  const said = blocks.map((block) => block["type"] === "text" ? String(block["text"]) : "")
    .filter((text) => text !== "" && !text.trimStart().startsWith("<system-reminder>")).join("\n");
  const isResult = blocks.some((block) => block["type"] === "tool_result");
  return said === "" && isResult ? null : said;
}

function toolNames(request: Json): string[] {
  return Array.isArray(request["tools"])
    ? (request["tools"] as Json[]).map((tool) => String(tool["name"]))
    : [];
}
