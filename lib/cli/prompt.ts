// Questions to the user; only for a terminal.
import type { Context } from "../ports/context.ts";
import { EXIT, UserError } from "../text/errors.ts";

/**
 * Asks a yes/no question. Enter means `standard`; the end of input and Ctrl-C mean `ended`.
 * @throws UserError (cancelled) at the end of input and at Ctrl-C if `ended` is missing.
 */
export async function askYes(
  context: Context,
  question: { text: string; standard: boolean; ended?: boolean },
): Promise<boolean> {
  const choices = question.standard ? "[Y/n]" : "[y/N]";
  for (;;) {
    const line = await context.terminal.ask(`${question.text} ${choices} `);
    if (line === null) return question.ended ?? cancelled();
    const answer = line.trim().toLowerCase();
    if (answer === "") return question.standard;
    if (["y", "yes"].includes(answer)) return true;
    if (["n", "no"].includes(answer)) return false;
    context.terminal.note("  type y or n, or just Enter");
  }
}

/**
 * Asks for a word. Enter means `standard`, which may be "". After an answer with a problem, says what was
 * probably `meant` and asks the same again: Enter never takes something that the user didn't type.
 * @throws UserError (cancelled) at the end of input and at Ctrl-C.
 */
export async function askWord(
  context: Context,
  question: {
    text: string;
    standard: string;
    problem: (answer: string) => string | null;
    meant: (answer: string) => string | null;
  },
): Promise<string> {
  const { text, standard } = question;
  for (;;) {
    const shown = standard === "" ? "" : ` [${standard}]`;
    const line = await context.terminal.ask(`${text}${shown} `);
    if (line === null) return cancelled();
    const answer = line.trim() || standard;
    if (answer === "") return "";
    const problem = question.problem(answer);
    if (problem === null) return answer;
    const meant = question.meant(answer);
    const isGood = meant !== null && question.problem(meant) === null;
    context.terminal.note(`  ${problem}${isGood ? `, such as ${meant}` : ""}`);
  }
}

function cancelled(): never {
  throw new UserError("cancelled; nothing more was changed", {
    exit: EXIT.cancelled,
  });
}
