// The entry of claude-multi: builds the context, runs a command, and maps errors to exit codes.
import manifest from "./deno.json" with { type: "json" };
import { systemEnv } from "./lib/system/env.ts";
import { systemContext } from "./lib/context.ts";
import { systemTerminal } from "./lib/system/terminal.ts";
import type { Request } from "./lib/cli/parse.ts";
import { corrected, parseRequest } from "./lib/cli/parse.ts";
import type { Command } from "./lib/cli/command.ts";
import { quickCommand } from "./lib/commands/quick.ts";
import { refuseForeignRoot } from "./lib/config/root_guard.ts";
import { isFromSqlite } from "./lib/ledger/faults.ts";
import { failing } from "./lib/ledger/recovery.ts";
import { isUnusual, setZone } from "./lib/text/local_time.ts";
import { EXIT, messageOf, UserError } from "./lib/text/errors.ts";
import { didYouMean } from "./lib/text/format.ts";
import { pasteable } from "./lib/text/shell_quote.ts";

const VERSION = manifest.version;

async function main(args: readonly string[]): Promise<number> {
  const tz = systemEnv.get("TZ");
  if (tz !== null && isUnusual(tz)) setZone((await import("./lib/text/zone_rule.ts")).zoneOf(tz));
  if (args[0] === "--version") return print(`claude-multi ${VERSION}`);
  const quick = await quickCommand(args[0]);
  const commands = quick === null ? (await import("./lib/commands/mod.ts")).COMMANDS : [quick];
  const request = await requestOf(args, commands);
  if (request.kind === "version") return print(`claude-multi ${VERSION}`);
  if (request.kind === "help") {
    const { HELP_CELLS, renderCommandHelp, renderHelp } = await import("./lib/cli/help.ts");
    const { command } = request;
    const cells = Math.min(HELP_CELLS, systemTerminal(systemEnv).columns);
    return print(
      command === null
        ? renderHelp(commands, { version: VERSION, cells })
        : renderCommandHelp(command, cells),
    );
  }
  const context = systemContext(VERSION);
  let { command, input } = request;
  try {
    if (command.internal !== true) refuseForeignRoot(context, command.name);
    ({ command, input } = await meantFor(context, request));
    await context.configFile.ready(command === quick ? "read" : "edit");
    return await command.run(context, input);
  } catch (error) {
    if (!isFromSqlite(error)) throw error;
    if (!command.repeatable) throw failing(context.layout.ledger, error);
    context.abandonLedger(error);
    return await command.run(context, input);
  } finally {
    context.close();
  }
}

/** The request, or that for our own command that somebody typed after `cl`. */
async function meantFor(
  context: ReturnType<typeof systemContext>,
  request: Extract<Request, { kind: "run" }>,
): Promise<Extract<Request, { kind: "run" }>> {
  const { command, input: { rest: words } } = request;
  // Most prompts have blanks, and need none of the code that knows our commands.
  if (command.name !== "run" || !/^(\w[\w-]*|--account(=.*)?)$/.test(words[0] ?? "")) {
    return request;
  }
  const { COMMANDS: commands } = await import("./lib/commands/mod.ts");
  const { ownCommand } = await import("./lib/launch/own_words.ts");
  await context.configFile.ready("read");
  return await ownCommand(context, { words, commands }) ?? request;
}

/** Parses the arguments; the code that finds the word that was meant is loaded only for a wrong one. */
async function requestOf(args: readonly string[], commands: readonly Command[]): Promise<Request> {
  try {
    return parseRequest(args, commands);
  } catch {
    // Another version of this program, if it is called "claude", is started with a client's arguments.
    (await import("./lib/launch/mod.ts")).refuseCallBack(systemContext(VERSION));
    const { nearest } = await import("./lib/text/nearest.ts");
    const { inOurWords } = await import("./lib/cli/other_words.ts");
    return parseRequest(args, commands, { nearest, inOurWords, accounts: await accountNames() });
  }
}

/** The names of all accounts; none if the configuration can't be read, which isn't the matter here. */
async function accountNames(): Promise<string[]> {
  const { configFile } = systemContext(VERSION);
  try {
    await configFile.ready();
    return configFile.read().accounts.map(({ name }) => name);
  } catch {
    return [];
  }
}

function print(text: string): number {
  console.log(text);
  return EXIT.ok;
}

async function report(error: unknown): Promise<number> {
  const terminal = systemTerminal(systemEnv);
  const isDebugging = systemEnv.get("CLAUDE_MULTI_DEBUG") === "1";
  const known = error instanceof UserError ? error : null;
  const isShut = error instanceof Deno.errors.PermissionDenied;
  const unknown = isShut ? "claude-multi doctor" : "CLAUDE_MULTI_DEBUG=1 to see more";
  const meant = known === null || known.unknown === null ? null : await meantBy(known.unknown);
  const hint = meant?.line ?? (known ? known.hint : isDebugging ? null : unknown);
  terminal.warn(messageOf(error) + (meant?.text ?? ""));
  if (hint !== null) terminal.note(`try: ${hint}`);
  if (isDebugging && error instanceof Error) terminal.note(stackOf(error));
  return known?.exit ?? EXIT.failed;
}

/** The name that was probably meant by a word of the command line, and the whole line with it; null if none. */
async function meantBy(
  { word, among, now }: NonNullable<UserError["unknown"]>,
): Promise<{ text: string; line: string | null } | null> {
  const { nearest } = await import("./lib/text/nearest.ts");
  const by = now ?? nearest(word, among);
  if (by === null) return null;
  const isTyped = Deno.args.includes(word) && pasteable(Deno.args) !== null;
  return {
    text: now === undefined ? didYouMean(by) : "",
    line: isTyped ? corrected(Deno.args, { word, by }) : null,
  };
}

/** The stack, without the message of a JSON error, which quotes the text. */
function stackOf(error: Error): string {
  const stack = error.stack ?? "";
  return error instanceof SyntaxError ? stack.split("\n    at ").slice(1).join("\n") : stack;
}

void main(Deno.args).catch(report).then((code) => Deno.exit(code));
