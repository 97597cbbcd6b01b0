// Why an account has its place in a ranking, as the cells of a table and the lines below a row.
import type { Reason } from "../balance/reasons.ts";
import { noteText, percent, usedText } from "../balance/reasons.ts";
import type { Ranked } from "../balance/ranking.ts";
import { noWindowText, WINDOW_LABEL } from "../balance/windows.ts";
import { wrapped } from "../cli/columns.ts";
import type { Cell, Column, Text } from "../cli/table.ts";
import { formatDuration, formatScore } from "../text/format.ts";

/** The columns of the terms of a score; a policy fills only those that it uses. */
const TERMS = {
  fiveHour: { head: "5h used", right: true },
  sevenDay: { head: "7d used", right: true },
  room: { head: "5h lasts", right: true },
  pace: { head: "pace of 7d" },
  passed: { head: "7d passed", right: true },
  starts: { head: "starts" },
  rested: { head: "rested", right: true },
  running: { head: "running", right: true },
} as const satisfies Record<string, Column>;

type Term = keyof typeof TERMS;

/** Those that a table with columns for windows and running sessions lacks. */
export const OTHER_TERMS: readonly Term[] = ["room", "pace", "passed", "starts", "rested"];
/** All of them. */
export const ALL_TERMS = Object.keys(TERMS) as readonly Term[];

/** The columns of these terms. */
export function termColumns(terms: readonly Term[]): Column[] {
  return terms.map((term) => TERMS[term]);
}

/** The cells of these terms; empty for a term that the score doesn't have. */
export function termCells({ reasons }: Pick<Ranked, "reasons">, terms: readonly Term[]): Cell[] {
  return terms.map((term) => {
    const texts = reasons.flatMap((reason) => {
      const shown = termOf(reason);
      return shown?.term === term ? [shown.text] : [];
    });
    const isUnknown = reasons.some((reason) =>
      reason.kind === "unknown" &&
      (reason.window === "five_hour" ? "fiveHour" : "sevenDay") === term
    );
    return isUnknown && texts.length > 0 ? { text: "?", style: "dim" } : texts.join(", ");
  });
}

/** The column of a reason that is a term of the score, and what it says there; null if it is none. */
function termOf(reason: Reason): { term: Term; text: string } | null {
  const ofModel = "model" in reason && reason.model !== undefined ? ` ${reason.model}` : "";
  switch (reason.kind) {
    case "left":
      return {
        term: reason.window === "five_hour" ? "fiveHour" : "sevenDay",
        text: `${usedText(reason)}${ofModel}`,
      };
    case "none":
      return { term: "fiveHour", text: noWindowText(reason.window) };
    case "room": {
      const { minutes, most } = reason;
      if (minutes === null) return { term: "room", text: noWindowText("five_hour") };
      const atLeast = minutes >= most ? "≥" : "";
      return { term: "room", text: `${atLeast}${formatDuration(minutes * 60_000)}` };
    }
    case "pace":
      return {
        term: "pace",
        text: `${percent(Math.abs(reason.percent))} ${
          reason.percent < 0 ? "ahead" : "behind"
        }${ofModel}`,
      };
    case "elapsed":
      return { term: "passed", text: `${percent(reason.percent)}${ofModel}` };
    case "starts":
      return { term: "starts", text: `${WINDOW_LABEL[reason.window]} +${reason.points}` };
    case "rested":
      return { term: "rested", text: formatDuration(reason.minutes * 60_000) };
    case "running":
      return { term: "running", text: String(reason.sessions) };
    default:
      return null;
  }
}

/** What is said once, below the table. */
const BELOW: ReadonlyArray<Reason["kind"]> = ["owner", "restricted", "level", "unknown"];

/** What the `?` of a table mean if there is one, as lines. */
export function unknownLines(ranked: readonly Ranked[]): string[] {
  const isUnknown = ranked.some(({ reasons }) => reasons.some(({ kind }) => kind === "unknown"));
  return isUnknown ? ["?: unknown, counts as unused"] : [];
}

/** The reasons that are no terms of the score, each in words: limits, old figures. */
export function notesOf({ reasons }: Pick<Ranked, "reasons">): string[] {
  return reasons.filter((reason) => termOf(reason) === null && !BELOW.includes(reason.kind)).map(
    noteText,
  );
}

/** The notes of a row as lines of a table that is `cells` wide, indented by `indent` blanks. */
export function noteLines(
  row: Pick<Ranked, "reasons">,
  { cells, indent }: { cells: number; indent: number },
): Array<{ line: Text }> {
  const blank = " ".repeat(indent);
  return notesOf(row).flatMap((note) =>
    wrapped(note, Math.max(20, cells - indent)).map((line) => ({
      line: { text: blank + line, style: "dim" } as const,
    }))
  );
}

/** The score of a row; that of a limited account says nothing, because it comes last in any case. */
export function scoreText({ score, limited }: Pick<Ranked, "score" | "limited">): Cell {
  return limited ? { text: "–", style: "dim" } : formatScore(score);
}
