// The entry of claude-multi: builds the context, runs one command, maps errors to exit codes.
import manifest from "./deno.json" with { type: "json" };
import { systemEnv } from "./lib/system/env.ts";
import { ConfigNotReady, systemContext } from "./lib/context.ts";
import { systemTerminal } from "./lib/system/terminal.ts";
import { parseRequest } from "./lib/cli/parse.ts";
import type { Command } from "./lib/cli/command.ts";
import { quickCommand } from "./lib/commands/quick.ts";
import { isFromSqlite } from "./lib/ledger/faults.ts";
import { failing } from "./lib/ledger/recovery.ts";
import { EXIT, messageOf, UserError } from "./lib/text/errors.ts";
import { harmless } from "./lib/text/escape.ts";

const VERSION = manifest.version;

/** Everything that the quick commands can do without; each part more that is loaded costs time. */
const loadAll = () => import("./lib/commands/mod.ts");

/** Commands that may begin anew when the ledger fails: they start no client and ask nothing. */
const REPEATABLE = ["pick", "status", "sessions", "why", "simulate", "limit", "rename"];

async function main(args: readonly string[]): Promise<number> {
  if (args[0] === "--version") return print(`claude-multi ${VERSION}`);
  const quick = await quickCommand(args[0]);
  const commands = quick === null ? (await loadAll()).COMMANDS : [quick];
  const request = await understood(args, commands);
  if (request.kind === "version") return print(`claude-multi ${VERSION}`);
  if (request.kind === "help") {
    const { COMMANDS, renderCommandHelp, renderHelp } = await loadAll();
    const { command } = request;
    return print(command === null ? renderHelp(COMMANDS, VERSION) : renderCommandHelp(command));
  }
  const context = systemContext(VERSION);
  try {
    if (quick === null) await context.configFile.ready();
    try {
      return await request.command.run(context, request.input);
    } catch (error) {
      // Quick commands read the configuration first; they begin again if it is not plain JSON.
      if (error instanceof ConfigNotReady) await context.configFile.ready();
      else if (!isFromSqlite(error)) throw error;
      else if (REPEATABLE.includes(request.command.name)) context.abandonLedger(error);
      else throw failing(context.layout.ledger, error);
      return await request.command.run(context, request.input);
    }
  } finally {
    context.close();
  }
}

/** A wrong word is looked up among the right ones by what only then is loaded. */
async function understood(args: readonly string[], commands: readonly Command[]) {
  try {
    return parseRequest(args, commands);
  } catch {
    // Another version of this program that is called "claude" is launched with a client's arguments.
    (await import("./lib/launch/mod.ts")).refuseCallBack(systemContext(VERSION));
    const { nearest } = await import("./lib/text/nearest.ts");
    return parseRequest(args, commands, nearest);
  }
}

function print(text: string): number {
  console.log(text);
  return EXIT.ok;
}

function report(error: unknown): number {
  systemTerminal(systemEnv).warn(messageOf(error));
  if (error instanceof UserError && error.hint !== null) {
    console.error(`try: ${harmless(error.hint)}`);
  }
  if (Deno.env.get("CLAUDE_MULTI_DEBUG") === "1" && error instanceof Error) {
    const isOfJson = error instanceof SyntaxError; // Its message quotes the text.
    console.error(
      harmless(
        isOfJson ? error.stack?.split("\n    at ").slice(1).join("\n") ?? "" : error.stack ?? "",
      ),
    );
  } else if (!(error instanceof UserError)) console.error("try: CLAUDE_MULTI_DEBUG=1 shows more");
  return error instanceof UserError ? error.exit : EXIT.failed;
}

async function start(): Promise<void> {
  let code: number;
  try {
    code = await main(Deno.args);
  } catch (error) {
    code = report(error);
  }
  Deno.exit(code);
}

// V8 reads a script once more for the line numbers of the first Error, as a missing file makes one;
// nobody sees them, and while a script's top level is on the stack it reads all of it.
if (Deno.env.get("CLAUDE_MULTI_DEBUG") !== "1") Error.stackTraceLimit = 0;
queueMicrotask(start);
