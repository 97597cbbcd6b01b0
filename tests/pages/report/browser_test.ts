// Tests of a report in Chromium: what loads and runs, its figures, both themes, narrow screens, print, axe.
import assert from "node:assert/strict";
import axe from "axe-core";
import type { AxeResults } from "axe-core";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import type { Summary } from "../../../lib/history/summary.ts";
import { formatPercent } from "../../../lib/text/format.ts";
import { needsBrowser, startBrowser } from "../../helpers/browser.ts";
import { fakeContext } from "../../helpers/context.ts";
import { FOLDERS } from "../../helpers/past_work.ts";
import { runInUtc } from "../../helpers/run_in_utc.ts";

const HOSTILE = [
  "/home/ann/</title></style></svg><img src=http://127.0.0.1:9/x onerror=alert(1)>",
  "/home/ann/\u202egnp.evil\u0007\u001b[31m\u0000",
  '/home/ann/${alert(1)} {{datum}} opacity="1" role="img"',
  "/home/ann/javascript:alert(1)",
];
const PAST = {
  days: 365,
  seed: 7,
  accounts: ["work", "<b onclick='alert(1)'>&\"home", "spare"],
  folders: [...FOLDERS, ...HOSTILE],
};

/** The page and the JSON of one made-up year. */
async function reportAndStats(): Promise<{ html: string; json: Summary }> {
  const run = async (...words: string[]) =>
    (await runInUtc(fakeContext({ columns: 80, past: PAST }), words)).stdout;
  return {
    html: await run("report", "-"),
    json: JSON.parse(await run("stats", "--days", "365", "--json")) as Summary,
  };
}

const PAPER = "getComputedStyle(document.body).backgroundColor";

/** An opened page, and everything that went wrong or was asked for. */
interface Opened {
  page: Page;
  complaints: string[];
  requests: string[];
}

async function opened(
  browser: Browser,
  { file, ...options }: BrowserContextOptions & { file: string },
): Promise<Opened> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  const page = await context.newPage();
  const [complaints, requests]: [string[], string[]] = [[], []];
  page.on("console", (message) => complaints.push(`${message.type()}: ${message.text()}`));
  page.on("pageerror", (error) => complaints.push(String(error)));
  page.on("dialog", (dialog) => (complaints.push(`dialog: ${dialog.message()}`), dialog.dismiss()));
  page.on("request", (request) => requests.push(request.url()));
  // What runs in the page is text: its types would be those of a browser, everywhere.
  await page.addInitScript(`addEventListener("securitypolicyviolation", (event) =>
    console.error("refused", event.violatedDirective, event.blockedURI))`);
  await page.goto(`file://${file}`);
  return { page, complaints, requests };
}

/** The figures of each table, by its caption: a list for each row. */
function tablesOf(page: Page): Promise<Record<string, Array<Array<number | string>>>> {
  return page.evaluate(`Object.fromEntries(
    [...document.querySelectorAll("table")].map((table) => [
      table.caption.textContent,
      [...table.tBodies[0].rows].map((row) =>
        [...row.cells].slice(1).map((cell) => {
          const data = cell.querySelector("data");
          return data === null ? cell.textContent : Number(data.value);
        })
      ),
    ]),
  )`);
}

Deno.test({
  name: "a report in a browser",
  ...needsBrowser(),
  async fn(t) {
    const { html, json } = await reportAndStats();
    const folder = await Deno.makeTempDir();
    const file = `${folder}/report.html`;
    await Deno.writeTextFile(file, html);
    const browser = await startBrowser();
    try {
      const { page, complaints, requests } = await opened(browser, { file, colorScheme: "light" });

      await t.step("nothing is loaded, run or refused, whatever folders are called", async () => {
        assert.deepEqual(requests, [`file://${file}`]);
        const active =
          "script,iframe,object,embed,link,img,form,input,base,[style],[href^='javascript']";
        assert.equal(await page.locator(active).count(), 0);
        const handlers = await page.evaluate(
          `[...document.querySelectorAll("*")].filter((element) =>
          element.getAttributeNames().some((name) => name.startsWith("on"))
        ).length`,
        );
        assert.equal(handlers, 0);
        const text = await page.locator("body").innerText();
        // deno-lint-ignore no-control-regex
        assert.doesNotMatch(text, /[\u202a-\u202e\u0000-\u0008\u001b]/);
        await page.locator("#projects summary").click();
        const names = await page.locator("#projects tbody th").allInnerTexts();
        assert.ok(names.includes(`~/src/<script>alert("1")</script>`), names.join("\n"));
        assert.ok(names.includes(HOSTILE[2]?.replace("/home/ann", "~") ?? ""), names.join("\n"));
        const drawn = await page.locator("#projects svg text").allTextContents();
        assert.ok(drawn.some((name) => name.startsWith("~/src/<script>")), drawn.join("\n"));
      });

      await t.step("scripts are refused, even if one got into the page", async () => {
        const { page: other, complaints } = await opened(browser, { file });
        await other.evaluate(`
          const script = document.createElement("script");
          script.textContent = "document.title = 'run'";
          document.body.append(script);
        `);
        assert.match(complaints.join(), /Content Security Policy|refused script-src/);
        assert.notEqual(await other.title(), "run");
      });

      await t.step("figures and tables are those of stats --json", async () => {
        const { total } = json;
        const facts = await page.evaluate<number[]>(
          `[...document.querySelectorAll(".facts data")].map(({ value }) => Number(value))`,
        );
        assert.deepEqual(
          facts.toSorted(),
          [
            ...[total.busyHours, total.days, total.sessions, total.conversations],
            ...[json.percentUnused, json.weeksEnded, total.waitedMinutes, total.limits],
            ...[total.savedMinutes, total.moves, total.tokensIn, total.tokensOut],
          ].toSorted(),
        );
        const tables = await tablesOf(page);
        assert.deepEqual(
          tables["In the whole time"],
          json.accounts.map((one) => [
            ...[one.busyHours, one.days, one.sessions, one.limits, one.waitedMinutes, one.moves],
            ...[one.savedMinutes, one.percentUnused ?? "?", one.daysWithoutReadings],
            ...[one.tokensIn, one.tokensOut],
          ]),
        );
        const mondays = [...new Set(json.accounts.flatMap(({ weeks }) => weeks.map((w) => w.week)))]
          .sort();
        assert.deepEqual(
          tables["use of 7-day windows by week"],
          mondays.map((monday) =>
            json.accounts.map(({ weeks }) => {
              const week = weeks.find((one) => one.week === monday);
              return week === undefined ? "" : week.percentUsed ?? "no data";
            })
          ),
        );
        const { minutesByHour } = json;
        assert.deepEqual(
          tables["minutes of each hour"],
          Array.from({ length: 24 }, (_, hour) => minutesByHour?.map((row) => row[hour])),
        );
        assert.deepEqual(
          tables["projects"],
          json.projects.map((one) => [
            ...[one.sessionHours, one.sessions, one.conversations, one.tokensIn, one.tokensOut],
          ]),
        );
        const months = tables["use by month"] ?? [];
        const sum = (column: number) => months.reduce((all, row) => all + Number(row[column]), 0);
        assert.deepEqual(
          [sum(1), sum(2), sum(3), sum(5)],
          [total.days, total.sessions, total.limits, total.moves],
        );
        assert.ok(Math.abs(sum(0) - (total.busyHours ?? 0)) < 0.1);
      });

      await t.step(
        "the charts show the same: a cell for each day, a bar as high as its week",
        async () => {
          const days = Date.parse(json.to) - Date.parse(json.since ?? "");
          assert.equal(await page.locator("#days svg path > title").count(), days / 86_400_000 + 1);
          for (const [at, account] of json.accounts.entries()) {
            const bars = await page.evaluate<Array<[string, number]>>(
              `[...document.querySelectorAll("[aria-labelledby^=weeks-${at}-] path")]
                .filter((path) => /var\\(--(used|full|running)\\)/.test(path.getAttribute("fill")))
                .map((path) => [path.textContent, path.getBBox().height])`,
            );
            const used = account.weeks.filter((week) => Math.round(week.percentUsed ?? 0) > 0);
            assert.deepEqual(
              bars.map(([, height]) => height),
              used.map(({ percentUsed }) => Math.min(100, Math.round(percentUsed ?? 0))),
            );
            for (const [about, height] of bars) {
              assert.ok(about.includes(`: ${formatPercent(height)} used`), about);
            }
          }
          const unknown = json.accounts.flatMap(({ weeks }) => weeks)
            .filter(({ state }) => state === "unknown").length;
          assert.ok(unknown > 0, "the year has a gap");
          const titles = await page.locator("#weeks svg path > title").allTextContents();
          const gaps = titles.map((title) =>
            Number(/^(\d+) weeks? from .*: no data$/.exec(title)?.[1])
          );
          const inGaps = gaps.filter((weeks) => weeks > 0).reduce((all, weeks) => all + weeks, 0);
          assert.equal(inGaps, unknown);
        },
      );

      await t.step("every chart has a name, a description and a table", async () => {
        for (const chart of await page.locator("figure svg[role=img]").all()) {
          assert.notEqual(await chart.locator("> title").textContent(), "");
          assert.ok(((await chart.locator("> desc").textContent()) ?? "").length > 20);
        }
        for (const id of ["days", "weeks", "hours", "projects"]) {
          assert.equal(await page.locator(`#${id} table caption`).count(), 1, id);
        }
      });

      await t.step("Tab reaches everything, and shows where it is", async () => {
        const { page } = await opened(browser, { file });
        const count = await page.locator("a[href],summary,[tabindex='0']:visible").count();
        const seen = new Set<string>();
        for (let n = 0; n < count; n++) {
          await page.keyboard.press("Tab");
          const [name, outline] = await page.evaluate<[string, string]>(`(() => {
            const at = document.activeElement;
            const name = at.tagName + " " + (at.getAttribute("aria-label") ?? at.textContent);
            return [name, getComputedStyle(at).outlineStyle];
          })()`);
          assert.notEqual(outline, "none", name);
          seen.add(name);
        }
        assert.ok([...seen].some((name) => name.startsWith("A Projects")));
        assert.ok([...seen].some((name) => name.startsWith("SUMMARY Table: projects")));
      });

      for (const colorScheme of ["light", "dark"] as const) {
        for (const width of [1280, 390]) {
          await t.step(
            `${colorScheme}, ${width} pixels wide: nothing sticks out, and axe is content`,
            async () => {
              const viewport = { width, height: 800 };
              const { page, complaints } = await opened(browser, { file, colorScheme, viewport });
              const scroll = await page.evaluate<number>("document.documentElement.scrollWidth");
              assert.ok(scroll <= width, `${scroll} pixels`);
              const paper = await page.evaluate<string>(PAPER);
              assert.equal(paper === "rgb(255, 255, 255)", colorScheme === "light", paper);
              assert.deepEqual(complaints, []);
              // Slow: once in each theme, once at each width.
              if ((colorScheme === "light") !== (width === 1280)) return;
              await page.evaluate(
                `document.querySelectorAll("details").forEach((one) => one.open = true)`,
              );
              await page.evaluate(axe.source);
              const { violations } = await page.evaluate<AxeResults>("axe.run()");
              assert.deepEqual(
                violations.map(({ id, nodes }) =>
                  `${id}: ${nodes.map(({ html }) => html).join("\n")}`
                ),
                [],
              );
            },
          );
        }
      }

      await t.step("it prints on white paper, without links and what is folded away", async () => {
        const { page } = await opened(browser, { file, colorScheme: "dark" });
        await page.emulateMedia({ media: "print", colorScheme: "dark" });
        const paper = await page.evaluate<string>(PAPER);
        assert.equal(paper, "rgb(255, 255, 255)");
        assert.equal(await page.locator("nav:visible, summary:visible").count(), 0);
        assert.ok(await page.locator("#weeks svg").first().isVisible());
        const pdf = await page.pdf({ format: "A4" });
        assert.equal(new TextDecoder().decode(pdf.subarray(0, 5)), "%PDF-");
        assert.ok(pdf.length > 20_000);
      });

      assert.deepEqual(complaints, []);
    } finally {
      await browser.close();
      await Deno.remove(folder, { recursive: true });
    }
  },
});
