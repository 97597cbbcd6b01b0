// The options of a preview of the status line, from the user's settings, terminal and accounts.
import type { Context } from "../ports/context.ts";
import type { Config } from "../config/config.ts";
import { cleanText, loadWidths } from "../text/cells.ts";
import type { Theme } from "./color.ts";
import { colorLevelOf } from "./color.ts";
import type { Segment } from "./piece.ts";
import type { renderPreview } from "./preview.ts";
import { chooseSegments } from "./segments/mod.ts";

const FILLS = [5, 35, 70, 95, 100] as const;

/** The options of a preview; those that weren't asked for come from config.json. */
export async function previewSettings(
  context: Context,
  asked: {
    columns: readonly number[];
    theme: Config["statusline"]["theme"] | null;
    segments: readonly Segment[] | null;
  },
): Promise<Parameters<typeof renderPreview>[0]> {
  const { env, terminal } = context;
  const { accounts, handoff, reserve, statusline } = context.configFile.read();
  const { barWidth, padding, segments, theme } = statusline;
  const [first, ...others] = accounts.filter(({ disabled }) => !disabled);
  // A conversation moves within its group.
  const other = others.find(({ group }) => group === first?.group);
  const name = cleanText(first?.name ?? "work");
  const elsewhere = first === undefined ? "personal" : other && cleanText(other.name);
  await loadWidths(`${name}${elsewhere}`);
  return {
    columns: asked.columns,
    level: terminal.color ? colorLevelOf((name) => env.get(name)) : "none",
    theme: shownTheme(context, asked.theme ?? theme),
    segments: asked.segments ?? chooseSegments(segments),
    fills: FILLS,
    barWidth,
    padding,
    reserve,
    account: name,
    moves: handoff === "off" ? null : handoff,
    elsewhere: elsewhere ?? null,
  };
}

/** `auto` follows the theme of the client. */
function shownTheme(context: Context, theme: Config["statusline"]["theme"]): Theme {
  if (theme !== "auto") return theme;
  const own = context.claudeHome.sharedSettings()?.["theme"];
  return typeof own === "string" && own.startsWith("light") ? "light" : "dark";
}
