// End to end in a terminal: the compiled launcher and status line with the real client.
import assert from "node:assert/strict";
import { binary, runMulti } from "../helpers/binaries.ts";
import { needs } from "../helpers/needs.ts";
import { Pty } from "../helpers/pty.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { leaveClient } from "./client_screen.ts";
import { MockApi } from "./mock_api.ts";
import { realClaude, realClaudeEnv } from "./real_claude.ts";

interface StatusJson {
  accounts: Array<{
    name: string;
    windows: Record<string, { percentUsed: number; source: string } | null>;
  }>;
}

const CL = [binary("claude-multi"), "run"];
const SHELL = ["bash", "--norc", "--noprofile", "-i"];

/** A program in a terminal, in a home with one account. */
async function stage(command: readonly string[]): Promise<
  AsyncDisposable & { home: TempHome; env: Record<string, string>; pty: Pty }
> {
  const home = await TempHome.create();
  const api = await MockApi.start();
  home.writeConfig({ accounts: [{ name: "alice" }] });
  home.seedAccount("alice");
  const resetsAtMs = Date.now() + 3_600_000;
  api.accounts["alice"] = { fiveHour: { utilization: 0.424, resetsAtMs } };
  const more = {
    CLAUDE_MULTI_CLAUDE: await realClaude(),
    COLORTERM: "truecolor",
    PS1: "ready> ",
  };
  const env = realClaudeEnv(home, { api, more });
  const pty = await Pty.start(command, { env, cwd: home.project });
  return {
    home,
    env,
    pty,
    async [Symbol.asyncDispose]() {
      await pty[Symbol.asyncDispose]();
      await api[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
    },
  };
}

Deno.test({
  name: "cl in a terminal: our status line is drawn, its reading is stored, Ctrl-C goes to claude",
  ...needs("tmux"),
  async fn() {
    await using s = await stage(CL);
    const { home, env, pty } = s;
    await pty.waitFor(/alice .*│/);
    await pty.enter("hello there");
    await pty.waitFor(/ECHO#\d+ hello there[^]*5h 42 ?%/);
    // The percentage is coloured and bold; the client passes that through.
    // deno-lint-ignore no-control-regex
    assert.match(await pty.capture({ ansi: true }), /\x1b\[[\d;]*38;2;\d+;\d+;\d+/);
    await leaveClient(pty, home, "C-c");
    assert.equal(await pty.ended(), 0);

    const options = { home, onlyEnv: env };
    const status = JSON.parse((await runMulti(["status", "--json"], options)).stdout) as StatusJson;
    const reading = status.accounts[0]?.windows["five_hour"];
    assert.equal(reading?.percentUsed, 42.4);
    assert.equal(reading?.source, "statusline");
    const { sessions } = JSON.parse((await runMulti(["sessions", "--json"], options)).stdout) as {
      sessions: Array<{ endedHow: string; exitCode: number }>;
    };
    assert.deepEqual(sessions.map((s) => [s.endedHow, s.exitCode]), [["exit", 0]]);
  },
});

for (const [signal, code] of [["SIGTERM", 143], ["SIGHUP", 129]] as const) {
  Deno.test({
    name: `${signal} to the launcher reaches claude, and the exit code comes back`,
    ...needs("tmux"),
    async fn() {
      await using s = await stage(CL);
      const { pty } = s;
      await pty.waitFor(/alice .*│/);
      Deno.kill(await pty.pid(), signal);
      assert.equal(await pty.ended(), code);
    },
  });
}

Deno.test({
  name: "kill -9 of the launcher: the session counts as long as claude runs, then as lost",
  ...needs("tmux"),
  async fn() {
    await using s = await stage(SHELL);
    const { home, env, pty } = s;
    const launch = `sh -c 'echo $$ >pid; exec "$0" run' '${binary("claude-multi")}'`;
    await pty.enter(`${launch}; echo "over with $?"`);
    await pty.waitFor(/alice .*│/);
    const session = async () => {
      const { stdout } = await runMulti(["sessions", "--json"], { home, onlyEnv: env });
      return JSON.parse(stdout).sessions[0] as { pid: number; endedHow: string | null };
    };
    const { pid } = await session();
    Deno.kill(Number(await Deno.readTextFile(`${home.project}/pid`)), "SIGKILL");
    await pty.waitFor(/over with 137/);
    assert.equal((await session()).endedHow, null);
    const status = await runMulti(["status", "--json"], { home, onlyEnv: env });
    assert.equal(JSON.parse(status.stdout).accounts[0].activeSessions, 1);
    Deno.kill(pid, "SIGKILL");
    for (let look = 0; look < 100 && (await session()).endedHow === null; look++);
    assert.equal((await session()).endedHow, "lost");
  },
});

Deno.test({
  name: "job control: Ctrl-Z stops claude and the launcher, fg brings both back",
  ...needs("tmux"),
  async fn() {
    await using s = await stage(SHELL);
    const { pty } = s;
    await pty.enter(`'${binary("claude-multi")}' run; echo "left with $?"`);
    await pty.waitFor(/alice .*│/);
    await pty.keys("C-z");
    await pty.waitFor(/Stopped/);
    await pty.enter("echo the shell answers");
    await pty.waitFor(/^the shell answers/m);
    await pty.enter("fg");
    await pty.waitFor(/alice .*│/);
    await pty.enter("hello again");
    await pty.waitFor(/ECHO#\d+ hello again/);
    await leaveClient(pty, s.home);
    // What is typed before the shell has its terminal back is lost.
    await pty.waitFor(/ready>\s*$/);
    await pty.enter("echo closed");
    await pty.waitFor(/^closed/m);
  },
});

Deno.test({
  name: "kill -9 of claude: the row is closed and the terminal works again",
  ...needs("tmux"),
  async fn() {
    await using s = await stage(SHELL);
    const { home, env, pty } = s;
    await pty.enter(`stty -a >before; '${binary("claude-multi")}' run; stty -a >after; echo over`);
    await pty.waitFor(/alice .*│/);
    const list = await runMulti(["sessions", "--json"], { home, onlyEnv: env });
    const { sessions } = JSON.parse(list.stdout) as { sessions: Array<{ pid: number }> };
    Deno.kill(sessions[0]?.pid ?? 0, "SIGKILL");
    await pty.waitFor(/^over/m);
    const before = await Deno.readTextFile(`${home.project}/before`);
    assert.equal(await Deno.readTextFile(`${home.project}/after`), before);
    const after = await runMulti(["sessions", "--json"], { home, onlyEnv: env });
    assert.match(after.stdout, /"endedHow":"signal"/);
  },
});
