// End to end: the real client, started by claude-multi-ide as an editor's extension or the Python SDK starts it.
import assert from "node:assert/strict";
import { installIde, runMulti, startProgram } from "../helpers/binaries.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { waitUntil } from "../helpers/waiting.ts";
import { MockApi } from "./mock_api.ts";
import { realClaude, realClaudeEnv } from "./real_claude.ts";

/** The arguments of the extension, as far as they matter here. */
const ARGS = [
  "--output-format",
  "stream-json",
  "--verbose",
  "--input-format",
  "stream-json",
  "--permission-prompt-tool",
  "stdio",
  "--permission-mode",
  "default",
];

type Line = Record<string, unknown>;

const line = (value: Line) => `${JSON.stringify(value)}\n`;
const INITIALIZE = line({
  type: "control_request",
  request_id: "r1",
  request: { subtype: "initialize", hooks: null },
});
const user = (content: string) => line({ type: "user", message: { role: "user", content } });

async function homeWithOne(): Promise<TempHome> {
  const home = await TempHome.create();
  home.writeConfig({ accounts: [{ name: "alice" }] });
  home.seedAccount("alice");
  home.seedCachedUsage("alice", { fiveHour: 10, sevenDay: 10 });
  return home;
}

Deno.test("an editor's own client, settings and stream pass through claude-multi-ide", async () => {
  await using home = await homeWithOne();
  await using api = await MockApi.start();
  const onlyEnv = realClaudeEnv(home, { api, more: { CLAUDE_CODE_ENTRYPOINT: "claude-vscode" } });
  const settings = `${home.path}/editor-settings.json`;
  const marker = `${home.path}/own-hook-ran`;
  const hooks = { SessionStart: [{ hooks: [{ type: "command", command: `: > ${marker}` }] }] };
  Deno.writeTextFileSync(settings, JSON.stringify({ hooks, env: { FROM_EDITOR: "1" } }));
  const run = await startProgram(
    installIde(home),
    [await realClaude(), ...ARGS, "--settings", settings],
    { home, onlyEnv, stdin: INITIALIZE + user("hello"), timeoutMs: 180_000 },
  ).ended;
  assert.equal(run.code, 0, run.stderr);
  assert.equal(run.stderr, "");
  const lines = run.stdout.trim().split("\n").map((text) => JSON.parse(text) as Line);
  assert.ok(lines.some(({ type }) => type === "control_response"), "it was initialized");
  assert.match(String(lines.find(({ type }) => type === "result")?.["result"]), /^ECHO#\d+ hello$/);
  assert.deepEqual(api.turns(), [{ account: "alice", text: "hello" }]);
  assert.ok(Deno.statSync(marker).isFile, "the editor's own hook ran");
  const { sessions } = JSON.parse((await runMulti(["sessions", "--json"], { home })).stdout) as {
    sessions: Line[];
  };
  assert.equal(sessions[0]?.["origin"], "ide");
  const id = lines.find(({ type }) => type === "result")?.["session_id"];
  assert.equal(sessions[0]?.["clientSessionId"], id, "and so did ours");
});

Deno.test("claude-multi-ide prints what the client alone prints", async () => {
  await using home = await homeWithOne();
  await using api = await MockApi.start();
  const claude = await realClaude();
  const ide = installIde(home);
  const more = { CLAUDE_CODE_ENTRYPOINT: "claude-vscode" };
  const shown = async (program: string, before: string[], env: Record<string, string>) => {
    const onlyEnv = realClaudeEnv(home, { api, more: { ...more, ...env } });
    const stdin = INITIALIZE + user("hello");
    const options = { home, onlyEnv, stdin, timeoutMs: 180_000 };
    const { code, stdout, stderr } = await startProgram(program, [...before, ...ARGS], options)
      .ended;
    return { code, stderr, lines: comparable(stdout) };
  };
  const alone = await shown(claude, [], { CLAUDE_CONFIG_DIR: home.accountDir("alice") });
  const through = await shown(ide, [claude], {});
  assert.deepEqual(through, alone);
  assert.equal(alone.code, 0);
});

/**
 * The lines, with what differs from run to run blanked; the order of lines and keys counts. Of what the
 * client says about itself only the keys count: models and flags depend on what it has fetched by then.
 */
function comparable(stdout: string): string[] {
  return stdout
    .replace(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, "ID")
    .replace(/(ECHO#|_mock_)\d+/g, "$1")
    .replace(/("\w*(?:_ms|Ms|_at|pid|_per_sec\w*)":)[\d.]+/g, '$1"N"')
    .replace(/cc-socks\/\d+/g, "cc-socks/PID")
    .replace(/"\d{4}-\d\d-\d\dT[\d:.]+Z"/g, '"TIME"')
    .replace(/,"fast_mode_\w+":"\w*"/g, "")
    .split("\n")
    .map((line) => line.includes('"control_response"') ? keysOf(JSON.parse(line)).join() : line);
}

/** The keys of an object and of the objects in it, down to those of the answer. */
function keysOf(value: Line, depth = 0): string[] {
  return Object.entries(value).flatMap(([key, inner]) =>
    depth < 2 && typeof inner === "object" && inner !== null
      ? [key, ...keysOf(inner as Line, depth + 1)]
      : [key]
  );
}

Deno.test("--version through claude-multi-ide is the client's own", async () => {
  await using home = await TempHome.create();
  const claude = await realClaude();
  const alone = await startProgram(claude, ["--version"], { home }).ended;
  const through = await startProgram(installIde(home), [claude, "--version"], { home }).ended;
  assert.deepEqual(through, alone);
});

Deno.test("what the Python SDK starts runs through claude-multi-ide: first -v, then a stream", async () => {
  await using home = await homeWithOne();
  await using api = await MockApi.start();
  const ide = installIde(home);
  const more = {
    CLAUDE_MULTI_CLAUDE: await realClaude(),
    CLAUDE_CODE_ENTRYPOINT: "sdk-py",
    CLAUDE_AGENT_SDK_VERSION: "0.2.138",
  };
  const onlyEnv = realClaudeEnv(home, { api, more });
  const probe = await startProgram(ide, ["-v"], { home, onlyEnv }).ended;
  // The SDK looks for the number at the beginning, and waits for it for two seconds.
  assert.match(probe.stdout, /^\d+\.\d+\.\d+ /);
  // ClaudeAgentOptions(cli_path=…), and with resume=….
  const args = ["--output-format", "stream-json", "--verbose", "--system-prompt", ""];
  const ask = async (prompt: string, resume: string[]) => {
    const words = [...args, ...resume, "--input-format", "stream-json"];
    const stdin = INITIALIZE + line({
      type: "user",
      session_id: "",
      message: { role: "user", content: prompt },
      parent_tool_use_id: null,
    });
    const options = { home, onlyEnv, stdin, timeoutMs: 180_000 };
    const { code, stdout, stderr } = await startProgram(ide, words, options).ended;
    assert.deepEqual([code, stderr], [0, ""]);
    const lines = stdout.trim().split("\n").map((text) => JSON.parse(text) as Line);
    return lines.find(({ type }) => type === "result");
  };
  const first = await ask("Say hello", []);
  assert.match(String(first?.["result"]), /^ECHO#\d+ Say hello$/);
  const second = await ask("again", [`--resume=${String(first?.["session_id"])}`]);
  assert.equal(second?.["session_id"], first?.["session_id"]);
  const { sessions } = JSON.parse((await runMulti(["sessions", "--json"], { home })).stdout) as {
    sessions: Line[];
  };
  assert.deepEqual(sessions.map(({ origin, account }) => [origin, account]), [
    ["sdk", "alice"],
    ["sdk", "alice"],
  ]);
});

for (const when of ["between turns", "during a turn"] as const) {
  Deno.test(`kill -9 of claude-multi-ide ${when}: the client ends once the editor closes its pipe`, async () => {
    await using home = await homeWithOne();
    await using api = await MockApi.start();
    const release = when === "during a turn" ? api.hold("alice") : () => {};
    const more = { CLAUDE_CODE_ENTRYPOINT: "claude-vscode" };
    const child = new Deno.Command(installIde(home), {
      args: [await realClaude(), ...ARGS],
      clearEnv: true,
      env: realClaudeEnv(home, { api, more }),
      cwd: home.project,
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    let printed = "";
    // It ends only when the client has ended, too: both have the pipe.
    const ended = child.stdout.pipeThrough(new TextDecoderStream()).pipeTo(
      new WritableStream({ write: (text) => void (printed += text) }),
    );
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(INITIALIZE + user("hello")));
    await waitUntil("the turn", {
      holds: () => when === "during a turn" ? api.turns().length > 0 : /"result"/.test(printed),
      timeoutMs: 120_000,
    });
    child.kill("SIGKILL");
    assert.equal((await child.status).signal, "SIGKILL");
    // An editor does so when it is done with its child, and the system when the editor ends.
    await writer.close();
    release();
    await ended;
    assert.match(printed, /ECHO#\d+ hello/);
    const { sessions } = JSON.parse((await runMulti(["sessions", "--json"], { home })).stdout) as {
      sessions: Line[];
    };
    assert.equal(sessions[0]?.["endedHow"], "lost");
  });
}
