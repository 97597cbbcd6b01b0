// Tests of `report`: which file is written and which is refused, what is kept, and how large the page is.
import assert from "node:assert/strict";
import { openLedgerDatabase } from "../../lib/ledger/schema.ts";
import { systemFiles } from "../../lib/system/files.ts";
import { runMulti } from "../helpers/binaries.ts";
import type { FakeContextOptions } from "../helpers/context.ts";
import { type FakeContext, fakeContext } from "../helpers/context.ts";
import { fillPast } from "../helpers/past_work.ts";
import { runInUtc } from "../helpers/run_in_utc.ts";
import { TempHome } from "../helpers/temp_home.ts";

const PAST = { days: 60, accounts: ["work", "home"], seed: 3 };
const FOLDER = "/home/ann/project";
const FILE = "/home/ann/claude-multi-report.html";

/** Runs `claude-multi report ARGS` after some made-up weeks, and returns the context. */
async function report(args: string[], options: FakeContextOptions = {}): Promise<FakeContext> {
  const context = fakeContext({ past: PAST, ...options });
  await runInUtc(context, ["report", ...args]);
  return context;
}

Deno.test("the page goes to the home folder, readable by its owner, and its path to stdout", async () => {
  const { files, terminal } = await report([]);
  assert.equal(terminal.stdout, `${FILE}\n`);
  assert.equal(terminal.stderr, `open it with: xdg-open ${FILE}\n`);
  assert.equal(files.mode(FILE), 0o600);
  assert.deepEqual(files.list(FOLDER), [".keep"], "nothing that git would pick up");
  const page = files.readText(FILE) ?? "";
  assert.match(page, /^<!doctype html>\n<html lang="en">/);
  assert.match(page, /<\/html>$/);
});

Deno.test("a dash prints the page, and writes no file", async () => {
  const { files, terminal } = await report(["-", "--account", "home"]);
  assert.match(terminal.stdout, /^<!doctype html>[^]* on home<[^]*<\/html>\n$/);
  assert.equal(files.kind(FILE), "missing");
  assert.equal(terminal.stderr, "");
});

Deno.test("a report is replaced, and the old one is kept", async () => {
  const old = (await report([])).files.readText(FILE) ?? "";
  const { files, terminal } = await report(["--days", "7"], { files: { [FILE]: old } });
  assert.notEqual(files.readText(FILE), old);
  const copy = /what was there is now (.*)\n/.exec(terminal.stderr)?.[1] ?? "";
  assert.equal(files.readText(copy), old);
});

Deno.test("another file is replaced only with --force, and kept", async () => {
  const own = { files: { [`${FOLDER}/it's mine.html`]: "<p>my page</p>" } };
  await assert.rejects(report(["it's mine.html"], own), {
    message: `cannot write "${FOLDER}/it's mine.html": the file that is there is no report`,
    hint: `claude-multi report --force '${FOLDER}/it'\\''s mine.html'`,
    exit: 5,
  });
  const { files, terminal } = await report(["it's mine.html", "--force"], own);
  assert.match(files.readText(`${FOLDER}/it's mine.html`) ?? "", /^<!doctype html>/);
  const copy = /what was there is now (.*)\n/.exec(terminal.stderr)?.[1] ?? "";
  assert.equal(files.readText(copy), "<p>my page</p>");
});

Deno.test("a folder is refused, and a file in a folder that is not there", async () => {
  await assert.rejects(
    report(["/home/ann", "--force"]),
    /cannot write "\/home\/ann": it is a folder/,
  );
  await assert.rejects(report(["new/report.html"]), {
    message: `cannot write "${FOLDER}/new/report.html": its folder doesn't exist`,
    hint: `mkdir -p ${FOLDER}/new`,
  });
});

Deno.test("a link stays a link, and a pipe is refused", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const { savePage, generatorTag } = await import("../../lib/pages/report/saved.ts");
    const files = systemFiles({ backups: `${folder}/backups`, nowMs: () => 0 });
    const save = (name: string) =>
      savePage("new", { path: `${folder}/${name}`, files, force: false });
    Deno.writeTextFileSync(`${folder}/old.html`, generatorTag("1").text, { mode: 0o644 });
    Deno.symlinkSync("old.html", `${folder}/link.html`);
    assert.ok(save("link.html")?.startsWith(`${folder}/backups/old.html.`));
    assert.equal(Deno.readTextFileSync(`${folder}/old.html`), "new");
    assert.equal((Deno.statSync(`${folder}/old.html`).mode ?? 0) & 0o777, 0o600);
    Deno.symlinkSync("nothing", `${folder}/loose.html`);
    assert.throws(() => save("loose.html"), /it is a link to nothing/);
    assert.equal(new Deno.Command("mkfifo", { args: [`${folder}/pipe`] }).outputSync().code, 0);
    assert.throws(() => save("pipe"), /it is no regular file/);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("without history there is no page, and wrong options are refused", async () => {
  const past = { ...PAST, days: 0 };
  await assert.rejects(report([], { past }), {
    message: "there is nothing to report: nothing is known of that time",
    hint: "claude-multi run",
  });
  await assert.rejects(report(["--project", "/nowhere"]), { hint: "claude-multi report" });
  await assert.rejects(report(["--account", "wrk"]), /unknown account "wrk"/);
  await assert.rejects(report(["--days", "0"]), /invalid value "0" for --days/);
});

Deno.test("--open asks the system to open it, and says so if that fails", async () => {
  const open = async (programs: string[], code: number) => {
    const context = fakeContext({ past: PAST, programs });
    const opened: string[] = [];
    context.processes.background = (program, args) => {
      opened.push([program, ...args].join(" "));
      return Promise.resolve(code);
    };
    await runInUtc(context, ["report", "--open"]);
    return { opened, said: context.terminal.stderr };
  };
  const program = "/usr/bin/xdg-open";
  assert.deepEqual(await open([program], 0), { opened: [`${program} ${FILE}`], said: "" });
  assert.match((await open([program], 3)).said, /cannot open the page: xdg-open failed with 3; /);
  assert.match((await open([], 0)).said, /cannot open the page: there is no xdg-open; /);
});

Deno.test("three years of five accounts fit into a megabyte", async () => {
  const accounts = ["work", "home", "spare", "lab", "four"];
  const past = { ...PAST, days: 3 * 365, accounts, sittings: 12 };
  const { terminal } = await report(["-"], { past });
  const bytes = new TextEncoder().encode(terminal.stdout).length;
  assert.ok(bytes > 300_000 && bytes < 1_000_000, `${bytes} bytes`);
});

Deno.test("a page has nothing of a login", async () => {
  const { files, terminal } = await report(["-"], { logins: { work: {}, home: {} } });
  const login = files.readText("/home/ann/.claude-multi/config/work/.credentials.json") ?? "";
  const tokens = login.match(/"[^"]{20,}"/g) ?? [];
  assert.ok(tokens.length > 0);
  for (const token of tokens) assert.ok(!terminal.stdout.includes(token.slice(1, 12)));
});

Deno.test("the built program draws the charts too", async () => {
  await using home = await TempHome.create();
  const database = openLedgerDatabase(`${home.multi}/ledger.db`);
  fillPast(database, { ...PAST, nowMs: Date.now() });
  database.close();
  const { code, stdout, stderr } = await runMulti(["report", "page.html"], { home });
  assert.deepEqual([code, stdout], [0, `${home.project}/page.html\n`], stderr);
  const page = await Deno.readTextFile(`${home.project}/page.html`);
  assert.ok(page.split("<svg ").length > 10 && page.includes("100 %"));
});
