// Draws charts as SVG with Vega, without a browser, and makes them fit for a page with a strict policy.
import { transforms } from "vega-dataflow";
import * as encoders from "vega-encode";
import { parse } from "vega-parser";
import * as basics from "vega-transforms";
import { View } from "vega-view";
import * as layouts from "vega-view-transforms";
import { Markup, markup } from "./markup.ts";

/** A chart as Vega describes it. */
export type Chart = Exclude<Parameters<typeof parse>[0], null>;
/** A part of a chart that shows data. */
export type Mark = NonNullable<Chart["marks"]>[number];
/** An axis of a chart. */
export type Axis = NonNullable<Chart["axes"]>[number];
/** What places or colours values. */
export type Scale = NonNullable<Chart["scales"]>[number];

/** The widest that the marks of a chart may be, in pixels. */
export const WIDTH = 820;

/** Bands of whole pixels, which are sharper and shorter. */
export const BAND = { round: true, paddingInner: 0.15, paddingOuter: 0 } as const;

// The package `vega` also registers maps, forces and word clouds, and is half as large again.
Object.assign(transforms, basics, layouts, encoders);

/** Colours are variables of the page's style, so that one drawing serves dark, light and print. */
const CONFIG = {
  axis: {
    domainColor: "var(--line)",
    gridColor: "var(--line)",
    labelColor: "var(--soft)",
    labelFontSize: 11,
    tickColor: "var(--line)",
    tickSize: 4,
    titleColor: "var(--soft)",
    titleFontSize: 11,
    titleFontWeight: "normal",
  },
  text: { fill: "var(--soft)", fontSize: 11 },
} satisfies Parameters<typeof parse>[1];

/** Attributes that speak of single marks, which the description of the whole stands for, and the page's font. */
const NEEDLESS = / (?:aria-\w+|role|class|pointer-events|font-family)="[^"]*"| opacity="1"/g;

/** A drawing wider than this, in pixels, keeps a least width on a narrow screen, and can be scrolled. */
const WIDE = 500;

/** A drawn chart. */
export interface Drawing {
  svg: Markup;
  isWide: boolean;
}

/**
 * Draws a chart. `about` says in words what it shows; `id` is unique in the page. The description of a mark
 * becomes what a pointer over it shows.
 */
export async function draw(
  chart: Chart,
  { id, title, about }: { id: string; title: string; about: string },
): Promise<Drawing> {
  const view = new View(parse({ padding: 0, ...chart }, CONFIG), { renderer: "none" });
  const drawn = await view.toSVG();
  view.finalize();
  const [, box = "", marks = ""] = /^<svg[^>]* viewBox="([^"]*)"[^>]*>(.*)<\/svg>$/s.exec(drawn) ??
    [];
  const [, , width = ""] = box.split(" ");
  const isWide = Number(width) > WIDE;
  const look = isWide ? "wide" : "small";
  const svg =
    markup`<svg viewBox="${box}" width="${width}" class="${look}" role="img" aria-labelledby="${id}-title ${id}-about">
<title id="${id}-title">${title}</title><desc id="${id}-about">${about}</desc>
${new Markup(slim(marks))}</svg>`;
  return { svg, isWide };
}

/** A drawing without what only Vega's own programs need. Text isn't touched: no tag is made of it. */
function slim(svg: string): string {
  return svg
    .replace(/<path class="(?:back|fore)ground"[^<>]*\/>/g, "")
    .replace(
      /<path aria-label="([^"]*)" role="graphics-symbol" aria-roledescription="[^"]*"([^<>]*)\/>/g,
      "<path$2><title>$1</title></path>",
    )
    .replace(/<(?:g|text|line)\b[^<>]*>/g, (tag) => tag.replace(NEEDLESS, ""))
    .replace(/<g[^<>]*\/>/g, "");
}

/** The numbers from 0 below a count. */
export function range(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at);
}

/** A dashed outline: what isn't known. */
export function gapMark(data: string, enter: Record<string, unknown>): Mark {
  const look = {
    fill: { value: "transparent" },
    stroke: { value: "var(--gap)" },
    strokeDash: { value: [2, 2] },
  };
  return {
    type: "rect",
    from: { data },
    aria: "description" in enter,
    encode: { enter: { ...enter, ...look } },
  };
}
