// When the stand-in runs the status line command, and how it uses the output.
import type { ChildRun } from "./children.ts";
import { runShell } from "./children.ts";
import type { Session } from "./session.ts";

/** Runs the command for a session: one run at a time, and a new one ends the old (CONTRACT §5). */
export class StatusLine {
  #running: ChildRun | null = null;
  #timer: number | null = null;

  constructor(
    private readonly session: Session,
    private readonly options: { size: () => { columns: number; rows: number } },
  ) {
    const seconds = session.settings.statusLine?.refreshIntervalSeconds;
    if (seconds) this.#timer = setInterval(() => void this.update(), Math.max(1, seconds) * 1000);
  }

  /** Called with the lines to show; none if the command failed or printed nothing. */
  onLines: (lines: string[]) => void = () => {};

  /** Runs the command now. */
  async update(): Promise<void> {
    const command = this.session.settings.statusLine?.command;
    if (!command) return;
    this.#running?.terminate();
    const { columns, rows } = this.options.size();
    const run = runShell(command, {
      input: this.session.payload(),
      env: {
        ...this.session.childEnv,
        COLUMNS: String(columns),
        LINES: String(rows),
        CLAUDE_EFFORT: "medium",
      },
      cwd: this.session.world.cwd,
    });
    this.#running = run;
    const { code, stdout } = await run.ended;
    if (this.#running !== run) return;
    this.#running = null;
    const lines = code === 0 ? stdout.split("\n").map((l) => l.trim()).filter((l) => l !== "") : [];
    this.onLines(lines);
  }

  /** Ends a run and the timer. */
  stop(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#running?.terminate();
    this.#running = null;
  }
}
