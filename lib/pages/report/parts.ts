// What sections of a report are made of: figures with their exact values, charts, keys, tables.
import { formatPercent } from "../../text/format.ts";
import { hoursText, minutesText, tokensText } from "../wording.ts";
import type { Shade } from "./heat_maps.ts";
import type { Chart } from "./drawing.ts";
import { draw } from "./drawing.ts";
import type { Markup } from "./markup.ts";
import { markup } from "./markup.ts";

/** A figure with its exact value, as `stats --json` has it; null is unknown. */
export function figure(value: number | null, text: string): Markup {
  return value === null
    ? markup`<span class="soft">?</span>`
    : markup`<data value="${value}">${text}</data>`;
}

/** A number of things, with a noun if there is one: `1 day`, `2 days`. */
export function count(value: number | null, noun?: string): Markup {
  const number = figure(value, String(value));
  return noun === undefined ? number : markup`${number} ${noun}${value === 1 ? "" : "s"}`;
}

export const hours = (value: number | null): Markup => figure(value, hoursText(value ?? 0));
export const minutes = (value: number | null): Markup => figure(value, minutesText(value ?? 0));
export const tokens = (value: number | null): Markup => figure(value, tokensText(value ?? 0));
/** Whole percent, of 0–100. */
export const percent = (value: number | null): Markup =>
  figure(value, formatPercent(Math.round(value ?? 0)));

/** A chart with its caption; `about` says in words what it shows. */
export async function chartFigure(
  chart: Chart,
  { id, title, note, about }: { id: string; title: string; note?: string; about: string },
): Promise<Markup> {
  const { svg, isWide } = await draw(chart, { id, title, about });
  const caption = note === undefined ? null : markup` <span class="soft">${note}</span>`;
  return markup`<figure>
<figcaption><h3 id="${id}">${title}</h3>${caption}</figcaption>
${isWide ? scrolled(svg, title) : svg}
</figure>
`;
}

/** Something that may be wider than the screen: in the order of Tab, so that keys can scroll it. */
function scrolled(content: Markup, label: string): Markup {
  return markup`<div class="scroll" tabindex="0" role="group" aria-label="${label}">${content}</div>`;
}

/** What the colours of a chart stand for: `limit` and `gap` are marks, others colours of the style. */
export function key(entries: ReadonlyArray<readonly [mark: string, label: string]>): Markup {
  const items = entries.map(([mark, label]) =>
    markup`<li><svg viewBox="0 0 12 12" width="12" height="12" aria-hidden="true">${
      swatch(mark)
    }</svg>${label}</li>`
  );
  return markup`<ul class="key" aria-label="Key">${items}</ul>
`;
}

function swatch(mark: string): Markup {
  switch (mark) {
    case "limit":
      return markup`<circle cx="6" cy="6" r="3.5" fill="var(--full)"/>`;
    case "gap":
      return markup`<rect x=".5" y=".5" width="11" height="11" rx="2" fill="none" stroke="var(--gap)" stroke-dasharray="2 2"/>`;
    default:
      return markup`<rect width="12" height="12" rx="2" fill="var(--${mark})"/>`;
  }
}

/** The entries of a key for a scale of colours. */
export function shadeKey(shades: readonly Shade[]): Array<readonly [string, string]> {
  return shades.map(({ color, label }) => [color, label]);
}

/** A table; the first cell of each row is its head. */
export interface Table {
  caption: string;
  columns: readonly string[];
  rows: ReadonlyArray<ReadonlyArray<Markup | string>>;
}

/** A table. */
export function table({ caption, columns, rows }: Table): Markup {
  const head = columns.map((text) => markup`<th scope="col">${text}</th>`);
  const body = rows.map(([first = "", ...cells]) =>
    markup`<tr><th scope="row">${first}</th>${cells.map((cell) => markup`<td>${cell}</td>`)}</tr>
`
  );
  return scrolled(
    markup`<table>
<caption>${caption}</caption>
<thead><tr>${head}</tr></thead>
<tbody>
${body}</tbody>
</table>`,
    caption,
  );
}

/** A table that is folded away until someone asks for it. */
export function folded(of: Table): Markup {
  return markup`<details><summary>Table: ${of.caption}</summary>${table(of)}</details>
`;
}
