// Writes transcripts of any size, like the client's, with known totals.

/** Tokens of a whole transcript by the rules of the status line. */
export interface KnownTotals {
  freshInput: number;
  cacheWrite: number;
  cacheRead: number;
  output: number;
  apiCalls: number;
}

/** Numbers of a seeded sequence, 0 up to but not including 1 (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/**
 * Writes one turn after the other: a prompt, tool calls with results, text, and the state and
 * request lines that the client puts between them (CONTRACT §7). Every message is repeated on each
 * of its content blocks, the first of them with a partial count.
 */
export class TranscriptWriter {
  readonly totals: KnownTotals = {
    freshInput: 0,
    cacheWrite: 0,
    cacheRead: 0,
    output: 0,
    apiCalls: 0,
  };
  readonly #random: () => number;
  readonly #session: string;
  readonly #prose: string;
  readonly #sidechain: boolean;
  #call = 0;
  #line = 0;
  #atMs = Date.UTC(2026, 10, 23, 6, 0, 0);

  constructor(options: { seed: number; session: string; sidechain?: boolean }) {
    this.#random = seededRandom(options.seed);
    this.#session = options.session;
    this.#sidechain = options.sidechain ?? false;
    const words = 'const return the \\"user\\" a file with \\n lines, and then it is read again; ' +
      'function \\t plan() { usage: {\\"input_tokens\\": 5} } ';
    this.#prose = words.repeat(1500);
  }

  /** One turn of about 30 to 90 kB, as text that ends with a newline. */
  turn(): string {
    const lines = [this.#user(`"content":${this.#string(200)}`, '"origin":{"kind":"human"},')];
    const calls = 2 + Math.floor(this.#random() * 8);
    for (let i = 0; i < calls; i++) {
      const last = i === calls - 1;
      lines.push(...this.#message(last), ...this.#requestLines());
      if (!last) {
        lines.push(this.#user(
          `"content":[{"tool_use_id":"toolu_${this.#call}","type":"tool_result","content":` +
            `${this.#string(200 + this.#random() ** 4 * 40_000)}}]`,
          `"toolUseResult":{"stdout":"hi","usage":{"input_tokens":99999}},`,
        ));
      }
    }
    lines.push(`{"type":"last-prompt","lastPrompt":"go on","sessionId":"${this.#session}"}`);
    return lines.join("\n") + "\n";
  }

  #message(last: boolean): string[] {
    const id = `msg_${this.#session.slice(0, 8)}_${++this.#call}`;
    const tokens = {
      freshInput: Math.floor(this.#random() * 50),
      cacheWrite: Math.floor(this.#random() * 4000),
      cacheRead: Math.floor(this.#random() * 150_000),
      output: 20 + Math.floor(this.#random() * 2000),
    };
    const blocks = [
      `{"type":"thinking","thinking":${this.#string(800)},"signature":${this.#string(300)}}`,
      last
        ? `{"type":"text","text":${this.#string(1500)}}`
        : `{"type":"tool_use","id":"toolu_${this.#call}","name":"Edit","input":` +
          `{"usage":{"input_tokens":7},"new_string":${this.#string(900)}}}`,
    ];
    this.totals.freshInput += tokens.freshInput;
    this.totals.cacheWrite += tokens.cacheWrite;
    this.totals.cacheRead += tokens.cacheRead;
    this.totals.output += tokens.output;
    this.totals.apiCalls++;
    return blocks.map((block, index) => {
      const output = index === blocks.length - 1 ? tokens.output : 1;
      return `${this.#head()},"message":{"id":"${id}","type":"message","role":"assistant",` +
        `"model":"claude-opus-5-5","content":[${block}],"stop_reason":null,"usage":` +
        `{"input_tokens":${tokens.freshInput},"cache_creation_input_tokens":${tokens.cacheWrite},` +
        `"cache_read_input_tokens":${tokens.cacheRead},"output_tokens":${output},` +
        `"server_tool_use":{"web_search_requests":0},"cache_creation":{"ephemeral_1h_input_tokens":0,` +
        `"ephemeral_5m_input_tokens":${tokens.cacheWrite}},"iterations":[]}},"apiBlockIndex":${index},` +
        `"requestId":"req_${this.#call}","type":"assistant",${this.#tail()}}`;
    });
  }

  #requestLines(): string[] {
    if (this.#random() > 0.3) return [];
    const blob = this.#string(3000 + this.#random() * 30_000);
    return [
      `{"type":"api-request-blob","sessionId":"${this.#session}","message":{"role":"user",` +
      `"content":[{"type":"text","text":${blob}}]}}`,
      `{"type":"api-request","sessionId":"${this.#session}","params":{"model":"claude-opus-5-5"}}`,
    ];
  }

  #user(content: string, more: string): string {
    return `${this.#head()},"type":"user","message":{"role":"user",${content}},${more}${this.#tail()}}`;
  }

  #head(): string {
    return `{"parentUuid":"${this.#uuid(this.#line)}","isSidechain":${this.#sidechain}`;
  }

  #tail(): string {
    this.#atMs += 250;
    const time = new Date(this.#atMs).toISOString();
    return `"uuid":"${this.#uuid(++this.#line)}","timestamp":"${time}","userType":"external",` +
      `"cwd":"/home/user/proj","sessionId":"${this.#session}","version":"2.1.328","gitBranch":"main"`;
  }

  #uuid(n: number): string {
    return `${this.#session.slice(0, 8)}-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
  }

  #string(length: number): string {
    const from = Math.floor(this.#random() * 2000);
    let text = this.#prose.slice(from, from + Math.floor(length));
    // A cut in the middle of an escape would break the line.
    text = text.replace(/^[^ ]*/, "").replace(/\\+$/, "");
    return `"${text}"`;
  }
}

/** Writes whole turns to a file until it has at least `bytes`; returns its size and its totals. */
export function writeTranscript(
  path: string,
  options: { bytes: number; seed: number; session?: string },
): { bytes: number; writer: TranscriptWriter } {
  const session = options.session ?? "00000000-0000-4000-8000-000000000000";
  const writer = new TranscriptWriter({ seed: options.seed, session });
  const encoder = new TextEncoder();
  using file = Deno.openSync(path, { write: true, create: true, truncate: true });
  let bytes = 0;
  while (bytes < options.bytes) {
    const block = encoder.encode(writer.turn());
    for (let done = 0; done < block.length;) done += file.writeSync(block.subarray(done));
    bytes += block.length;
  }
  return { bytes, writer };
}

/** Appends whole turns of at least `bytes` in total. */
export function appendTurns(path: string, writer: TranscriptWriter, bytes: number): number {
  let text = "";
  while (text.length < bytes) text += writer.turn();
  Deno.writeTextFileSync(path, text, { append: true });
  return text.length;
}
