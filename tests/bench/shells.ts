// What sourcing our file costs a new shell: many times in one process, minus the process itself.
import { runMulti } from "../helpers/binaries.ts";
import { needs } from "../helpers/needs.ts";
import { TempHome } from "../helpers/temp_home.ts";
import type { Verdicts } from "./verdicts.ts";

/** How often one process sources the file. */
const TIMES = 100;
const GOAL_MS = 2;

const SHELLS = [
  { shell: "bash", args: ["--norc", "--noprofile", "-c"] },
  { shell: "zsh", args: ["-f", "-c"] },
  { shell: "fish", args: ["--no-config", "-c"] },
] as const;

/** A row for each installed shell, with three accounts: milliseconds for sourcing the file once. */
export async function shellRows(
  options: { pairs: number; part: string; verdicts: Verdicts },
): Promise<string[]> {
  const rows: string[] = [];
  for (const { shell, args } of SHELLS) {
    const name = `sourcing init.${shell}, 3 accounts`;
    if (!name.includes(options.part) || (shell !== "bash" && needs(shell).ignore)) continue;
    await using home = await TempHome.create();
    home.writeConfig({ accounts: [{ name: "personal" }, { name: "work" }, { name: "spare" }] });
    await runMulti(["setup"], { home });
    const file = `${home.multi}/shell/init.${shell}`;
    const loop = (body: string) =>
      shell === "fish"
        ? `for i in (seq ${TIMES}); ${body}; end`
        : `for i in {1..${TIMES}}; do ${body}; done`;
    const run = async (body: string) => {
      const startMs = performance.now();
      const { success } = await new Deno.Command(shell, {
        args: [...args, loop(body)],
        clearEnv: true,
        env: home.env(),
        stdin: "null",
      }).output();
      if (!success) throw new Error(`Cannot measure ${shell}`);
      return performance.now() - startMs;
    };
    const costs: number[] = [];
    for (let pair = -1; pair < options.pairs; pair++) {
      const [without, withFile] = [await run("true"), await run(`. ${file}`)];
      if (pair >= 0) costs.push((withFile - without) / TIMES);
    }
    const median = costs.toSorted((a, b) => a - b)[Math.floor(costs.length / 2)] ?? NaN;
    const verdict = options.verdicts.of(median, GOAL_MS);
    rows.push(`${name.padEnd(40)}${median.toFixed(2)} ms, at most ${GOAL_MS}  ${verdict}`);
  }
  return rows;
}
