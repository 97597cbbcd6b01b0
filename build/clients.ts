// `make clients`: the end-to-end tests with each supported client; writes docs/compatibility.md and the list
// of versions that pass.
// usage: build/deno run -A build/clients.ts [VERSION...]; columns of other versions stay as they are
import { SUPPORTED_VERSIONS } from "../lib/claude/tested_versions.ts";
import type { Features } from "../tests/e2e/client_features.ts";
import { resolvedVersion } from "./client_version.ts";
import { ROOT } from "./toolchain.ts";

/** What a run with one version showed. */
interface Result {
  passed: number;
  failed: number;
  failures: string[];
  /** Null if that couldn't be found out. */
  features: Features | null;
}

type Row = readonly [what: string, of: (features: Features) => string];
const yesNo = (of: (features: Features) => boolean) => (features: Features): string =>
  of(features) ? "yes" : "no";

/** What is tried: the rows of the table below that of the tests. */
const ROWS: readonly Row[] = [
  ["hand-off, asked when you leave", yesNo((f) => f.recordsLimit)],
  [
    "… `auto` goes on after a background shell has ended",
    yesNo((f) => f.recordsTasks && f.waitsForReset),
  ],
  ["`run --failover`", yesNo((f) => f.recordsLimit)],
  ["`claude` itself goes on at the reset", yesNo((f) => f.waitsForReset)],
  ["transcripts name their account", yesNo((f) => f.recordsOwner)],
  ["the status line knows the prompt cache", yesNo((f) => f.tellsCache)],
  [
    "flags in completion that `claude` lacks",
    (f) => f.missingFlags.map((name) => `\`${name}\``).join(" ") || "none",
  ],
];

const PAGE = `${ROOT}/docs/compatibility.md`;
const LIST = `${ROOT}/lib/claude/tested_versions.ts`;
const NAMES = ["end-to-end tests", ...ROWS.map(([what]) => what)];

/** The column of a version that was tested. */
export function columnOf({ passed, failed, features }: Result): string[] {
  const tests = failed === 0 ? `all ${passed} pass` : `${failed} of ${passed + failed} fail`;
  return [tests, ...ROWS.map(([, of]) => features === null ? "?" : of(features))];
}

/** The columns of a page, by version. */
export function columnsOn(page: string): Map<string, string[]> {
  const rows = page.split("\n").filter((line) => line.startsWith("| "))
    .map((line) => line.split("|").slice(1, -1).map((cell) => cell.trim()));
  const [[, ...versions] = [], ...others] = rows;
  return new Map(versions.map((version, index) => [
    version,
    NAMES.map((what) => others.find(([name]) => name === what)?.[index + 1] ?? "?"),
  ]));
}

/** docs/compatibility.md with a column for each supported version. */
export function compatibilityPage(columns: ReadonlyMap<string, readonly string[]>): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const cell = (version: string, at: number) =>
    columns.get(version)?.[at] ?? (at === 0 ? "not run" : "?");
  const lines = [
    row(["Claude Code", ...SUPPORTED_VERSIONS]),
    row(["---", ...SUPPORTED_VERSIONS.map(() => "---")]),
    ...NAMES.map((what, at) =>
      row([what, ...SUPPORTED_VERSIONS.map((version) => cell(version, at))])
    ),
  ];
  return `# Which versions of Claude Code work

\`make clients\` runs the end-to-end tests with each of these versions, tries what each can do, and writes
this page. No code asks for a version: what a client lacks is noticed when it is missing.

${lines.join("\n")}

- **A version between two of these** should do what its neighbours do.
- **A newer version** usually works at once. \`claude-multi doctor\` says which version you have. If something
  looks wrong with it, test it with \`make e2e CLAUDE=VERSION\`, or use a tested one:
  \`npm install --prefix ~/claude-tested @anthropic-ai/claude-code@VERSION\`, then
  \`claude-multi config set claudePath\` with the path of its \`claude\`.
- **A client that doesn't write its limit into the transcript** can only be moved while it shows its own
  dialog, with \`auto\`. Once you have left it, \`cl\` can't tell a limit from an overloaded server: it says so in
  one line, with the command that continues the conversation.
`;
}

/** The source of the list of versions, with those that pass by their columns. */
export function listWith(columns: ReadonlyMap<string, readonly string[]>, source: string): string {
  const passed = SUPPORTED_VERSIONS.filter((version) =>
    columns.get(version)?.[0]?.startsWith("all ")
  );
  return source.replace(/^const PASSED = ".*";$/m, `const PASSED = "${passed.join(" ")}";`);
}

/** Runs a script of ours with one client, with its output on ours; returns what it printed. */
async function runWith(version: string, args: string[]): Promise<string> {
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", ...args],
    cwd: ROOT,
    env: { E2E_CLAUDE: version },
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  let text = "";
  const decoder = new TextDecoder();
  for await (const bytes of child.stdout) {
    Deno.stdout.writeSync(bytes);
    text += decoder.decode(bytes, { stream: true });
  }
  await child.status;
  // deno-lint-ignore no-control-regex
  return text.replace(/\x1b\[[\d;]*m/g, "");
}

async function test(version: string): Promise<Result> {
  console.log(`==> Claude Code ${version}`);
  const found = (await runWith(version, ["tests/e2e/client_features.ts"])).trim();
  const features = found === "" ? null : JSON.parse(found) as Features;
  const output = await runWith(version, ["build/run_tests.ts", "e2e"]);
  const [, passed = "0", failed = "1"] = /^(\d+) passed, (\d+) failed/m.exec(output) ?? [];
  const failures = [...output.matchAll(/^(.+) => \S+_test\.ts:\d+:\d+$/gm)].map(([, name]) => name);
  return {
    passed: Number(passed),
    failed: Number(failed),
    failures: [...new Set(failures)].filter((name) => name !== undefined),
    features,
  };
}

async function main(words: readonly string[]): Promise<number> {
  const versions = words.length > 0
    ? await Promise.all(words.map(resolvedVersion))
    : [...SUPPORTED_VERSIONS];
  let failed = 0;
  for (const version of versions) {
    const result = await test(version);
    for (const name of result.failures) console.log(`${version}: failed: ${name}`);
    failed += result.failed;
    const columns = columnsOn(Deno.readTextFileSync(PAGE)).set(version, columnOf(result));
    Deno.writeTextFileSync(PAGE, compatibilityPage(columns));
    Deno.writeTextFileSync(LIST, listWith(columns, Deno.readTextFileSync(LIST)));
  }
  console.log(
    "wrote docs/compatibility.md, and the versions that pass to lib/claude/tested_versions.ts",
  );
  return failed === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
