// The commands that stand between a person and their work: loaded alone, without all the others.
import type { Command } from "./declaration.ts";
import { hook } from "./hook.ts";
import { pick } from "./pick.ts";
import { run } from "./run.ts";

/** Commands whose start-up counts. */
export const QUICK_COMMANDS: readonly Command[] = [run, pick, hook];
