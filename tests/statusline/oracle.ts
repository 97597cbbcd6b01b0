// Totals worked out the simple way: everything in memory, JSON.parse, no state.

/** Totals of a session, as `--explain` names them. */
export interface OracleTotals {
  all: Sums;
  subagents: Sums;
  turn: { input: number; output: number };
  /** Whether there is neither a prompt nor a call. */
  isEmpty: boolean;
}

/** Sums over API calls. */
export interface Sums {
  freshInput: number;
  cacheWrite: number;
  cacheRead: number;
  output: number;
  apiCalls: number;
}

interface Winner {
  usage: Sums;
  sidechain: boolean;
  main: boolean;
  turn: number;
  atMs: number;
}

type Json = Record<string, unknown>;

/**
 * Works out the totals of a main file and of subagents' files, by name, as bytes or text. Lines longer
 * than `longestLineBytes`, with their newline, are left out.
 */
export function oracleTotals(
  main: Uint8Array | string,
  subagents: ReadonlyMap<string, Uint8Array | string> = new Map(),
  options: { longestLineBytes?: number } = {},
): OracleTotals {
  const winners = new Map<string, Winner>();
  let turn = 0;
  let turnStartMs = -Infinity;
  const fromMain = new Set<string>();
  linesOf(main, options).forEach(({ line, place }) => {
    if (isPrompt(line)) {
      turn++;
      turnStartMs = timeOf(line);
      return;
    }
    const call = callOf(line, place);
    if (call === null) return;
    fromMain.add(call.key);
    winners.set(call.key, {
      usage: call.usage,
      sidechain: line["isSidechain"] === true,
      main: true,
      turn,
      atMs: NaN,
    });
  });
  const seen = new Set(fromMain);
  for (const name of [...subagents.keys()].sort()) {
    const here = new Set<string>();
    linesOf(subagents.get(name) ?? "", options).forEach(({ line, place }) => {
      const call = callOf(line, place);
      if (call === null || seen.has(call.key)) return;
      here.add(call.key);
      winners.set(call.key, {
        usage: call.usage,
        sidechain: true,
        main: false,
        turn: -1,
        atMs: timeOf(line),
      });
    });
    here.forEach((key) => seen.add(key));
  }
  const totals: OracleTotals = {
    all: none(),
    subagents: none(),
    turn: { input: 0, output: 0 },
    isEmpty: turn === 0 && winners.size === 0,
  };
  for (const { usage, sidechain, main, turn: at, atMs } of winners.values()) {
    add(totals.all, usage);
    if (sidechain) add(totals.subagents, usage);
    const inTurn = main ? at === turn : atMs >= turnStartMs;
    if (!inTurn) continue;
    totals.turn.input += usage.freshInput + usage.cacheWrite + usage.cacheRead;
    totals.turn.output += usage.output;
  }
  return totals;
}

function linesOf(
  content: Uint8Array | string,
  options: { longestLineBytes?: number },
): Array<{ line: Json; place: string }> {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  const lines: Array<{ line: Json; place: string }> = [];
  let start = 0;
  for (;;) {
    const end = bytes.indexOf(10, start);
    if (end === -1) return lines;
    const isTooLong = end + 1 - start > (options.longestLineBytes ?? Infinity);
    try {
      const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(bytes.subarray(start, end));
      const value: unknown = JSON.parse(text);
      const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
      if (isObject && !isTooLong) lines.push({ line: value as Json, place: String(start) });
    } catch {
      // Not a line of JSON.
    }
    start = end + 1;
  }
}

function callOf(line: Json, place: string): { key: string; usage: Sums } | null {
  const message = record(line["message"]);
  const usage = record(message["usage"]);
  if (line["type"] !== "assistant" || line["isApiErrorMessage"] === true) return null;
  if (message["model"] === "<synthetic>") return null;
  const names = [
    "input_tokens",
    "cache_creation_input_tokens",
    "cache_read_input_tokens",
    "output_tokens",
  ];
  if (!names.some((name) => typeof usage[name] === "number")) return null;
  const [freshInput = 0, cacheWrite = 0, cacheRead = 0, output = 0] = names.map((name) => {
    const value = usage[name];
    return typeof value === "number" ? Math.min(1e11, Math.max(0, Math.trunc(value))) : 0;
  });
  const id = message["id"];
  const request = typeof line["requestId"] === "string" ? line["requestId"] : "";
  const key = typeof id === "string"
    ? `${id}\n${request}`
    : typeof line["uuid"] === "string"
    ? `uuid\n${line["uuid"]}`
    : `place\n${place}`;
  return { key, usage: { freshInput, cacheWrite, cacheRead, output, apiCalls: 1 } };
}

function isPrompt(line: Json): boolean {
  if (line["type"] !== "user" || line["isSidechain"] === true) return false;
  if (line["isMeta"] === true || line["isCompactSummary"] === true) return false;
  const kind = record(line["origin"])["kind"];
  if (typeof kind === "string" && kind !== "human") return false;
  const content = record(line["message"])["content"];
  const blocks = typeof content === "string"
    ? [{ type: "text", text: content }]
    : Array.isArray(content)
    ? content.map(record)
    : [];
  if (blocks.some((block) => block["type"] === "tool_result")) return false;
  if (!blocks.some((block) => block["type"] === "text" || block["type"] === "image")) return false;
  const text = blocks.map((block) => block["text"]).find((text) => typeof text === "string") ?? "";
  return !/^(<local-command-|<bash-std|<task-notification|\[Request interrupted)/.test(text);
}

function timeOf(line: Json): number {
  const text = line["timestamp"];
  return typeof text === "string" ? Date.parse(text) : NaN;
}

function none(): Sums {
  return { freshInput: 0, cacheWrite: 0, cacheRead: 0, output: 0, apiCalls: 0 };
}

function add(sums: Sums, usage: Sums): void {
  for (const name of Object.keys(sums) as Array<keyof Sums>) sums[name] += usage[name];
}

function record(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? value as Json : {};
}
