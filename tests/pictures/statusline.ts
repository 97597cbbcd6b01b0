// The status line for the pictures: the built program at several fill levels and terminal widths.
import { runStatusline } from "../helpers/binaries.ts";
import { readFixture } from "../helpers/paths.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { callLine, promptLine } from "../statusline/lines.ts";
import type { Theme } from "./svg.ts";

/** A session to draw: how full everything is, and how wide the terminal is. */
const SCENES = [
  { fill: 3, columns: 120 },
  { fill: 38, columns: 120 },
  { fill: 74, columns: 120 },
  { fill: 100, columns: 120 },
  { fill: 62, columns: 80 },
  { fill: 62, columns: 60 },
  { fill: 62, columns: 40 },
] as const;

async function drawScene(
  scene: typeof SCENES[number],
  options: { home: TempHome; theme: Theme },
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
  const seconds = (minutes: number): number => Math.floor(Date.now() / 1000) + minutes * 60 + 20;
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

/** The status line at four fill levels, and in terminals of 80, 60 and 40 columns. */
export async function statuslineLines(theme: Theme): Promise<string[]> {
  const lines: string[] = [];
  let columns = 0;
  for (const scene of SCENES) {
    if (scene.columns !== columns) {
      columns = scene.columns;
      lines.push(`\x1b[2m${columns} columns\x1b[22m`);
    }
    // Each in its own home: a shared ledger would have the readings of the fuller ones.
    await using home = await TempHome.create();
    home.seedAccount("personal");
    lines.push(await drawScene(scene, { home, theme }));
  }
  return lines;
}
