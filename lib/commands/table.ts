// The one place that lays out tables and colours for people; loaded only when one is shown.
import { styleText } from "node:util";
import type { Terminal } from "../ports.ts";

/** Styles that tables use. */
export type Style = "bold" | "dim" | "green" | "blue" | "yellow" | "red";

/** Colours text, or leaves it plain, as the terminal wants. */
export function paint(terminal: Terminal, style: Style, text: string): string {
  return terminal.color ? styleText(style, text, { validateStream: false }) : text;
}

/** The style of a percentage used: green, blue from 25, yellow from 60, red from 85. */
export function percentStyle(percentUsed: number): Style {
  if (percentUsed >= 85) return "red";
  if (percentUsed >= 60) return "yellow";
  return percentUsed >= 25 ? "blue" : "green";
}

/** Renders rows below a head in aligned columns without lines. */
export async function renderTable(
  terminal: Terminal,
  table: { head: string[]; rows: string[][] },
): Promise<string> {
  const { default: Table } = await import("cli-table3");
  const none = "";
  const chars = {
    top: none,
    "top-mid": none,
    "top-left": none,
    "top-right": none,
    bottom: none,
    "bottom-mid": none,
    "bottom-left": none,
    "bottom-right": none,
    left: none,
    "left-mid": none,
    mid: none,
    "mid-mid": none,
    right: none,
    "right-mid": none,
    middle: "  ",
  };
  const drawn = new Table({
    chars,
    style: { head: [], border: [], "padding-left": 0, "padding-right": 0 },
  });
  const rows = table.rows.map((row) => row.map(harmless));
  drawn.push(table.head.map((text) => paint(terminal, "dim", text)), ...rows);
  return drawn.toString().split("\n").map((line) => line.trimEnd()).join("\n");
}

/** Titles, folders and addresses are foreign: only colours and line ends of ours may reach a terminal. */
function harmless(cell: string): string {
  return cell.replace(
    // deno-lint-ignore no-control-regex
    /(\x1b\[[0-9;]*m|\n)|[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu,
    (_, ours: string | undefined) => ours ?? "",
  );
}
