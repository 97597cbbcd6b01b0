// What to type to launch the same with other options.
import type { Context } from "../ports/context.ts";
import { isClientSessionId } from "../claude/session_files.ts";
import { pasteable, shellWord } from "../text/shell_quote.ts";
import type { LaunchRequest } from "./request.ts";

/** What to type to launch the same with other options: in its folder, with the conversation named. */
export function commandLine(
  context: Context,
  { args, cwd }: LaunchRequest,
  options: readonly string[],
): string {
  const run = options.join(" ");
  const typed = args.settings === null ? args.rest : ["--settings", args.settings, ...args.rest];
  const named = args.resume !== null
    ? ["--resume", args.resume].filter(Boolean)
    : args.continues
    ? ["--continue"]
    : [];
  const words = pasteable(typed);
  const model = words !== null || args.model === null ? [] : ["--model", args.model];
  if (words === null && named.length === 0) {
    return `${
      [run, ...model.length === 0 ? [] : ["--", ...model.map(shellWord)]].join(" ")
    }, with the same arguments`;
  }
  const isHere = context.processes.cwd() === cwd;
  const go = isHere ? "" : `cd ${shellWord(cwd)} && `;
  const after = words ?? [...model, ...named].map(shellWord).join(" ");
  return `${go}${run}${after === "" ? "" : ` -- ${after}`}`;
}

/**
 * The shortest line that continues the same conversation with other options: `resume` finds the folder
 * itself. null if the conversation isn't the first argument, or the others can't be pasted.
 */
export function resumeLine(
  { args: { rest, resume, settings } }: LaunchRequest,
  options: readonly string[] = [],
): string | null {
  const [first, id = "", ...more] = rest;
  const others = pasteable(more);
  const isById = first === "--resume" && id === resume && isClientSessionId(id);
  if (!isById || settings !== null || others === null) return null;
  const line = ["claude-multi resume", id, ...options].join(" ");
  return others === "" ? line : `${line} -- ${others}`;
}

/** What continues the same with other options of `resume`, or if it can't, of `run`. */
export function shortestLine(
  context: Context,
  request: LaunchRequest,
  options: readonly string[] = [],
): string {
  return resumeLine(request, options) ??
    commandLine(context, request, ["claude-multi run", ...options]);
}
