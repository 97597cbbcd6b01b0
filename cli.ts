// The entry of claude-multi: builds the context, runs one command, maps errors to exit codes.
import manifest from "./deno.json" with { type: "json" };
import { ConfigNotReady, systemContext } from "./lib/adapters/mod.ts";
import { parseRequest } from "./lib/commands/arguments.ts";
import { QUICK_COMMANDS } from "./lib/commands/quick.ts";
import { EXIT, messageOf, UserError } from "./lib/core/errors.ts";

const VERSION = manifest.version;

/** Everything that the quick commands can do without; each part more that is loaded costs time. */
const loadAll = () => import("./lib/commands/mod.ts");

async function main(args: readonly string[]): Promise<number> {
  if (args[0] === "--version") return print(`claude-multi ${VERSION}`);
  const isQuick = QUICK_COMMANDS.some((command) => command.name === args[0]);
  const commands = isQuick ? QUICK_COMMANDS : (await loadAll()).COMMANDS;
  const request = parseRequest(args, commands);
  if (request.kind === "version") return print(`claude-multi ${VERSION}`);
  if (request.kind === "help") {
    const { COMMANDS, renderCommandHelp, renderHelp } = await loadAll();
    const { command } = request;
    return print(command === null ? renderHelp(COMMANDS, VERSION) : renderCommandHelp(command));
  }
  const context = systemContext(VERSION);
  try {
    if (!isQuick) await context.configFile.ready();
    try {
      return await request.command.run(context, request.input);
    } catch (error) {
      // Quick commands read the configuration first; they begin again if it is not plain JSON.
      if (!(error instanceof ConfigNotReady)) throw error;
      await context.configFile.ready();
      return await request.command.run(context, request.input);
    }
  } finally {
    context.close();
  }
}

function print(text: string): number {
  console.log(text);
  return EXIT.ok;
}

function report(error: unknown): number {
  console.error(`claude-multi: ${messageOf(error)}`);
  if (error instanceof UserError && error.hint !== null) console.error(`try: ${error.hint}`);
  if (Deno.env.get("CLAUDE_MULTI_DEBUG") === "1" && error instanceof Error) {
    console.error(error.stack);
  } else if (!(error instanceof UserError)) console.error("try: CLAUDE_MULTI_DEBUG=1 shows more");
  return error instanceof UserError ? error.exit : EXIT.failed;
}

let code: number;
try {
  code = await main(Deno.args);
} catch (error) {
  code = report(error);
}
Deno.exit(code);
