// Tests that a report's policy allows its style, and that both themes have the same colours to give.
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { STYLE, STYLE_HASH } from "../../../lib/pages/report/style.ts";

Deno.test("the policy names the style by its hash", () => {
  assert.equal(STYLE_HASH, `sha256-${createHash("sha256").update(STYLE).digest("base64")}`);
});

Deno.test("each colour is there in light, in dark and on paper", () => {
  const themes = STYLE.split(/(?=@media)/).filter((part) => part.includes("--paper:"))
    .map((part) => [...part.matchAll(/--([\w]+):/g)].map(([, name]) => name).toSorted());
  assert.equal(themes.length, 3);
  for (const theme of themes) assert.deepEqual(theme, themes[0]);
});
