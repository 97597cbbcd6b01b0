// Single transcript lines for tests.

/** What an assistant line of a test says. */
export interface CallLine {
  id?: string;
  request?: string;
  fresh?: number;
  write?: number;
  read?: number;
  output?: number;
  sidechain?: boolean;
  at?: string;
  model?: string;
  content?: unknown[];
  more?: Record<string, unknown>;
}

/** An assistant line with usage, ending in a newline. */
export function callLine(call: CallLine = {}): string {
  return JSON.stringify({
    parentUuid: "p",
    isSidechain: call.sidechain ?? false,
    message: {
      id: call.id ?? "msg_1",
      type: "message",
      role: "assistant",
      model: call.model ?? "claude-opus-5-5",
      content: call.content ?? [{ type: "text", text: "hi" }],
      usage: {
        input_tokens: call.fresh ?? 10,
        cache_creation_input_tokens: call.write ?? 100,
        cache_read_input_tokens: call.read ?? 1000,
        output_tokens: call.output ?? 5,
      },
    },
    requestId: call.request ?? "req_1",
    type: "assistant",
    uuid: "u",
    timestamp: call.at ?? "2026-11-23T06:00:00.000Z",
    ...call.more,
  }) + "\n";
}

/** A line with a prompt of the user. */
export function promptLine(
  text = "do it",
  options: { at?: string; more?: Record<string, unknown> } = {},
): string {
  return JSON.stringify({
    parentUuid: null,
    isSidechain: false,
    type: "user",
    message: { role: "user", content: text },
    origin: { kind: "human" },
    timestamp: options.at ?? "2026-11-23T06:00:00.000Z",
    ...options.more,
  }) + "\n";
}

/** A line with the result of a tool, which isn't a prompt. */
export function toolResultLine(result = "done"): string {
  return JSON.stringify({
    isSidechain: false,
    type: "user",
    message: {
      role: "user",
      content: [{ type: "tool_result", tool_use_id: "t", content: result }],
    },
    toolUseResult: { stdout: result, usage: { input_tokens: 77, output_tokens: 77 } },
    timestamp: "2026-11-23T06:00:01.000Z",
  }) + "\n";
}
