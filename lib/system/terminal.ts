// The Terminal port on this process's own streams.
import { cellWidth } from "../text/cells.ts";
import { harmless } from "../text/escape.ts";
import type { Env, Terminal } from "../ports/mod.ts";
import { codeOf, orNull } from "./lookups.ts";
import { readStdin } from "./stdin.ts";

/** The terminal, or the files and pipes, that this process was started with. */
export function systemTerminal(env: Env): Terminal {
  let take: ((text: string) => void) | null = null;
  const isOurs = () => take === null && Deno.stderr.isTerminal();
  return {
    get interactive() {
      return take === null && Deno.stdin.isTerminal() && Deno.stderr.isTerminal();
    },
    get color() {
      return wantsColor(Deno.stdout, env);
    },
    get columns() {
      return columnsOf(Deno.stdout, env);
    },
    messages: {
      get color() {
        return wantsColor(Deno.stderr, env);
      },
      get columns() {
        return columnsOf(Deno.stderr, env);
      },
    },
    readInput: readStdin,
    takeInput: async () =>
      Deno.stdin.isTerminal() ? null : await new Response(Deno.stdin.readable).bytes(),
    pass: (bytes) => writeBytes(Deno.stdout, bytes),
    passOn({ stdout, stderr }) {
      const said = new TextDecoder().decode(stderr).trim();
      const isTwice = Deno.stdout.isTerminal() && new TextDecoder().decode(stdout).includes(said);
      if (!isTwice) writeBytes(Deno.stderr, stderr);
      writeBytes(Deno.stdout, stdout);
    },
    async ask(question) {
      write(Deno.stderr, wrapped(harmless(question), brokenQuestion));
      const { promise: interrupted, resolve } = Promise.withResolvers<Line>();
      const interrupt = () => resolve({ text: null, isWhole: false });
      Deno.addSignalListener("SIGINT", interrupt);
      const { text, isWhole } = await Promise.race([typedLine(), interrupted]);
      Deno.removeSignalListener("SIGINT", interrupt);
      // Unlike Enter, Ctrl-D and Ctrl-C leave the cursor behind the question; but the terminal may be gone, too.
      if (!isWhole) orNull(() => write(Deno.stderr, "\n"));
      return text;
    },
    typedAtMs() {
      // Whoever reads from a terminal sets its access time: Linux does that once in 8 seconds.
      const info = orNull(() => Deno.statSync("/dev/stdin"));
      return info?.isCharDevice === true ? info.atime?.getTime() ?? null : null;
    },
    rewrite(text) {
      if (!isOurs()) return;
      // A line that wraps can't be rewritten.
      write(Deno.stderr, `\r\x1b[K${harmless(text).slice(0, columnsOf(Deno.stderr, env) - 1)}`);
    },
    title(text) {
      if (!isOurs() || /^(dumb|linux)$/.test(env.get("TERM") ?? "dumb")) return;
      write(Deno.stderr, `\x1b]2;${text.replace(/\p{C}/gu, "")}\x07`);
    },
    alert(how, text) {
      if (!isOurs()) return;
      write(Deno.stderr, how === "bell" ? "\x07" : messageSequence(text, env));
    },
    print: (text) => write(Deno.stdout, `${harmless(text)}\n`),
    note: (text) => take === null ? write(Deno.stderr, `${wrapped(harmless(text))}\n`) : take(text),
    warn: (text) =>
      take === null
        ? write(Deno.stderr, `${wrapped(`claude-multi: ${harmless(text)}`)}\n`)
        : take(text),
    divert(into) {
      take = into;
    },
  };
}

/** What was typed; null for nothing. */
interface Line {
  text: string | null;
  /** Whether Enter ended it. */
  isWhole: boolean;
}

/** Reads a line from stdin, and nothing beyond it: the rest may be for claude. */
async function typedLine(): Promise<Line> {
  const line: number[] = [];
  const byte = new Uint8Array(1);
  for (;;) {
    const n = await Deno.stdin.read(byte);
    if (n === null || n === 0) {
      return { text: line.length === 0 ? null : decoded(line), isWhole: false };
    }
    if (byte[0] === 0x0a) return { text: decoded(line), isWhole: true };
    line.push(byte[0] ?? 0);
  }
}

/** The sequence that makes a terminal show a message; tmux must be told to pass it on. */
export function messageSequence(text: string, env: Env): string {
  const plain = text.replace(/[\p{C};]/gu, " ");
  const sequence = /^(rxvt|foot)/.test(env.get("TERM") ?? "")
    ? `\x1b]777;notify;claude-multi;${plain}\x07`
    : `\x1b]9;${plain}\x07`;
  if (env.get("TMUX") === null) return sequence;
  return `\x1bPtmux;${sequence.replaceAll("\x1b", "\x1b\x1b")}\x1b\\`;
}

type Stream = Pick<typeof Deno.stdout, "isTerminal" | "writeSync">;

function wantsColor(stream: Stream, env: Env): boolean {
  if (env.get("NO_COLOR") !== null || env.get("TERM") === "dumb") return false;
  return env.get("FORCE_COLOR") !== null || stream.isTerminal();
}

function columnsOf(stream: Stream, env: Env): number {
  if (!stream.isTerminal()) {
    const columns = Number(env.get("COLUMNS"));
    return columns > 0 ? columns : Infinity;
  }
  return orNull(() => Deno.consoleSize().columns) || 80;
}

/** A message, wrapped to the width of the terminal that shows it. */
function wrapped(text: string, broken = brokenAtWords): string {
  if (text.length < 20 || !Deno.stderr.isTerminal()) return text;
  const columns = orNull(() => Deno.consoleSize().columns);
  return columns === null ? text : broken(text, columns);
}

/** On narrower terminals nothing is broken between words. */
const LEAST_COLUMNS = 20;

/**
 * A question, broken like {@link brokenAtWords}, with room for the first letter of the answer. The choices in
 * brackets stay on one line, and so does the blank after them.
 */
export function brokenQuestion(text: string, columns: number): string {
  if (columns < LEAST_COLUMNS) return text;
  const room = columns - 2;
  const question = text.trimEnd();
  const [choices = ""] = /\[[^[\]]*\]$/.exec(question) ?? [];
  const kept = choices.length > room ? "" : choices;
  return brokenLines(question, { columns: room, kept }) + text.slice(question.length);
}

/**
 * Breaks lines that take more than `columns` cells between words. A longer word stays whole, and so does a
 * command at the end of a line, and a line that is meant to be copied or has colours.
 */
export function brokenAtWords(text: string, columns: number): string {
  return columns < LEAST_COLUMNS ? text : brokenLines(text, { columns, kept: "" });
}

/** What a line ends with that is meant to be copied. */
const COMMAND = /(?<=: )(?:claude-multi|diff|mv) .*$/;

/** The lines, broken between words; `kept`, with which the last one ends, stays whole. */
function brokenLines(text: string, { columns, kept }: { columns: number; kept: string }): string {
  return text.split("\n").map((line, at, { length }) => {
    if (cellWidth(line) <= columns || line.startsWith("try: ") || line.includes("\x1b")) {
      return line;
    }
    const whole = COMMAND.exec(line)?.[0] ?? (at === length - 1 ? kept : "");
    const words = line.slice(0, line.length - whole.length).match(/ *[^ ]+/g) ?? [];
    const blank = words.length === 0 ? "" : " ";
    return filled(whole === "" ? words : [...words, blank + whole], columns);
  }).join("\n");
}

/** Words, each with the blanks before it, on as few lines as they fit on. */
function filled(words: readonly string[], columns: number): string {
  const lines: string[] = [];
  let line = "";
  for (const word of words) {
    if (line !== "" && cellWidth(line + word) > columns) {
      lines.push(line);
      line = word.trimStart();
    } else line += word;
  }
  return [...lines, line].join("\n");
}

function decoded(bytes: readonly number[]): string {
  return new TextDecoder().decode(new Uint8Array(bytes)).replace(/\r$/, "");
}

function write(stream: Stream, text: string): void {
  writeBytes(stream, new TextEncoder().encode(text));
}

function writeBytes(stream: Stream, bytes: Uint8Array): void {
  try {
    for (let done = 0; done < bytes.length;) done += stream.writeSync(bytes.subarray(done));
  } catch (error) {
    // Nobody is reading any more, as in `claude-multi list | head -1`.
    if (codeOf(error) !== "EPIPE") throw error;
  }
}
