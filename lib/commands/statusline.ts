// `statusline`: shows how the status line looks with the settings of config.json, or with others.
import { FIELDS } from "../config/fields.ts";
import { EXIT } from "../text/errors.ts";
import { shellWord } from "../text/shell_quote.ts";
import type { ColorLevel } from "../statusline/color.ts";
import type { Segment } from "../statusline/piece.ts";
import { LEGEND } from "../statusline/legend.ts";
import { leftOut, renderPreview } from "../statusline/preview.ts";
import { previewSettings } from "../statusline/preview_settings.ts";
import { chooseSegments, SEGMENTS } from "../statusline/segments/mod.ts";
import type { Command } from "../cli/command.ts";
import type { Context } from "../ports/context.ts";
import { wrapped } from "../cli/columns.ts";
import { renderTable } from "../cli/table.ts";
import { invalidValue, oneOf, wholeNumber } from "../cli/values.ts";
import { nearest } from "../text/nearest.ts";

const ACTIONS = [["preview", "draw the line of made-up sessions, from empty to full"]] as const;
const WIDTHS = [200, 120, 80, 60, 40] as const;
const WIDEST = 500;
const COLORS: Readonly<Record<ColorLevel, string>> = {
  truecolor: "all colours",
  256: "256 colours",
  16: "16 colours",
  none: "no colours",
};
/** Means every segment. */
const ALL = "all";

/** The declaration of `statusline`. */
export const statusline: Command = {
  name: "statusline",
  group: "more",
  summary: "Show how the status line looks at several widths",
  positionals: [{
    name: "ACTION",
    summary: ACTIONS.map(([name, meaning]) => `${name}: ${meaning}`).join("; ") +
      "; default: preview",
    choices: ACTIONS,
    optional: true,
  }],
  flags: [
    { name: "theme", value: "THEME", summary: "colours for a background: dark, light or auto" },
    {
      name: "segments",
      value: "SEGMENTS",
      summary: `names of segments, in order, separated by commas, or ${ALL}`,
    },
    {
      name: "width",
      value: "N",
      summary: "columns of the terminal; default: every usual width up to this terminal's",
    },
    { name: "legend", summary: "say what each part of the line means, instead of drawing it" },
  ],
  details: [
    'Draws the line with the settings under "statusline" in config.json, or with those of the options, which change nothing. The number before a line is the percentage used of the context and of the 5h window. If there is too little space, the least important segments are dropped first.',
    "Segments: " + SEGMENTS.map(({ name }) => name).join(", ") + ".",
  ],
  examples: [
    ["claude-multi statusline preview", "your own line"],
    ["claude-multi statusline preview --legend", "what its parts mean"],
    ["claude-multi statusline preview --segments all", "with every segment"],
    [
      "claude-multi statusline preview --theme light --width 100",
      "in other colours, 100 columns wide",
    ],
    ["claude-multi config set statusline.segments account,context,5h,7d", "keep what you like"],
  ],
  async run(context, { positionals: [action = "preview"], values, switches }) {
    const { terminal } = context;
    const words = ACTIONS.map(([name]) => name);
    oneOf(action, { option: "ACTION", line: "claude-multi statusline", words });
    if (switches.has("legend")) {
      terminal.print(await legend(context));
      return EXIT.ok;
    }
    const wanted = values["theme"];
    const options = await previewSettings(context, {
      columns: columnsOf(values["width"], terminal.columns),
      theme: wanted === undefined ? null : oneOf(wanted, {
        ...placeOf("theme"),
        words: FIELDS.statusline.theme.choices,
        usual: "light",
      }),
      segments: segmentsOf(values["segments"]),
    });
    const { columns, level, theme } = options;
    const colors = COLORS[level];
    terminal.print(`Percent used of context and 5h, and the line for it (${theme}, ${colors}):\n`);
    terminal.print(renderPreview(options));
    const widest = Math.max(...columns);
    const missing = leftOut(options, widest);
    if (missing.length === 0) return EXIT.ok;
    const line = `left out at ${widest} columns: ${missing.join(", ")}`;
    terminal.print(`\n${wrapped(line, terminal.columns).join("\n")}`);
    if (widest < WIDTHS[0]) {
      const asked = values["segments"];
      const list = asked === undefined ? "" : ` --segments ${shellWord(asked)}`;
      terminal.print(`try: claude-multi statusline preview${list} --width ${WIDTHS[0]}`);
    }
    return EXIT.ok;
  },
};

/** What each part of the line means, as a table. */
function legend({ terminal }: Context): Promise<string> {
  return renderTable(terminal, {
    columns: [{ head: "part" }, { head: "meaning", least: 20, wraps: true }],
    rows: LEGEND.map(([part, meaning]) => [part, meaning.replaceAll("`", "")]),
  });
}

function placeOf(flag: string) {
  return { option: `--${flag}`, line: `claude-multi statusline preview --${flag}` };
}

function segmentsOf(list: string | undefined): readonly Segment[] | null {
  if (list === undefined) return null;
  if (list.trim() === ALL) return SEGMENTS;
  const names = list.split(",").map((name) => name.trim()).filter((name) => name !== "");
  const known = SEGMENTS.map((segment) => segment.name);
  const unknown = names.find((name) => !known.includes(name));
  if (names.length > 0 && unknown === undefined) return chooseSegments(names);
  throw invalidValue(unknown ?? list, {
    ...placeOf("segments"),
    expected: `${ALL}, or some of ${known.join(", ")}`,
    good: nearest(unknown ?? "", known) ?? ALL,
  });
}

function columnsOf(wanted: string | undefined, own: number): readonly number[] {
  if (wanted !== undefined) {
    return [wholeNumber(wanted, { ...placeOf("width"), least: 1, most: WIDEST, usual: 80 })];
  }
  const fitting = WIDTHS.filter((width) => width <= own);
  return fitting.length > 0 ? fitting : [own];
}
