// The picture of a report: charts out of the page itself, so that no browser's fonts or versions are in it.
import { STYLE } from "../../lib/pages/report/style.ts";
import type { Theme } from "./svg.ts";

const WIDTH = 900;
const PADDING = 24;
/** The charts that are shown, as the page's ids begin. */
const SHOWN = /^(days|weeks-[01]$)/;

/** The colours of a theme, as the page's style declares them. */
function colorsOf(theme: Theme): string {
  const [light = "", dark = ""] = [...STYLE.matchAll(/:root\{[^}]*?(--paper:[^}]*)\}/g)]
    .map(([, colors = ""]) => colors.replaceAll("\n", ""));
  return theme === "light" ? light : dark;
}

/** Charts of a page below each other, each with its caption. */
export function chartsOf(page: string, theme: Theme): string {
  const parts: string[] = [];
  let y = PADDING;
  const figures = page.matchAll(
    /<h3 id="([\w-]+)">([^<]*)<\/h3> <span class="soft">([^<]*)<[^]*?<svg viewBox="0 0 (\d+) (\d+)"[^>]*>([^]*?)<\/svg>/g,
  );
  for (const [, id = "", title, note, width, height, body = ""] of figures) {
    if (!SHOWN.test(id)) continue;
    // What a pointer shows, and descriptions, have no place in a picture.
    const marks = body.replace(/<(title|desc)[^>]*>[^<]*<\/\1>/g, "");
    parts.push(
      `<text x="${PADDING}" y="${
        y + 14
      }" font-size="14" fill="var(--ink)" font-weight="600">${title}` +
        `<tspan dx="10" font-weight="400" fill="var(--soft)">${note}</tspan></text>`,
      `<svg x="${PADDING}" y="${
        y + 24
      }" width="${width}" height="${height}" overflow="visible">${marks.trim()}</svg>`,
    );
    y += 24 + Number(height) + 18;
  }
  if (parts.length < 4) throw new Error("the page has fewer charts than the picture shows");
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${y}" width="${WIDTH}" height="${y}" ` +
    `font-family="system-ui,'DejaVu Sans',Helvetica,Arial,sans-serif">` +
    `<style>:root{${colorsOf(theme)}}</style>` +
    `<rect width="100%" height="100%" rx="8" fill="var(--paper)"/>\n${parts.join("\n")}\n</svg>\n`;
}
