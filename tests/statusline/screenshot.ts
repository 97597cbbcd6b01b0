// Draws the real output of the built status line as a picture: docs/statusline-dark.svg and -light.svg.
// usage: .ci/deno run -A tests/statusline/screenshot.ts [FOLDER]
import { cellWidth } from "../../lib/statusline/clean_text.ts";
import { runStatusline } from "../helpers/binaries.ts";
import { readFixture, repositoryPath } from "../helpers/paths.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { callLine, promptLine } from "./lines.ts";

const CELL = { width: 8.43, height: 22 };
const PADDING = 14;
const COLORS = {
  dark: { background: "#16181d", text: "#9ca3af", heading: "#5c6370" },
  light: { background: "#fafafa", text: "#57606e", heading: "#9ca3af" },
} as const;

/** One session to draw: how full everything is, and how wide the terminal. */
const SCENES = [
  { fill: 3, columns: 120 },
  { fill: 38, columns: 120 },
  { fill: 62, columns: 120 },
  { fill: 81, columns: 120 },
  { fill: 100, columns: 120 },
  { fill: 62, columns: 80 },
  { fill: 62, columns: 60 },
  { fill: 62, columns: 40 },
] as const;

async function drawScene(
  scene: typeof SCENES[number],
  options: { home: TempHome; theme: "dark" | "light" },
): Promise<string> {
  const { home, theme } = options;
  const { fill, columns } = scene;
  home.writeConfig({
    accounts: [{ name: "work" }, { name: "personal" }],
    statusline: { theme },
  });
  const transcript = `${home.accountDir("work")}/projects/p/s${fill}.jsonl`;
  Deno.mkdirSync(`${home.accountDir("work")}/projects/p/s${fill}/subagents`, { recursive: true });
  const used = 2000 * fill;
  Deno.writeTextFileSync(
    transcript,
    callLine({ id: "a", read: used * 11, write: used, output: 700 * fill }) + promptLine() +
      callLine({ id: "b", read: Math.round(used / 5), output: 31 * fill }),
  );
  Deno.writeTextFileSync(
    `${home.accountDir("work")}/projects/p/s${fill}/subagents/agent-a.jsonl`,
    callLine({ id: "c", read: used * 2, output: 90 * fill, at: "2026-01-01T00:00:00Z" }),
  );
  const seconds = (minutes: number): number => Math.floor(Date.now() / 1000) + minutes * 60;
  const payload = {
    ...JSON.parse(readFixture("statusline-05-after-turn-with-ratelimits.json")),
    transcript_path: transcript,
    model: { display_name: "Opus 5.5" },
    effort: { level: "high" },
    context_window: {
      total_input_tokens: used,
      context_window_size: 200_000,
      used_percentage: fill,
    },
    rate_limits: {
      five_hour: { used_percentage: fill, resets_at: seconds(133) },
      seven_day: { used_percentage: Math.round(fill * 0.6), resets_at: seconds(4_560) },
    },
  };
  const { stdout } = await runStatusline([], {
    home,
    stdin: JSON.stringify(payload),
    env: {
      COLUMNS: String(columns),
      COLORTERM: "truecolor",
      CLAUDE_CONFIG_DIR: home.accountDir("work"),
      CLAUDE_MULTI_SESSION: "1",
    },
  });
  return stdout.trimEnd();
}

/** One line of text with our own colours as SVG. */
function svgLine(line: string, at: { y: number; text: string }): string {
  let column = 0;
  let color: string = at.text;
  const parts: string[] = [];
  // deno-lint-ignore no-control-regex
  for (const [, code, text] of line.matchAll(/\x1b\[([\d;]*)m|([^\x1b]+)/g)) {
    if (code !== undefined) {
      const [r, g, b] = code.split(";").slice(3);
      color = b === undefined ? at.text : `rgb(${r},${g},${b})`;
      continue;
    }
    for (const sign of text ?? "") {
      const x = PADDING + column * CELL.width;
      const share = "▏▎▍▌▋▊▉█".indexOf(sign) + 1;
      if (share > 0 || sign === "░") {
        // Blocks as shapes, so that no font leaves gaps between them.
        const width = share > 0 ? (CELL.width * share) / 8 : CELL.width;
        parts.push(
          `<rect x="${x.toFixed(2)}" y="${at.y - 13}" width="${
            (width + 0.2).toFixed(2)
          }" height="16" ` +
            `fill="${color}"${share > 0 ? "" : ' opacity="0.35"'}/>`,
        );
      } else if (sign !== " ") {
        const escaped = sign.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
        parts.push(`<text x="${x.toFixed(2)}" y="${at.y}" fill="${color}">${escaped}</text>`);
      }
      column += cellWidth(sign);
    }
  }
  return parts.join("");
}

function svg(lines: Array<{ label: string; line: string }>, theme: "dark" | "light"): string {
  const colors = COLORS[theme];
  const width = Math.ceil(2 * PADDING + 116 * CELL.width);
  let y = PADDING;
  let label = "";
  const body = lines.map(({ label: next, line }) => {
    let heading = "";
    if (next !== label) {
      label = next;
      y += CELL.height;
      heading = `<text x="${PADDING}" y="${y}" fill="${colors.heading}">${next}</text>`;
    }
    y += CELL.height;
    return heading + svgLine(line, { y, text: colors.text });
  });
  const height = y + PADDING;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" ` +
    `height="${height}" font-family="ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace" ` +
    `font-size="14" font-weight="700"><rect width="100%" height="100%" rx="8" ` +
    `fill="${colors.background}"/>${body.join("\n")}</svg>\n`;
}

const folder = Deno.args[0] ?? repositoryPath("docs");
for (const theme of ["dark", "light"] as const) {
  await using home = await TempHome.create();
  const lines: Array<{ label: string; line: string }> = [];
  for (const scene of SCENES) {
    lines.push({
      label: `${scene.columns} columns`,
      line: await drawScene(scene, { home, theme }),
    });
  }
  const path = `${folder}/statusline-${theme}.svg`;
  Deno.writeTextFileSync(path, svg(lines, theme));
  console.log(path);
}
