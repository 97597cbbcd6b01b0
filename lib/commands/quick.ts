// The commands that stand between a person and their work: loaded alone, without all the others.
import type { Command } from "../cli/command.ts";
import { pick } from "./pick.ts";
import { run } from "./run.ts";

/** The command of this name when it is one whose start-up counts, else null. */
export async function quickCommand(name: string | undefined): Promise<Command | null> {
  if (name === "run") return run;
  if (name === "pick") return pick;
  return name === "hook" ? (await import("./hook.ts")).hook : null;
}
