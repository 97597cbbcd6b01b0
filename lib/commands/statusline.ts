// `statusline`: shows how the status line looks with the settings of config.json, or with others.
import { quoted } from "../config/account.ts";
import { THEMES } from "../config/config.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { shellWord } from "../text/shell_quote.ts";
import type { Context } from "../ports/context.ts";
import { cleanText, loadWidths } from "../text/cells.ts";
import type { ColorLevel, Theme } from "../statusline/color.ts";
import { colorLevelOf } from "../statusline/color.ts";
import type { Segment } from "../statusline/piece.ts";
import { leftOut, renderPreview } from "../statusline/preview.ts";
import { chooseSegments, SEGMENTS } from "../statusline/segments/mod.ts";
import type { Settings } from "../statusline/settings.ts";
import { readSettings } from "../statusline/settings.ts";
import type { Command } from "../cli/command.ts";
import { wrapped } from "../cli/columns.ts";
import { nearest } from "../text/nearest.ts";

const ACTIONS = [["preview", "draw the line of made-up sessions, from empty to full"]] as const;
const WIDTHS = [200, 120, 80, 60, 40] as const;
const FILLS = [5, 35, 70, 95, 100] as const;
const WIDEST = 500;
const COLORS: Readonly<Record<ColorLevel, string>> = {
  truecolor: "all colours",
  256: "256 colours",
  16: "16 colours",
  none: "no colours",
};
/** Stands for every segment there is. */
const ALL = "all";

/** The declaration of `statusline`. */
export const statusline: Command = {
  name: "statusline",
  group: "more",
  summary: "Show how the status line looks at several widths",
  positionals: [{
    name: "ACTION",
    summary: ACTIONS.map(([name, meaning]) => `${name}: ${meaning}`).join("; "),
    choices: ACTIONS,
  }],
  flags: [
    { name: "theme", value: "THEME", summary: "colours for a dark or a light background, or auto" },
    {
      name: "segments",
      value: "SEGMENTS",
      summary: `names of the parts, in order, separated by commas; ${ALL}: every one there is`,
    },
    {
      name: "width",
      value: "N",
      summary: "columns of the terminal; unless given, every usual width up to this one's",
    },
  ],
  details: [
    'Draws the line with the settings below "statusline" in config.json, or with those of the flags, which change nothing. The number before a line is the percentage used of the context and of the 5h window. Where space is short, what matters least gives way first.',
    "Segments: " + SEGMENTS.map(({ name }) => name).join(", ") + ".",
  ],
  examples: [
    ["claude-multi statusline preview", "your own line"],
    ["claude-multi statusline preview --segments all", "with everything it can show"],
    [
      "claude-multi statusline preview --theme light --width 100",
      "in other colours, on 100 columns",
    ],
    ["claude-multi config set statusline.segments account,context,5h,7d", "keep what you like"],
  ],
  async run(context, input) {
    const [action = ""] = input.positionals;
    if (!ACTIONS.some(([name]) => name === action)) {
      throw usage(
        `Cannot use ${quoted(action)} with "statusline": say preview`,
        "claude-multi statusline preview",
      );
    }
    const { terminal } = context;
    // As the line itself reads them, but not silent about a broken file.
    context.configFile.read();
    const settings = readSettings(context.files.readText(context.layout.configFile));
    const accounts = namesOf(settings);
    await loadWidths(accounts.join(""));
    const theme = themeOf(context, input.values["theme"] ?? settings.theme);
    const level = terminal.color ? colorLevelOf((name) => context.env.get(name) || null) : "none";
    const columns = columnsOf(input.values["width"], terminal.columns);
    const segments = segmentsOf(input.values["segments"]) ?? chooseSegments(settings.segments);
    const options = {
      columns,
      level,
      theme,
      segments,
      fills: FILLS,
      barWidth: settings.barWidth,
      padding: settings.padding,
      reserve: settings.reserve,
      account: accounts[0] ?? "work",
      elsewhere: accounts.length === 0 ? "personal" : accounts[1] ?? null,
    };
    terminal.print(
      `Percent used of context and 5h, and the line it gives (${theme}, ${COLORS[level]}):\n`,
    );
    terminal.print(renderPreview(options));
    const widest = Math.max(...columns);
    const missing = leftOut(options, widest);
    if (missing.length > 0) {
      const line = `left out at ${widest} columns: ${missing.join(", ")}`;
      terminal.print(`\n${wrapped(line, terminal.columns).join("\n")}`);
      const asked = input.values["segments"];
      const words = asked === undefined ? "" : ` --segments ${shellWord(asked)}`;
      if (widest < WIDTHS[0]) {
        terminal.print(`try: claude-multi statusline preview${words} --width ${WIDTHS[0]}`);
      }
    }
    return EXIT.ok;
  },
};

function namesOf({ accounts }: Settings): string[] {
  return accounts.filter(({ disabled }) => !disabled).map(({ name }) => cleanText(name));
}

function themeOf(context: Context, wanted: string): Theme {
  if (!THEMES.some((theme) => theme === wanted)) {
    throw usage(
      `Cannot draw the theme ${quoted(wanted)}: the themes are ${THEMES.join(", ")}`,
      `claude-multi statusline preview --theme ${nearest(wanted, THEMES) ?? "light"}`,
    );
  }
  if (wanted !== "auto") return wanted as Theme;
  const own = context.claudeHome.sharedSettings()?.["theme"];
  return typeof own === "string" && own.startsWith("light") ? "light" : "dark";
}

function segmentsOf(list: string | undefined): readonly Segment[] | null {
  if (list === undefined) return null;
  if (list.trim() === ALL) return SEGMENTS;
  const names = list.split(",").map((name) => name.trim()).filter((name) => name !== "");
  const known = SEGMENTS.map((segment) => segment.name);
  const unknown = names.find((name) => !known.includes(name));
  if (names.length > 0 && unknown === undefined) return chooseSegments(names);
  throw usage(
    unknown === undefined
      ? `Cannot draw ${quoted(list)}: it names no segment`
      : `Cannot draw the segment ${quoted(unknown)}: the segments are ${known.join(", ")}`,
    `claude-multi statusline preview --segments ${nearest(unknown ?? "", known) ?? ALL}`,
  );
}

function columnsOf(wanted: string | undefined, own: number): readonly number[] {
  if (wanted !== undefined) {
    const columns = /^\d{1,4}$/.test(wanted) ? Number(wanted) : 0;
    if (columns >= 1 && columns <= WIDEST) return [columns];
    throw usage(
      `Cannot draw ${quoted(wanted)} columns: say a whole number from 1 to ${WIDEST}`,
      "claude-multi statusline preview --width 80",
    );
  }
  const fitting = WIDTHS.filter((width) => width <= own);
  return fitting.length > 0 ? fitting : [own];
}

function usage(message: string, hint: string): UserError {
  return new UserError(message, { hint, exit: EXIT.usage });
}
