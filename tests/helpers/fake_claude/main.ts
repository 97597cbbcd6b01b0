// The stand-in client: it treats files, hooks and signals as CONTRACT.md says.
import { readArguments } from "./arguments.ts";
import type { Arguments } from "./arguments.ts";
import { runCommand } from "./commands.ts";
import { readOrders } from "./control.ts";
import { choose, converse, Keys, terminalSize } from "./screen.ts";
import { Session } from "./session.ts";
import { readSettings } from "./settings.ts";
import { copyTranscript, findTranscript, newestSession, ownerOf } from "./transcript.ts";
import type { Json, World } from "./world.ts";
import {
  editGlobalConfig,
  isBlankLogin,
  isJson,
  logEvent,
  readJson,
  readLogin,
  readOauthAccount,
  readWorld,
  shownEnvironment,
  VERSION,
} from "./world.ts";

// Children must not see what the wrapper needed to start us.
for (const name of ["DENO_DIR", "DENO_NO_UPDATE_CHECK"]) Deno.env.delete(name);

let leavingAlready = false;

if (import.meta.main) Deno.exit(await main());

async function main(): Promise<number> {
  const args = readArguments(Deno.args);
  const world = readWorld();
  const login = readLogin(world);
  logEvent("launch", {
    argv: Deno.args,
    configDir: world.configDir,
    configDirVariable: Deno.env.get("CLAUDE_CONFIG_DIR") ?? null,
    cwd: world.cwd,
    isTty: Deno.stdin.isTerminal() && Deno.stdout.isTerminal(),
    login: login?.name ?? null,
    loginFrom: login?.from ?? null,
    env: shownEnvironment(),
  });
  if (args.version) return say(`${VERSION} (Claude Code)`);
  if (args.help) return say("Usage: claude [options] [command] [prompt]");
  if (args.command !== null) {
    return await runCommand(world, { name: args.command, words: args.words });
  }
  const settings = readSettings(world, args.settings);
  if (settings === null) return fail(`Settings file not found: ${args.settings}`);
  for (const [name, value] of Object.entries(settings.env)) Deno.env.set(name, value);

  const print = args.print || !Deno.stdin.isTerminal() || !Deno.stdout.isTerminal();
  if (readLogin(world) === null) {
    const spent = isBlankLogin(world);
    console.log(
      spent
        ? "Failed to authenticate: OAuth session expired and could not be refreshed"
        : "Not logged in · Please run /login",
    );
    return 1;
  }
  const known = findConversation(world, { args, print });
  if ("problem" in known) return fail(known.problem);
  const make = (place: { id: string; path: string }): Session =>
    new Session(world, settings, {
      args,
      kind: print ? "print" : "interactive",
      sessionId: place.id,
      path: place.path,
    });
  if (print) return await runPrint(make(known), { args, resumed: known.resumed });
  return await runInteractive({ world, args, known, make });
}

/** The conversation that the arguments name, or a new one. */
function findConversation(
  world: World,
  { args, print }: { args: Arguments; print: boolean },
): { id: string; path: string; resumed: boolean } | { problem: string } {
  const fresh = args.sessionId ?? crypto.randomUUID();
  const place = (id: string): string => `${world.transcripts}/${id}.jsonl`;
  const wanted = args.resume || (args.continues ? newestSession(world) : null);
  // With -p it isn't an error if there is nothing to continue.
  if (args.continues && !wanted && !print) return { problem: "No conversation found to continue" };
  if (!wanted) return { id: fresh, path: place(fresh), resumed: false };
  const path = findTranscript(world, wanted);
  if (path === null) return { problem: `No conversation found with session ID: ${wanted}` };
  if (!args.forks) return { id: wanted, path, resumed: true };
  copyTranscript(path, { path: place(fresh), sessionId: fresh });
  return { id: fresh, path: place(fresh), resumed: true };
}

async function runPrint(
  session: Session,
  options: { args: Arguments; resumed: boolean },
): Promise<number> {
  const { args } = options;
  const prompt = args.prompt ?? (await new Response(Deno.stdin.readable).text()).trim();
  if (prompt === "") {
    return fail("Error: Input must be provided either through stdin or as a prompt argument");
  }
  onSignal("SIGTERM", () => leave(session, 143));
  onSignal("SIGHUP", () => leave(session, 129));
  onSignal("SIGINT", () => {
    console.log("Execution error");
    return leave(session, 0);
  });
  await session.start(options.resumed ? "resume" : "startup");
  const result = await session.turn(prompt);
  const output: Json = {
    type: "result",
    subtype: "success",
    is_error: result.failed,
    result: result.text,
    session_id: session.id,
    num_turns: 1,
    ...(result.limitedUntilMs === null
      ? {}
      : { api_error_status: 429, api_error: "usage_limit_reached", terminal_reason: "api_error" }),
  };
  console.log(args.outputFormat === "text" ? result.text : JSON.stringify(output));
  await session.end("other");
  return exitCode(session.world, result.failed ? 1 : 0);
}

async function runInteractive(run: {
  world: World;
  args: Arguments;
  known: { id: string; path: string; resumed: boolean };
  make: (place: { id: string; path: string }) => Session;
}): Promise<number> {
  const { world, args } = run;
  const keys = new Keys();
  let place: { id: string; path: string } | null = run.known;
  if (!await firstStart(world, keys)) place = null;
  else if (run.known.resumed && !args.forks) {
    place = await consent(world, { keys, place: run.known });
  }
  if (place === null) {
    keys.restore();
    return 1;
  }
  const session = run.make(place);
  onSignal("SIGTERM", () => leave(session, 143, keys));
  onSignal("SIGHUP", () => leave(session, 129, keys));
  onSignal("SIGINT", () => leave(session, 0, keys));
  await session.start(run.known.resumed ? "resume" : "startup");
  const email = readOauthAccount(world)?.["emailAddress"] ?? "unknown";
  const { columns, rows } = terminalSize();
  const greeting = `fake Claude Code v${VERSION} · ${email} · ${columns}x${rows}`;
  await converse(session, { keys, greeting, first: args.prompt });
  await session.end("prompt_input_exit");
  keys.restore();
  return exitCode(world, 0);
}

/** The questions of a first start: onboarding, then trust in the folder (CONTRACT §1). */
async function firstStart(world: World, keys: Keys): Promise<boolean> {
  const config = readJson(world.globalConfig) ?? {};
  if (config["hasCompletedOnboarding"] !== true) {
    logEvent("onboarding", { configDir: world.configDir });
    const question = {
      title: "Welcome to Claude Code! Choose a theme",
      answers: ["Dark", "Light"],
    };
    if (await choose(keys, question) === null) return false;
  }
  const projects = isJson(config["projects"]) ? config["projects"] : {};
  const project = isJson(projects[world.cwd]) ? projects[world.cwd] as Json : {};
  if (project["hasTrustDialogAccepted"] !== true) {
    logEvent("trust-dialog", { configDir: world.configDir, cwd: world.cwd });
    const title = `Do you trust the files in ${world.cwd}?`;
    const answer = await choose(keys, { title, answers: ["No, exit", "Yes, I trust it"] });
    if (answer !== 1) return false;
  }
  await editGlobalConfig(world, (now) => ({
    ...now,
    hasCompletedOnboarding: true,
    numStartups: Number(now["numStartups"] ?? 0) + 1,
    projects: {
      ...(isJson(now["projects"]) ? now["projects"] : {}),
      [world.cwd]: { ...project, hasTrustDialogAccepted: true },
    },
  }));
  return true;
}

/** The consent screen for another account's conversation, if the control file asks for it. */
async function consent(
  world: World,
  options: { keys: Keys; place: { id: string; path: string } },
): Promise<{ id: string; path: string } | null> {
  const owner = ownerOf(options.place.path);
  const own = readOauthAccount(world);
  const gated = readOrders(world.configDir).consentGate === true;
  if (!gated || owner === null || owner === own?.["accountUuid"]) return options.place;
  logEvent("consent-gate", { configDir: world.configDir, sessionId: options.place.id });
  const me = `${own?.["emailAddress"]}`;
  while (true) {
    const answer = await choose(options.keys, {
      title: "This session belongs to another account",
      answers: ["Exit Claude Code", "Change login", `Copy to ${me} and continue`],
    });
    if (answer !== 2) return null;
    const sure = await choose(options.keys, {
      title: `Copy this session to ${me}? Its history is shared with that account.`,
      answers: ["Continue", "Go Back"],
      standing: 1,
    });
    if (sure !== 0) continue;
    const id = crypto.randomUUID();
    const path = `${world.transcripts}/${id}.jsonl`;
    copyTranscript(options.place.path, { path, sessionId: id });
    return { id, path };
  }
}

async function leave(session: Session, code: number, keys?: Keys): Promise<void> {
  if (leavingAlready) return;
  leavingAlready = true;
  await session.end("other");
  keys?.restore();
  logEvent("exit", { code });
  Deno.exit(code);
}

function onSignal(signal: Deno.Signal, handler: () => Promise<void>): void {
  Deno.addSignalListener(signal, () => void handler());
}

/** The exit code of a run that ends by itself. */
function exitCode(world: World, usual: number): number {
  const code = readOrders(world.configDir).exitCode ?? usual;
  logEvent("exit", { code });
  return code;
}

function say(text: string): number {
  console.log(text);
  return 0;
}

function fail(text: string): number {
  console.error(text);
  return 1;
}
