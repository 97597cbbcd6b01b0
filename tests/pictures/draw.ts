// Draws the pictures in the README from what the programs print; a test fails if they differ.
// usage: build/deno run -A tests/pictures/draw.ts   `make screenshots`
import { repositoryPath } from "../helpers/paths.ts";
import { statuslineLines } from "./statusline.ts";
import type { Theme } from "./svg.ts";
import { drawLines } from "./svg.ts";
import { chartsOf } from "./report.ts";
import { handoffLines, reportHtml, statsLines, tableLines } from "./tables.ts";

const THEMES: readonly Theme[] = ["dark", "light"];

/** The lines of each picture, by name. */
const PICTURES: Readonly<Record<string, (theme: Theme) => Promise<string[]>>> = {
  statusline: statuslineLines,
  status: () => tableLines("status", 80),
  pick: () => tableLines("pick", 80),
  handoff: () => handoffLines(80),
  stats: () => statsLines(80),
};

/** Every picture, by its path in the repository. */
export async function pictures(): Promise<Map<string, string>> {
  const drawn = new Map<string, string>();
  const page = await reportHtml();
  for (const theme of THEMES) {
    for (const [name, lines] of Object.entries(PICTURES)) {
      drawn.set(
        `docs/pictures/${name}-${theme}.svg`,
        await drawLines(await lines(theme), theme),
      );
    }
    drawn.set(`docs/pictures/report-${theme}.svg`, chartsOf(page, theme));
  }
  return drawn;
}

if (import.meta.main) {
  Deno.mkdirSync(repositoryPath("docs/pictures"), { recursive: true });
  for (const [path, svg] of await pictures()) {
    Deno.writeTextFileSync(repositoryPath(path), svg);
    console.log(path);
  }
}
