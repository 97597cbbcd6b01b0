// Colours: the ramp, the palettes, and what each kind of terminal supports.

/** How many colours the terminal supports. */
export type ColorLevel = "truecolor" | "256" | "16" | "none";
/** The background that a palette is for. */
export type Theme = "dark" | "light";
/** Red, green, blue, 0–255. */
type Rgb = readonly [number, number, number];

/** The role of a piece of text, which decides its colour. */
type Role =
  | "account"
  | "model"
  | "text"
  | "muted"
  | "faint"
  | "input"
  | "output"
  | "delta"
  | "good"
  | "warning"
  | "alarm";

/** A role, or a percentage 0–100 on the ramp. */
export type Paint = Role | { percent: number };

interface Palette {
  /** Stops of the ramp at 0, 50, 75 and 100 percent. */
  ramp: readonly [Rgb, Rgb, Rgb, Rgb];
  roles: Readonly<Record<Role, Rgb>>;
}

const PALETTES: Readonly<Record<Theme, Palette>> = {
  dark: {
    ramp: [[74, 222, 128], [96, 165, 250], [250, 204, 21], [248, 83, 83]],
    roles: {
      account: [240, 171, 252],
      model: [125, 211, 252],
      text: [229, 231, 235],
      muted: [156, 163, 175],
      faint: [92, 99, 112],
      input: [165, 180, 252],
      output: [253, 186, 116],
      delta: [134, 239, 172],
      good: [74, 222, 128],
      warning: [250, 204, 21],
      alarm: [248, 83, 83],
    },
  },
  light: {
    ramp: [[21, 128, 61], [29, 78, 216], [161, 98, 7], [185, 28, 28]],
    roles: {
      account: [134, 25, 143],
      model: [3, 105, 161],
      text: [31, 41, 55],
      muted: [87, 96, 110],
      faint: [156, 163, 175],
      input: [67, 56, 202],
      output: [154, 52, 18],
      delta: [22, 101, 52],
      good: [21, 128, 61],
      warning: [161, 98, 7],
      alarm: [185, 28, 28],
    },
  },
};

/** The sixteen-colour code of each role: bright colours on dark, plain ones on light. */
const SIXTEEN: Readonly<Record<Role, readonly [dark: number, light: number]>> = {
  account: [95, 35],
  model: [96, 36],
  text: [97, 30],
  muted: [37, 90],
  faint: [90, 90],
  input: [94, 34],
  output: [33, 35],
  delta: [92, 32],
  good: [92, 32],
  warning: [93, 33],
  alarm: [91, 31],
};

/** The positions of the ramp's stops, in percent. */
const STOPS = [0, 50, 75, 100] as const;

/** The colour of a percentage: green at 0, blue at 50, yellow at 75, red at 100 and above. */
export function rampColor(percent: number, theme: Theme): Rgb {
  const { ramp } = PALETTES[theme];
  const at = Math.min(100, Math.max(0, Number.isFinite(percent) ? percent : 0));
  const section = at < STOPS[1] ? 0 : at < STOPS[2] ? 1 : 2;
  const [from, to] = [ramp[section] as Rgb, ramp[section + 1] as Rgb];
  const [start, end] = [STOPS[section] as number, STOPS[section + 1] as number];
  const share = (at - start) / (end - start);
  const mix = (i: 0 | 1 | 2): number => Math.round(from[i] + (to[i] - from[i]) * share);
  return [mix(0), mix(1), mix(2)];
}

/** The bold SGR sequence of a paint; "" without colours. */
export function sgr(paint: Paint, options: { level: ColorLevel; theme: Theme }): string {
  const { level, theme } = options;
  if (level === "none") return "";
  if (level === "16") return `\x1b[1;${sixteen(paint, theme)}m`;
  const rgb = typeof paint === "string"
    ? PALETTES[theme].roles[paint]
    : rampColor(paint.percent, theme);
  return level === "256" ? `\x1b[1;38;5;${nearest256(rgb)}m` : `\x1b[1;38;2;${rgb.join(";")}m`;
}

/** Ends a sequence from {@link sgr}. */
export const SGR_RESET = "\x1b[0m";

function sixteen(paint: Paint, theme: Theme): number {
  const role = typeof paint === "string" ? paint : rampRole(paint.percent);
  return SIXTEEN[role][theme === "dark" ? 0 : 1];
}

function rampRole(percent: number): Role {
  return percent < 25 ? "good" : percent < 62.5 ? "input" : percent < 87.5 ? "warning" : "alarm";
}

/** The nearest colour of the 6 × 6 × 6 cube or the grey ramp of 256-colour terminals. */
function nearest256(rgb: Rgb): number {
  const level = (value: number): number =>
    value < 48 ? 0 : value < 115 ? 1 : Math.floor((value - 35) / 40);
  const [r, g, b] = [level(rgb[0]), level(rgb[1]), level(rgb[2])];
  const grey = Math.min(23, Math.max(0, Math.round(((rgb[0] + rgb[1] + rgb[2]) / 3 - 8) / 10)));
  const cubeValue = (n: number): number => n === 0 ? 0 : 55 + 40 * n;
  const cubeColor: Rgb = [cubeValue(r), cubeValue(g), cubeValue(b)];
  const greyColor: Rgb = [8 + 10 * grey, 8 + 10 * grey, 8 + 10 * grey];
  return distance(rgb, cubeColor) <= distance(rgb, greyColor)
    ? 16 + 36 * r + 6 * g + b
    : 232 + grey;
}

function distance(a: Rgb, b: Rgb): number {
  return (a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2 + (a[2] - b[2]) ** 2;
}

/** Terminals that support all colours and don't always say so in COLORTERM. */
const TRUECOLOR_TERMS = /direct|kitty|ghostty|alacritty|wezterm|foot|contour|rio/;

/** What the terminal supports, according to `NO_COLOR`, `TERM` and `COLORTERM`. */
export function colorLevelOf(env: (name: string) => string | null): ColorLevel {
  const term = env("TERM") ?? "";
  if (env("NO_COLOR") !== null || term === "dumb") return "none";
  if (/^(?:truecolor|24bit)$/i.test(env("COLORTERM") ?? "")) return "truecolor";
  if (TRUECOLOR_TERMS.test(term)) return "truecolor";
  return term.includes("256") ? "256" : "16";
}
