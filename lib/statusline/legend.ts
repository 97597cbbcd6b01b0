// What each part of the line means, for the preview and the docs.

/** An example of a part, and its meaning; code in a meaning is in backquotes. */
export const LEGEND: ReadonlyArray<readonly [part: string, meaning: string]> = [
  [
    "● work",
    "the account; the dot has the colour of its fullest window, or is `○` if none is known",
  ],
  ["Opus 5.5 high", "the model and its effort"],
  [
    "██▊░░░░░ 35% 70.0k/200k",
    "how full the context is (`ctx 35%` in a narrow terminal), and the tokens of the last request out of how many; before the first turn `–` and no bar",
  ],
  [
    "in 1.07M out 19.1k",
    "tokens of the whole session, with subagents; input is new, written to the cache or read from it",
  ],
  ["+15k", "after `in` or `out`: the input or output since your last prompt"],
  ["sub 16%", "the subagents' share of all tokens"],
  ["5h 35% 2h13m", "percent used of the 5-hour window, and the time to its reset; `7d` likewise"],
  ["7d opus ~100% 3d", "the week of the model that runs, if the service has named one"],
  ["no 5h limit", "the plan has no such window"],
  ["spend $12.30/$50.00 25%", "the dollars used of a budget, which only gateways report"],
  ["~35%", "not reported by this session; the newest value of this window seen in any terminal"],
  ["≥1.07M", "a long transcript is still being read; a few redraws later the number is complete"],
  [
    "limited 2h00m",
    "no window is full, but for this long the service refuses work, or you said so with `claude-multi limit`",
  ],
  [
    "→ personal 5h 18%",
    "this account has used 90 % of a window (or of its `reserve`), or you have limited it; the account shown has room, with 18 % of its 5h window used",
  ],
  [
    "/exit to move to personal 5h 18%",
    "this account is limited: leave `claude`, and `cl` offers to continue there (`→ personal` in a narrow terminal)",
  ],
  [
    "will move to personal 5h 18%",
    'the same in a session started with `"handoff": "auto"`: the conversation moves there by itself',
  ],
  [
    "claude-multi resume --account personal",
    'the same in a session started with `"handoff": "off"`, or without `cl`: this continues it there',
  ],
  [
    "no room for 20m",
    "every account is limited; the first one, possibly this one, opens in 20 minutes; with groups, `no room in office`; in a folder pinned to other accounts, `no room here`",
  ],
];
