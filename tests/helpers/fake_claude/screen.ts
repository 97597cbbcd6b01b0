// The stand-in on a terminal: reads raw keys, and prints plain lines and a prompt.
import type { Session } from "./session.ts";
import { StatusLine } from "./status_line.ts";

const PROMPT = "❯ ";
const MODES_ON = "\x1b[?2004h\x1b[?25l";
const MODES_OFF = "\x1b[?2004l\x1b[?25h";

/** Raw keys of the terminal, in order. */
export class Keys {
  #buffer = "";
  #wake: (() => void) | null = null;
  #ended = false;

  constructor() {
    Deno.stdin.setRaw(true);
    write(MODES_ON);
    void this.#pump();
  }

  /** The next key: one character or one escape sequence; null once the terminal is gone. */
  async next(): Promise<string | null> {
    while (this.#buffer === "") {
      if (this.#ended) return null;
      await new Promise<void>((resolve) => this.#wake = resolve);
    }
    // deno-lint-ignore no-control-regex
    const key = this.#buffer.match(/^(?:\x1b\[[0-9;?]*[A-Za-z~]|[^])/u)?.[0] ?? this.#buffer;
    this.#buffer = this.#buffer.slice(key.length);
    return key;
  }

  /** Restores the terminal. */
  restore(): void {
    try {
      Deno.stdin.setRaw(false);
      write(MODES_OFF);
    } catch {
      // The terminal is gone.
    }
  }

  async #pump(): Promise<void> {
    const decoder = new TextDecoder();
    const bytes = new Uint8Array(4096);
    while (true) {
      const n = await Deno.stdin.read(bytes).catch(() => null);
      if (n === null) break;
      this.#buffer += decoder.decode(bytes.subarray(0, n), { stream: true });
      this.#wake?.();
    }
    this.#ended = true;
    this.#wake?.();
  }
}

/** Asks a question with numbered answers: arrows and Enter or a digit choose, Esc returns null. */
export async function choose(
  keys: Keys,
  question: { title: string; answers: readonly string[]; standing?: number },
): Promise<number | null> {
  let at = question.standing ?? 0;
  print(question.title);
  question.answers.forEach((answer, i) => print(`  ${i + 1}. ${answer}`));
  while (true) {
    print(`  chosen: ${at + 1}. ${question.answers[at]}`);
    const key = await keys.next();
    if (key === null || key === "\x1b" || key === "\x03") return null;
    if (key === "\r" || key === "\n") return at;
    if (key === "\x1b[A") at = Math.max(0, at - 1);
    else if (key === "\x1b[B") at = Math.min(question.answers.length - 1, at + 1);
    else if (Number(key) >= 1 && Number(key) <= question.answers.length) return Number(key) - 1;
  }
}

/** Runs an interactive session until the user leaves it. */
export async function converse(
  session: Session,
  options: { keys: Keys; greeting: string; first: string | null },
): Promise<void> {
  const { keys } = options;
  let typed = "";
  let leaving: string | null = null;
  let busy = false;
  let held: { timer: number; prompt: string } | null = null;
  const queue: string[] = options.first ? [options.first] : [];
  const statusLine = new StatusLine(session, { size: terminalSize });
  statusLine.onLines = (lines) => {
    lines.forEach(print);
    prompt();
  };
  print(options.greeting);
  prompt();
  void statusLine.update();
  await work();

  while (true) {
    const key = await keys.next();
    if (key === null) break;
    const again = leaving === key;
    leaving = null;
    if (key === "\x03" || key === "\x04") {
      if (key === "\x03" && session.interrupt()) print("Interrupted");
      else if (again) break;
      else {
        leaving = key;
        print(`Press Ctrl-${key === "\x03" ? "C" : "D"} again to exit`);
        prompt();
      }
    } else if (key === "\x1b") cancelHold();
    else if (key === "\x7f" || key === "\b") typed = typed.slice(0, -1);
    else if (key === "\r" || key === "\n") {
      const line = typed.trim();
      typed = "";
      write("\r\n");
      if (line === "/exit" || line === "/quit") break;
      if (line !== "") queue.push(line);
      void work();
    } else if (!key.startsWith("\x1b")) {
      typed += key;
      write(key);
    }
  }
  cancelHold();
  statusLine.stop();

  async function work(): Promise<void> {
    if (busy) return;
    busy = true;
    for (let line = queue.shift(); line !== undefined; line = queue.shift()) {
      cancelHold();
      if (line === "/clear") await session.clear();
      else await answer(line);
      void statusLine.update();
      prompt();
    }
    busy = false;
  }

  async function answer(line: string): Promise<void> {
    const result = await session.turn(line);
    print(`● ${result.text}`);
    if (result.limitedUntilMs === null) return;
    if (!session.settings.autoContinue) return print("/rate-limit-options");
    print("Usage limit reached · continuing automatically at the reset · esc to cancel");
    // A limited client stays alive and retries by itself (CONTRACT §8).
    const waitMs = Math.min(result.limitedUntilMs - Date.now(), 2 ** 31 - 1);
    const timer = setTimeout(() => {
      print("Continuing automatically");
      queue.push(line);
      void work();
    }, waitMs);
    held = { timer, prompt: line };
  }

  function cancelHold(): void {
    if (held) clearTimeout(held.timer);
    held = null;
  }

  function prompt(): void {
    write(`${PROMPT}${typed}`);
  }
}

/** Size of the terminal; 80 × 24 without one. */
export function terminalSize(): { columns: number; rows: number } {
  try {
    return Deno.consoleSize();
  } catch {
    return { columns: 80, rows: 24 };
  }
}

/** Writes a line; raw mode needs the carriage return. */
export function print(line: string): void {
  write(`\r${line}\x1b[K\r\n`);
}

function write(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += Deno.stdout.writeSync(bytes.subarray(at));
}
