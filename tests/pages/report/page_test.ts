// Tests of a report's page without a browser: gaps, a single project, many projects, foreign names.
import assert from "node:assert/strict";
import { dayOf, startOfDayMs } from "../../../lib/history/calendar.ts";
import type { Daily } from "../../../lib/history/daily.ts";
import { ALL, emptyDay } from "../../../lib/history/daily.ts";
import type { Day, FolderDay } from "../../../lib/history/day.ts";
import { summaryOf } from "../../../lib/history/summary.ts";
import { timelineOf } from "../../../lib/history/timeline.ts";
import { markup, nameText } from "../../../lib/pages/report/markup.ts";
import { reportPage } from "../../../lib/pages/report/page.ts";

const HOUR = 3_600_000;
/** A Monday. */
const MONDAY = dayOf(Date.UTC(2026, 10, 2, 12));

function worked(at: number, facts: Partial<Day> = {}): Day[] {
  return [ALL, "work"].map((account) => ({
    ...emptyDay(MONDAY + at, account),
    ...{ sessions: 1, sessionMs: 2 * HOUR, busyMs: HOUR, ...facts },
  }));
}

function inFolder(folder: string, hours: number): FolderDay {
  const facts = { conversations: 1, tokensIn: 5, tokensOut: 1 };
  return { day: MONDAY, account: "work", folder, sessions: 1, sessionMs: hours * HOUR, ...facts };
}

function pageOf(
  daily: Daily,
  { project = null, days = 7 }: { project?: string | null; days?: number } = {},
): Promise<string> {
  const span = { fromMs: startOfDayMs(MONDAY), toMs: startOfDayMs(MONDAY + days) };
  const scope = { account: null, project, span };
  return reportPage({
    ...{ summary: summaryOf(daily, scope), timeline: timelineOf(daily, scope) },
    ...{ home: "/home/ann", version: "1.2.3" },
  });
}

Deno.test("a day with sessions and no reading is marked, and says whose reading is missing", async () => {
  const page = await pageOf({
    days: [...worked(0), ...worked(1, { highestFiveHour: 3 })],
    folders: [],
  });
  assert.match(page, /<title>Mon 2 Nov 2026: 1.0 h, 1 session; not measured: work<\/title>/);
  assert.match(page, /<title>Tue 3 Nov 2026: 1.0 h, 1 session<\/title>/);
  assert.match(page, /<title>Wed 4 Nov 2026: no session<\/title>/);
  assert.match(page, /an account in use wasn&#39;t measured<\/li>/);
  assert.match(
    page,
    /<li>work: no window was measured on 1 of its 2 days with sessions, and in 1 week\.<\/li>/,
  );
  assert.match(page, /<p>No conversation met a limit\.<\/p>/);
});

Deno.test("a single project has no figures that aren't known of it", async () => {
  const daily = { days: worked(0, { limits: 3 }), folders: [inFolder("/home/ann/src/a", 3)] };
  const page = await pageOf(daily, { project: "/home/ann/src" });
  assert.match(page, /<p class="soft">2 Nov 2026 to 8 Nov 2026 in ~\/src<\/p>/);
  assert.match(page, /<title>Mon 2 Nov 2026: 3.0 h, 1 session<\/title>/);
  for (const id of ["weeks", "hours", "limits"]) assert.ok(!page.includes(`id="${id}"`), id);
  for (const id of ["days", "accounts", "projects"]) assert.ok(page.includes(`id="${id}"`), id);
});

Deno.test("of many projects a hundred have a row", async () => {
  const folders = Array.from({ length: 103 }, (_, at) => inFolder(`/p/${at}`, 200 - at));
  const page = await pageOf({ days: worked(0), folders });
  assert.match(page, /the 100 projects with the most hours/);
  assert.match(page, /<p class="soft">3 others had fewer\.<\/p>/);
  assert.ok(page.includes(">/p/99</th>") && !page.includes("/p/100"));
});

Deno.test("what stands in a template is escaped, except markup", () => {
  const name = `<b title="a" class='b'>&amp;`;
  assert.equal(
    markup`<p>${name}${[markup`<i>`, 1]}${null}${false}</p>`.text,
    "<p>&lt;b title=&quot;a&quot; class=&#39;b&#39;&gt;&amp;amp;<i>1</p>",
  );
});

Deno.test("a name is one line without invisible characters, and never empty", () => {
  assert.equal(nameText("a\u202eb\nc\u0007"), "ab c");
  assert.equal(nameText("\u200b"), "?");
});
