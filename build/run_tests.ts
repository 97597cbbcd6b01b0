// Runs tests in a clean environment; the last line is `N passed, N failed[, N skipped]`.
// usage: build/deno run -A build/run_tests.ts unit|e2e|release|fuzz [deno test options or files]
import { resolvedVersion } from "./client_version.ts";
import { ROOT } from "./toolchain.ts";

/** Folders in tests/ that `unit` skips: the real client, releases, measurements, and what tests share. */
const NOT_UNIT = ["e2e", "release", "bench", "helpers", "fixtures"];
/** The variables that tests get from the caller; HOME is a temporary folder. */
const KEPT =
  /^(PATH|TMPDIR|CI|UPDATE_GOLDEN|E2E_CLAUDE|FUZZ_RUNS|DENO_TLS_CA_STORE|SSL_CERT_\w+|NODE_EXTRA_CA_CERTS|(https?|no|all)_proxy|npm_config_\w+|PLAYWRIGHT_BROWSERS_PATH)$/i;

/** Test results, summed. */
export interface Counts {
  passed: number;
  failed: number;
  skipped: number;
}

/** Adds up the suites of a JUnit report, which counts steps as tests. */
export function countsOf(junit: string): Counts {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const [suite] of junit.matchAll(/<testsuite [^>]*>/g)) {
    const of = (name: string) => Number(new RegExp(` ${name}="(\\d+)"`).exec(suite)?.[1] ?? 0);
    const failed = of("failures") + of("errors");
    counts.failed += failed;
    counts.skipped += of("disabled");
    counts.passed += of("tests") - failed - of("disabled");
  }
  return counts;
}

/** The last line. */
export function closingLine({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

function* testFiles(folder: string, skipped: readonly string[] = []): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    const path = `${folder}/${name}`;
    if (isDirectory && !skipped.includes(name)) yield* testFiles(path);
    else if (/_test\.ts$/.test(name)) yield path;
  }
}

function filesOf(kind: string): string[] {
  if (kind === "e2e" || kind === "release") return [...testFiles(`${ROOT}/tests/${kind}`)];
  const unit = [...testFiles(`${ROOT}/tests`, NOT_UNIT)];
  if (kind === "unit") return unit;
  return unit.filter((path) => /"fast-check"|FUZZ_RUNS/.test(Deno.readTextFileSync(path)));
}

async function cleanEnvironment(home: string): Promise<Record<string, string>> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
  const { denoDir } = JSON.parse(new TextDecoder().decode(stdout)) as { denoDir: string };
  const own = Deno.env.toObject();
  const npm = own["HOME"]
    ? { npm_config_userconfig: `${own["HOME"]}/.npmrc`, npm_config_cache: `${own["HOME"]}/.npm` }
    : {};
  return {
    ...npm,
    ...Object.fromEntries(Object.entries(own).filter(([name]) => KEPT.test(name))),
    HOME: home,
    DENO_DIR: denoDir,
    LANG: "C.UTF-8",
    TERM: "xterm-256color",
    TZ: "UTC",
  };
}

async function main([kind = "unit", ...rest]: string[]): Promise<number> {
  const files = rest.some((argument) => argument.endsWith(".ts")) ? [] : filesOf(kind).toSorted();
  const home = Deno.makeTempDirSync({ prefix: "claude-multi-test-" });
  const report = `${home}/junit.xml`;
  console.log(`==> ${kind} tests: ${files.length > 0 ? `${files.length} files` : rest.join(" ")}`);
  const asked = Deno.env.get("E2E_CLAUDE");
  if (kind === "e2e" && asked) Deno.env.set("E2E_CLAUDE", await resolvedVersion(asked));
  const preload = kind === "fuzz" ? [`--preload=${ROOT}/build/fuzz.ts`] : [];
  const counts = { passed: 0, failed: 0, skipped: 0 };
  let code = 1;
  try {
    if (files.length > 0 || rest.length > 0) {
      const args = [
        "test",
        "-A",
        "--frozen",
        `--junit-path=${report}`,
        ...preload,
        ...rest,
        ...files,
      ];
      const env = await cleanEnvironment(home);
      const command = new Deno.Command(Deno.execPath(), {
        args,
        env,
        clearEnv: true,
        cwd: ROOT,
        stdin: "null",
      });
      code = (await command.spawn().status).code;
      Object.assign(counts, countsOf(Deno.readTextFileSync(report)));
    } else console.error(`no ${kind} tests found`);
  } catch (error) {
    // Without a report, nothing ran: a type error, or a file that can't be loaded.
    if (!(error instanceof Deno.errors.NotFound)) console.error(error);
  } finally {
    Deno.removeSync(home, { recursive: true });
  }
  if (counts.failed === 0 && (code !== 0 || counts.passed === 0)) counts.failed = 1;
  console.log(closingLine(counts));
  return counts.failed === 0 ? 0 : 1;
}

if (import.meta.main) Deno.exit(await main(Deno.args));
