// Verdicts: whether a row meets its goal, and whether all rows of a table did.

/** The verdicts of one table, with goals multiplied by `scale` (default: 1). */
export class Verdicts {
  #over = 0;

  constructor(private readonly scale = 1) {}

  /** The word at the end of a row. */
  of(measured: number, goal: number): "ok" | "OVER" {
    // Not a number means that it wasn't measured, which misses the goal.
    if (measured <= goal * this.scale) return "ok";
    this.#over++;
    return "OVER";
  }

  /** The exit code after every row is printed: 1 if one was over its goal. */
  get exitCode(): number {
    return this.#over === 0 ? 0 : 1;
  }
}
