// `make clients`: the end-to-end tests with each supported client, and docs/compatibility.md.
// usage: build/deno run -A build/clients.ts [VERSION...]; without any, all of lib/claude/tested_versions.ts
import { TESTED_VERSIONS } from "../lib/claude/tested_versions.ts";
import type { Features } from "../tests/e2e/client_features.ts";
import { resolvedVersion } from "./client_version.ts";
import { ROOT } from "./toolchain.ts";

/** What a run with one version showed; kept in dist/clients/VERSION.json. */
interface Result {
  version: string;
  passed: number;
  failed: number;
  failures: string[];
  features: Features | null;
}

type Row = readonly [what: string, of: (features: Features) => string];
const yesNo = (of: (features: Features) => boolean) => (features: Features): string =>
  of(features) ? "yes" : "no";

/** The rows of the table, besides the counts. */
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

/** docs/compatibility.md, from the results of all versions. */
export function compatibilityPage(results: readonly Result[]): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const lines = [
    row(["Claude Code", ...results.map(({ version }) => version)]),
    row(["---", ...results.map(() => "---")]),
    row([
      "end-to-end tests",
      ...results.map(({ passed, failed }) =>
        passed + failed === 0
          ? "not run"
          : failed === 0
          ? `all ${passed} pass`
          : `${failed} of ${passed + failed} fail`
      ),
    ]),
    ...ROWS.map(([what, of]) =>
      row([what, ...results.map(({ features }) => features === null ? "?" : of(features))])
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

function resultPath(version: string): string {
  return `${ROOT}/dist/clients/${version}.json`;
}

/** The last result of a version; without counts if it was never tested here. */
function lastResult(version: string): Result {
  try {
    return JSON.parse(Deno.readTextFileSync(resultPath(version))) as Result;
  } catch {
    return { version, passed: 0, failed: 0, failures: [], features: null };
  }
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
    version,
    passed: Number(passed),
    failed: Number(failed),
    failures: [...new Set(failures)].filter((name) => name !== undefined),
    features,
  };
}

async function main(words: readonly string[]): Promise<number> {
  const versions = words.length > 0
    ? await Promise.all(words.map(resolvedVersion))
    : [...TESTED_VERSIONS];
  Deno.mkdirSync(`${ROOT}/dist/clients`, { recursive: true });
  let failed = 0;
  for (const version of versions) {
    const result = await test(version);
    Deno.writeTextFileSync(resultPath(version), JSON.stringify(result, null, 2));
    for (const name of result.failures) console.log(`${version}: failed: ${name}`);
    failed += result.failed;
  }
  const known = TESTED_VERSIONS.map(lastResult);
  Deno.writeTextFileSync(`${ROOT}/docs/compatibility.md`, compatibilityPage(known));
  console.log("wrote docs/compatibility.md");
  for (const { version, passed, failed } of known) {
    console.log(`${version}: ${passed} passed, ${failed} failed`);
  }
  return failed === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
