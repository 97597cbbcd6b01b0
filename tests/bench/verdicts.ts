// The one room for verdicts: whether a row keeps its goal, and whether all of a table did.

/** The verdicts of one table; goals times `scale`, 1 unless given. */
export class Verdicts {
  #over = 0;

  constructor(private readonly scale = 1) {}

  /** The word at the end of a row. */
  of(measured: number, goal: number): "ok" | "OVER" {
    // What is no number was not measured, and keeps no goal.
    if (measured <= goal * this.scale) return "ok";
    this.#over++;
    return "OVER";
  }

  /** The exit code once every row is printed: 1 when one was over its goal. */
  get exitCode(): number {
    return this.#over === 0 ? 0 : 1;
  }
}
