// Measurements of claude-multi-statusline.
import { readFixture } from "../helpers/paths.ts";
import type { Case } from "./case.ts";
import { helloLike, program } from "./case.ts";
import { threeAccounts } from "./launcher_cases.ts";

/** The rows; add one to measure more. */
export const STATUSLINE_CASES: readonly Case[] = [
  {
    name: "status line, no transcript",
    goal: 1.2,
    prepare(home, hello) {
      threeAccounts(home);
      const stdin = readFixture("statusline-05-after-turn-with-ratelimits.json");
      const subject = program(home, { name: "claude-multi-statusline", args: [], stdin });
      return { subject, baseline: [helloLike(hello, subject)] };
    },
  },
];
