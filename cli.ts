// The entry of claude-multi: builds the context, runs one command, maps errors to exit codes.
import manifest from "./deno.json" with { type: "json" };
import { systemContext } from "./lib/adapters/mod.ts";
import { parseRequest } from "./lib/commands/arguments.ts";
import { renderCommandHelp, renderHelp } from "./lib/commands/help.ts";
import { COMMANDS } from "./lib/commands/mod.ts";
import { EXIT, messageOf, UserError } from "./lib/core/errors.ts";

const VERSION = manifest.version;

async function main(args: readonly string[]): Promise<number> {
  const request = parseRequest(args, COMMANDS);
  if (request.kind === "version") return print(`claude-multi ${VERSION}`);
  if (request.kind === "help") {
    const { command } = request;
    return print(command === null ? renderHelp(COMMANDS, VERSION) : renderCommandHelp(command));
  }
  const context = systemContext(VERSION);
  try {
    return await request.command.run(context, request.input);
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
