// The commands whose start-up time matters most, loaded without the others.
import type { Command } from "../cli/command.ts";
import { pick } from "./pick.ts";
import { run } from "./run.ts";

/** The command of this name if it is one of them, else null. */
export async function quickCommand(name: string | undefined): Promise<Command | null> {
  if (name === "run") return run;
  if (name === "pick") return pick;
  if (name === "ide") return (await import("./ide.ts")).ide;
  if (name === "stats") return (await import("./stats.ts")).stats;
  return name === "hook" ? (await import("./hook.ts")).hook : null;
}
