// What the client under test can do, found by trying it. As a program, it prints that as JSON.
import { CLIENT_FLAGS } from "../../lib/claude/flags.ts";
import { startProgram } from "../helpers/binaries.ts";
import { Pty } from "../helpers/pty.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { waitUntil } from "../helpers/waiting.ts";
import { transcriptsOf } from "./client_screen.ts";
import { MockApi } from "./mock_api.ts";
import { realClaude, realClaudeEnv } from "./real_claude.ts";

type Json = Record<string, unknown>;

/** What was found; each line of docs/compatibility.md is one of these. */
export interface Features {
  /** A refusal in the transcript names the limit and its reset. */
  recordsLimit: boolean;
  /** The transcript names the account that a conversation belongs to. */
  recordsOwner: boolean;
  /** At a limit, the client waits for the reset; otherwise it opens a dialog. */
  waitsForReset: boolean;
  /** Its record of the session says that a background task is running. */
  recordsTasks: boolean;
  /** The status line gets the state of the prompt cache. */
  tellsCache: boolean;
  /** Flags that completion offers and that this client doesn't have. */
  missingFlags: string[];
}

const SID = "11111111-2222-4333-8444-555555555555";

/** Finds out what the client can do; takes some seconds. */
export async function clientFeatures(): Promise<Features> {
  await using home = await TempHome.create();
  await using api = await MockApi.start();
  home.seedAccount("alice");
  const dir = home.accountDir("alice");
  const onlyEnv = realClaudeEnv(home, { api, more: { CLAUDE_CONFIG_DIR: dir } });
  const run = async (args: string[]) =>
    await startProgram(await realClaude(), args, { home, onlyEnv }).ended;
  const { stdout: help } = await run(["--help"]);
  const missingFlags = Object.entries(CLIENT_FLAGS).flatMap(([name, { about }]) =>
    about === undefined || new RegExp(`${name}\\b`).test(help) ? [] : [name]
  );

  const payload = `${home.path}/payload`;
  const command = `cat >${payload}.new; mv ${payload}.new ${payload}`;
  const settings = JSON.stringify({ statusLine: { type: "command", command } });
  const args = ["--session-id", SID, "--settings", settings];
  await using pty = await Pty.start([await realClaude(), ...args], {
    env: onlyEnv,
    cwd: home.project,
  });
  await waitUntil("the status line is drawn", { holds: () => textOf(payload) !== "" });
  await pty.enter("RUNBG sleep 3600");
  await pty.waitFor(/ECHO#\d+ of a tool result/, 60_000);
  await settled();
  const recordsTasks = ["shell", "busy"].includes(String(sessionRecord(dir)["status"]));
  const line = textOf(payload) || "{}";
  const resetsAtMs = Date.now() + 3_600_000;
  api.accounts["alice"] = { rejected: "five_hour", fiveHour: { utilization: 1, resetsAtMs } };
  await pty.enter("one more");
  await waitUntil("the refusal stands in the transcript", {
    holds: () => transcriptsOf(home, "alice").includes('"isApiErrorMessage":true'),
    timeoutMs: 60_000,
  });
  await settled();
  const lines = transcriptsOf(home, "alice").split("\n").filter((line) => line !== "").map((line) =>
    JSON.parse(line) as Json
  );
  return {
    recordsLimit: lines.some((line) => "quotaLimits" in line),
    recordsOwner: lines.some((line) => line["type"] === "session-owner"),
    waitsForReset: sessionRecord(dir)["status"] !== "waiting",
    recordsTasks,
    tellsCache: "prompt_cache" in (JSON.parse(line) as Json),
    missingFlags,
  };
}

/** The client writes its records and draws its status line within this time. */
function settled(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 3_000));
}

function sessionRecord(dir: string): Json {
  const names = [...Deno.readDirSync(`${dir}/sessions`)].map(({ name }) => name);
  const name = names.find((name) => name.endsWith(".json"));
  return name === undefined ? {} : JSON.parse(Deno.readTextFileSync(`${dir}/sessions/${name}`));
}

function textOf(path: string): string {
  try {
    return Deno.readTextFileSync(path);
  } catch {
    return "";
  }
}

if (import.meta.main) console.log(JSON.stringify(await clientFeatures()));
