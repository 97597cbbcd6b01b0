// HTML from templates that escape everything that is put into them.
import { cleanText } from "../../text/cells.ts";

/** HTML that is safe to put into a page. */
export class Markup {
  constructor(readonly text: string) {}
}

/** What may stand in a template: text is escaped, markup isn't; null and false are nothing. */
export type Part = string | number | Markup | null | false | readonly Part[];

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * A template of HTML: ``markup`<td>${name}</td>` ``. The formatter would change the blanks in one that is
 * called `html`.
 */
export function markup(strings: readonly string[], ...parts: readonly Part[]): Markup {
  return new Markup(strings.map((text, at) => text + markupOf(parts[at] ?? null)).join(""));
}

function markupOf(part: Part): string {
  if (part === null || part === false) return "";
  if (part instanceof Markup) return part.text;
  if (typeof part === "object") return part.map(markupOf).join("");
  return String(part).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? "");
}

/** The name of an account or a folder: one line without invisible characters, `?` if nothing is left. */
export function nameText(name: string): string {
  return cleanText(name) || "?";
}
