// The status line in the real client: colours, and redraws after a turn, a subagent and a resize.
import assert from "node:assert/strict";
import { binary, runMulti } from "../helpers/binaries.ts";
import { needs } from "../helpers/needs.ts";
import { Pty } from "../helpers/pty.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { leaveClient } from "./client_screen.ts";
import { MockApi } from "./mock_api.ts";
import { realClaude, realClaudeEnv } from "./real_claude.ts";

/** The status line on a screen: the row that starts with the account. */
function lineOn(screen: string): string {
  return screen.split("\n").findLast((row) => /^\s*(?:[●○] )?alice\b/.test(row))?.trim() ?? "";
}

Deno.test({
  name: "the line follows a turn, a subagent and a resize of the terminal",
  ...needs("tmux"),
  async fn() {
    await using home = await TempHome.create();
    await using api = await MockApi.start();
    home.writeConfig({ accounts: [{ name: "alice" }] });
    home.seedAccount("alice");
    const resetsAtMs = Date.now() + 2 * 3_600_000;
    api.accounts["alice"] = {
      fiveHour: { utilization: 0.424, resetsAtMs },
      sevenDay: { utilization: 0.171, resetsAtMs: resetsAtMs + 3 * 86_400_000 },
    };
    const more = { CLAUDE_MULTI_CLAUDE: await realClaude(), COLORTERM: "truecolor" };
    const env = realClaudeEnv(home, { api, more });
    const command = [binary("claude-multi"), "run", "--", "--permission-mode", "acceptEdits"];
    await using pty = await Pty.start(command, {
      env,
      cwd: home.project,
      columns: 140,
    });
    await pty.waitFor(/alice .*│/);

    await pty.enter("hello there");
    await pty.waitFor(/in [\d.]+k \+[\d.]+k out \d+ \+\d+/);
    const afterTurn = lineOn(await pty.capture());
    assert.match(afterTurn, /5h 42% .*7d 17% /);
    // deno-lint-ignore no-control-regex
    assert.match(await pty.capture({ ansi: true }), /\x1b\[[\d;]*38;2;\d+;\d+;\d+/);

    await pty.enter("SPAWN say hi from sub");
    await pty.waitFor(/sub \d+%/, 60_000);

    await pty.resize(60, 30);
    await pty.waitFor(/alice │ ctx <1% │ in .*│ 5h 42%/);
    const narrow = lineOn(await pty.capture());
    assert.ok([...narrow].length <= 56, narrow);
    assert.ok(!narrow.includes("…"), narrow);

    await leaveClient(pty, home, "C-c");
    assert.equal(await pty.ended(), 0);

    const status = await runMulti(["status", "--json"], { home, onlyEnv: env });
    const { accounts } = JSON.parse(status.stdout) as {
      accounts: Array<{ windows: Record<string, { percentUsed: number; source: string } | null> }>;
    };
    const windows = accounts[0]?.windows ?? {};
    assert.deepEqual(
      ["five_hour", "seven_day"].map((name) => [windows[name]?.percentUsed, windows[name]?.source]),
      [[42.4, "statusline"], [17.1, "statusline"]],
    );

    // Three answers of the mock with 42 tokens each: to both prompts, and to the subagent's.
    const stats = await runMulti(["stats", "--json"], { home, onlyEnv: env });
    const { total } = JSON.parse(stats.stdout) as { total: Record<string, number> };
    const { tokensIn = 0, tokensOut = 0 } = total;
    assert.ok(tokensOut >= 3 * 42 && tokensOut % 42 === 0, stats.stdout);
    assert.ok(tokensIn > 1000, stats.stdout);
  },
});

Deno.test({
  name: "the user's own line is on the screen, and the limits are recorded in the background",
  ...needs("tmux"),
  async fn() {
    await using home = await TempHome.create("claude-multi 'own' ");
    await using api = await MockApi.start();
    home.writeConfig({ accounts: [{ name: "alice" }] });
    home.seedAccount("alice");
    const resetsAtMs = Date.now() + 2 * 3_600_000;
    api.accounts["alice"] = { fiveHour: { utilization: 0.424, resetsAtMs } };
    const command = 'read -r x; printf \'%s\' "it\'s mine: "; echo "${x#*:}" | cut -c 1-3\n# end';
    const settings = `${home.path}/.claude/settings.json`;
    await Deno.mkdir(`${home.path}/.claude`);
    await Deno.writeTextFile(
      settings,
      JSON.stringify({ statusLine: { type: "command", command } }),
    );
    const more = { CLAUDE_MULTI_CLAUDE: await realClaude() };
    const env = realClaudeEnv(home, { api, more });
    assert.equal((await runMulti(["setup", "--yes"], { home, onlyEnv: env })).code, 0);
    const before = JSON.parse(await Deno.readTextFile(settings)).statusLine;
    await using pty = await Pty.start([binary("claude-multi"), "run"], { env, cwd: home.project });
    await pty.waitFor(/it's mine: "/);
    await pty.enter("hello there");
    const known = async (): Promise<[unknown, unknown]> => {
      const status = await runMulti(["status", "--json"], { home, onlyEnv: env });
      const window = JSON.parse(status.stdout).accounts[0].windows.five_hour;
      return [window?.percentUsed, window?.source];
    };
    for (let attempt = 0; attempt < 60 && (await known())[0] !== 42.4; attempt++) {
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
    assert.deepEqual(await known(), [42.4, "statusline"]);
    assert.match(await pty.capture(), /it's mine: "/);
    await leaveClient(pty, home, "C-c");
    assert.equal(await pty.ended(), 0);
    assert.deepEqual(JSON.parse(await Deno.readTextFile(settings)).statusLine, before);
  },
});
