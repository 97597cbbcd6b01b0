// Real terminals for tests: a program in a tmux pane, with its own socket.

/** How to start a program on a terminal. */
export interface PtyOptions {
  /** The whole environment of the program. */
  env: Record<string, string>;
  cwd: string;
  columns?: number;
  rows?: number;
}

/**
 * Runs the program and stores its process id and exit code, which tmux itself forgets for some
 * programs. Signals from the terminal are for the program, not for this shell.
 */
const KEEPER = `
trap : INT QUIT
sh -c 'echo $$ >"$0/pid"; exec "$@"' "$0" "$@"
echo $? >"$0/code.new"
mv "$0/code.new" "$0/code"
`;

const POLL_MS = 50;

/** A terminal with one program: `await using pty = await Pty.start([...], {...})`. */
export class Pty implements AsyncDisposable {
  private constructor(private readonly dir: string) {}

  /** Starts a program, given as argument vector, on a new terminal (default: 120 × 40). */
  static async start(command: readonly string[], options: PtyOptions): Promise<Pty> {
    const pty = new Pty(await Deno.makeTempDir({ prefix: "claude-multi-pty-" }));
    const variables = Object.entries(options.env).map(([name, value]) => `${name}=${value}`);
    try {
      await pty.#tmux(
        ...["set-option", "-g", "remain-on-exit", "on", ";"],
        // Without this a lone Esc waits half a second for more.
        ...["set-option", "-s", "escape-time", "0", ";"],
        ...["new-session", "-d", "-x", `${options.columns ?? 120}`, "-y", `${options.rows ?? 40}`],
        ...["-c", options.cwd],
        ...["env", "-i", ...variables, "sh", "-c", KEEPER, pty.dir, ...command].map(plain),
      );
    } catch (error) {
      await pty[Symbol.asyncDispose]();
      throw error;
    }
    return pty;
  }

  /** Types text as it is, without Enter. */
  async type(text: string): Promise<void> {
    await this.#tmux("send-keys", "-l", "--", plain(text));
  }

  /** Presses keys by their tmux names: Enter, Escape, C-c, C-d, Up … */
  async keys(...names: readonly string[]): Promise<void> {
    await this.#tmux("send-keys", ...names);
  }

  /**
   * Types a line and presses Enter once the screen shows it, at the latest after a second:
   * a program that gets both at once may take them for pasted text.
   */
  async enter(line: string): Promise<void> {
    await this.type(line);
    const deadlineMs = Date.now() + 1_000;
    while (!(await this.capture()).includes(line.slice(-20)) && Date.now() < deadlineMs) {
      await pause();
    }
    await this.keys("Enter");
  }

  /** The screen as text; `ansi` keeps colours, `history` adds what has scrolled away. */
  async capture(options: { ansi?: boolean; history?: boolean } = {}): Promise<string> {
    return await this.#tmux(
      "capture-pane",
      "-p",
      ...(options.ansi ? ["-e"] : []),
      ...(options.history ? ["-S", "-"] : []),
    );
  }

  /**
   * Waits until the screen matches and returns it.
   * @throws Error with the screen if it never does, or if the program ends before.
   */
  async waitFor(pattern: RegExp, timeoutMs = 60_000): Promise<string> {
    const deadlineMs = Date.now() + timeoutMs;
    while (true) {
      const code = this.#kept("code");
      const screen = await this.capture();
      if (pattern.test(screen)) return screen;
      if (code !== null || Date.now() > deadlineMs) {
        const why = code === null ? `${timeoutMs} ms passed` : `the program ended with ${code}`;
        throw new Error(`${pattern} did not appear: ${why}\n--- screen\n${screen.trimEnd()}\n---`);
      }
      await pause();
    }
  }

  /** The title of the terminal. */
  async title(): Promise<string> {
    return (await this.#tmux("display-message", "-p", "#{pane_title}")).trim();
  }

  /**
   * Waits until the terminal has this title.
   * @throws Error with its title if it never does.
   */
  async waitForTitle(title: string, timeoutMs = 60_000): Promise<void> {
    const deadlineMs = Date.now() + timeoutMs;
    for (let now = await this.title(); now !== title; now = await this.title()) {
      if (Date.now() > deadlineMs) throw new Error(`the title stays ${JSON.stringify(now)}`);
      await pause();
    }
  }

  /** Changes the size of the terminal. */
  async resize(columns: number, rows: number): Promise<void> {
    await this.#tmux("resize-window", "-x", `${columns}`, "-y", `${rows}`);
  }

  /** Process id of the program. */
  async pid(): Promise<number> {
    for (let n = this.#kept("pid");; n = this.#kept("pid")) {
      if (n !== null) return n;
      await pause();
    }
  }

  /**
   * Waits for the program's end and returns its exit code, 128 + n after signal n.
   * @throws Error with the screen if it is still running.
   */
  async ended(timeoutMs = 60_000): Promise<number> {
    const deadlineMs = Date.now() + timeoutMs;
    while (true) {
      const code = this.#kept("code");
      if (code !== null) return code;
      if (Date.now() > deadlineMs) {
        throw new Error(`The program still runs\n--- screen\n${await this.capture()}\n---`);
      }
      await pause();
    }
  }

  /** Ends the terminal and everything that is running on it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#tmux("kill-server").catch(() => {});
    await Deno.remove(this.dir, { recursive: true }).catch(() => {});
  }

  #kept(name: "pid" | "code"): number | null {
    try {
      const text = Deno.readTextFileSync(`${this.dir}/${name}`).trim();
      return text === "" ? null : Number(text);
    } catch {
      return null;
    }
  }

  async #tmux(...args: readonly string[]): Promise<string> {
    const output = await new Deno.Command("tmux", {
      args: ["-u", "-S", `${this.dir}/socket`, "-f", "/dev/null", ...args],
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH") ?? "", TERM: "xterm-256color", LANG: "C.UTF-8" },
      stdin: "null",
    }).output();
    if (output.success) return new TextDecoder().decode(output.stdout);
    const message = new TextDecoder().decode(output.stderr).trim();
    throw new Error(`tmux ${args[0]} failed: ${message}`);
  }
}

/** tmux takes a semicolon at the end of an argument for the end of its command. */
function plain(text: string): string {
  return text.endsWith(";") ? `${text.slice(0, -1)}\\;` : text;
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, POLL_MS));
}
