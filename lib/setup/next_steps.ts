// The next steps after a setup, as commands to type.
import type { Context } from "../ports/context.ts";
import { clientProblem } from "../claude/executable.ts";
import { wrapped } from "../cli/columns.ts";
import { tildePath } from "../config/paths.ts";
import { shellWord } from "../text/shell_quote.ts";
import type { Shell } from "./shells.ts";
import { SHELLS } from "./shells.ts";
import type { UnfinishedLogin } from "./unfinished_logins.ts";
import { renewingLine } from "./open_shells.ts";
import { isInStartFile, lineFor, loadingCommand, loginShell, startFilesOf } from "./rc_files.ts";

/**
 * Prints what is left to do. `before` are the shells that already had our line, `unfinished` the accounts
 * without a login of their own.
 */
export function conclude(
  context: Context,
  { before, unfinished }: { before: readonly Shell[]; unfinished: readonly UnfinishedLogin[] },
): void {
  const { terminal, layout } = context;
  const config = context.configFile.read();
  const { accounts } = config;
  const now = SHELLS.filter((shell) => isInStartFile(context, shell));
  const fresh = now.filter((shell) => !before.includes(shell));
  const shell = fresh.find((name) => name === loginShell(context)) ?? fresh[0];
  const us = ourName(context);
  const client = clientProblem(context, config);
  const next = client === null ? [] : [client.hint ?? client.message];
  if (accounts.length === 0) next.push(`${us} add NAME`);
  for (const { fix } of unfinished) next.push(fix.replace(/^claude-multi/, () => us));
  if (accounts.length > 0 && now.length === 0) {
    next.push(`${us} setup --shell ${loginShell(context) === null ? SHELLS[0] : "auto"}`);
    terminal.print("\nto define cl in new shells, add a line to their start file:");
    for (const shell of SHELLS) {
      const path = tildePath(startFilesOf(context, shell)[0] ?? "", layout.home);
      terminal.print(`  ${shell.padEnd(4)}  ${path.padEnd(26)} ${lineFor(context, shell)}`);
    }
  }
  const isDone = next.length === 0;
  if (isDone) next.push("cl");
  if (shell !== undefined) {
    next.unshift(`open a new terminal, or type: ${loadingCommand(context, shell)}`);
  }
  const wrong = unfinished.flatMap((one) => one.wrong ?? []);
  if (wrong.length > 0) terminal.print(`\nnot finished: ${wrong.join("\n              ")}`);
  terminal.print(`\n${isDone ? "all set\n" : ""}next: ${next.join("\n      ")}`);
  // Our line may be newer than the shell that this was typed in.
  const isOld = client === null && shell === undefined;
  const renewing = isOld ? renewingLine(context) : null;
  if (renewing !== null) terminal.print(`if this terminal doesn't know cl yet, type: ${renewing}`);
}

/** Says how to keep conversations apart; nothing as long as there is one account, or once there is a group. */
export function mentionGroups(context: Context): void {
  const { configFile, terminal } = context;
  const { accounts } = configFile.read();
  const [, second] = accounts;
  if (second === undefined || accounts.some(({ group }) => group !== null)) return;
  terminal.print("");
  const text =
    `groups    conversations may move between all accounts; to keep those of "${second.name}" apart, for example:`;
  for (const line of wrapped(text, Math.min(terminal.columns, 80), { indent: " ".repeat(10) })) {
    terminal.print(line);
  }
  // A line to copy stays in one piece.
  terminal.print(`  ${ourName(context)} config set accounts.${second.name}.group office`);
}

/** How to type `claude-multi`: with its path if neither a start file nor PATH defines it. */
export function ourName(context: Context): string {
  const { layout, processes } = context;
  const isKnown = definesCl(context) || processes.find("claude-multi", () => true) !== null;
  if (isKnown) return "claude-multi";
  const shown = tildePath(processes.executable(), layout.home);
  return /^~[\w@%+=:,./-]+$/.test(shown) ? shown : shellWord(processes.executable());
}

/** What to type for a session on an account: `cl-NAME` only if a start file defines it. */
export function sessionCommand(context: Context, name: string): string {
  return definesCl(context) ? `cl-${name}` : `${ourName(context)} run --account ${name}`;
}

function definesCl(context: Context): boolean {
  return SHELLS.some((shell) => isInStartFile(context, shell));
}
