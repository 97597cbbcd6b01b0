// The one place that asks a person; nothing is asked where there is no terminal.
import type { Context } from "../context.ts";

/** Asks for yes or no; Enter and the end of input mean the default. */
export function askYes(
  context: Context,
  question: { text: string; standard: boolean },
): boolean {
  const choices = question.standard ? "[Y/n]" : "[y/N]";
  for (;;) {
    const answer = context.terminal.ask(`${question.text} ${choices} `)?.trim().toLowerCase() ?? "";
    if (answer === "") return question.standard;
    if (["y", "yes"].includes(answer)) return true;
    if (["n", "no"].includes(answer)) return false;
  }
}

/**
 * Asks for a word; Enter means the default, which may be "". A refused answer is told why and asked
 * again; the end of input means "".
 */
export function askWord(
  context: Context,
  question: { text: string; standard: string; problem: (answer: string) => string | null },
): string {
  const shown = question.standard === "" ? "" : ` [${question.standard}]`;
  for (;;) {
    const line = context.terminal.ask(`${question.text}${shown} `);
    if (line === null) return "";
    const answer = line.trim() || question.standard;
    if (answer === "") return "";
    const problem = question.problem(answer);
    if (problem === null) return answer;
    context.terminal.note(`  ${problem}`);
  }
}
