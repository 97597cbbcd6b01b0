// The real Agent SDK for tests: a pinned version from npm, which runs scripts in node.
import type { Running } from "../helpers/binaries.ts";
import { installIde, startProgram } from "../helpers/binaries.ts";
import { repositoryPath } from "../helpers/paths.ts";
import type { TempHome } from "../helpers/temp_home.ts";
import { firstFile, fromNpm } from "./npm_folder.ts";

/** The tested version of the SDK. */
export const SDK_VERSION = "0.3.332";

const PACKAGE = "@anthropic-ai/claude-agent-sdk";

/** The folder in which scripts can import the SDK. It has no client: the tests name one. */
async function sdkFolder(): Promise<string> {
  const dir = repositoryPath(`.tools/agent-sdk/${SDK_VERSION}`);
  await fromNpm({
    dir,
    spec: `${PACKAGE}@${SDK_VERSION}`,
    more: ["--omit=optional"],
    wanted: (dir) => firstFile([`${dir}/node_modules/${PACKAGE}/sdk.mjs`]),
  });
  return dir;
}

/**
 * Runs a script with the SDK: an ES module in which, after a line with a comment `head`, `ide` is the path
 * of claude-multi-ide, `cwd` the project folder, and `say(value)` prints a line of JSON.
 */
export async function startSdkScript(
  script: string,
  options: { home: TempHome; onlyEnv: Record<string, string> },
): Promise<Running> {
  const { home } = options;
  const head = [
    `const [ide, cwd] = ${JSON.stringify([installIde(home), home.project])};`,
    `const say = (value) => console.log(JSON.stringify(value));`,
  ].join("\n");
  const node = await nodePath();
  const args = ["--input-type=module", "--eval", script.replace("/* head */", () => head)];
  return startProgram(node, args, { ...options, cwd: await sdkFolder() });
}

async function nodePath(): Promise<string> {
  const found = firstFile((Deno.env.get("PATH") ?? "").split(":").map((dir) => `${dir}/node`));
  if (found === null) throw new Error("node is not on PATH");
  return await Deno.realPath(found);
}
