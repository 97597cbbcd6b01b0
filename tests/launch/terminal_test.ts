// Tests of launches on a real terminal: Ctrl-C, Ctrl-Z, resizing, and what a killed client leaves.
import assert from "node:assert/strict";
import { binary, runMulti } from "../helpers/binaries.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { needs } from "../helpers/needs.ts";
import { Pty } from "../helpers/pty.ts";
import { TempHome } from "../helpers/temp_home.ts";

async function homeWithOne(): Promise<TempHome> {
  const home = await TempHome.create();
  home.writeConfig({ accounts: [{ name: "one" }], statusline: { install: false } });
  home.seedAccount("one");
  return home;
}

/** Puts a client of a few shell lines on PATH. */
async function installScript(home: TempHome, body: string): Promise<void> {
  await Deno.writeTextFile(`${home.bin}/claude`, `#!/bin/sh\n${body}\n`, { mode: 0o755 });
}

/** An interactive shell in which a person would type `cl`. */
function startShell(home: TempHome): Promise<Pty> {
  const env = home.env({ PS1: "ready> ", BASH_SILENCE_DEPRECATION_WARNING: "1" });
  return Pty.start(["bash", "--norc", "--noprofile", "-i"], {
    env,
    cwd: home.project,
    columns: 100,
  });
}

async function endOfLastSession(home: TempHome): Promise<unknown> {
  const { stdout } = await runMulti(["sessions", "--json"], { home });
  const { sessions } = JSON.parse(stdout) as { sessions: Array<Record<string, unknown>> };
  return sessions[0]?.["endedHow"];
}

Deno.test({
  name: "Ctrl-C belongs to claude: the launcher stays until claude has ended",
  ...needs("tmux"),
  async fn() {
    await using home = await homeWithOne();
    const claude = installFakeClaude(home);
    await using shell = await startShell(home);
    await shell.enter(`'${binary("claude-multi")}' run; echo "ended with $?"`);
    await shell.waitFor(/❯/);
    await shell.keys("C-c");
    await new Promise((resolve) => setTimeout(resolve, 400));
    assert.doesNotMatch(await shell.capture(), /ended with \d/);
    assert.equal(claude.events().some((event) => event.event === "exit"), false);
    await shell.keys("C-c");
    await shell.waitFor(/ended with 0/);
    assert.equal(await endOfLastSession(home), "exit");
  },
});

Deno.test({
  name: "Ctrl-Z stops both, fg brings both back",
  ...needs("tmux"),
  async fn() {
    await using home = await homeWithOne();
    await installScript(home, "echo started; exec cat");
    await using shell = await startShell(home);
    await shell.enter(`'${binary("claude-multi")}' run`);
    await shell.waitFor(/^started/m);
    await shell.keys("C-z");
    await shell.waitFor(/Stopped/);
    await shell.enter("fg");
    await shell.enter("hello again");
    await shell.waitFor(/hello again\n+hello again/);
    await shell.keys("C-d");
    await shell.enter("echo closed");
    await shell.waitFor(/^closed/m);
    assert.equal(await endOfLastSession(home), "exit");
  },
});

Deno.test({
  name: "a resize of the terminal reaches claude",
  ...needs("tmux"),
  async fn() {
    await using home = await homeWithOne();
    await installScript(
      home,
      `trap 'echo "size $(stty size)"' WINCH; echo started; while :; do sleep 0.1; done`,
    );
    await using shell = await startShell(home);
    await shell.enter(`'${binary("claude-multi")}' run`);
    await shell.waitFor(/^started/m);
    await shell.resize(60, 20);
    await shell.waitFor(/size 20 60/);
    await shell.keys("C-c");
  },
});

Deno.test({
  name: "kill -9 of claude leaves a usable terminal and a closed row",
  ...needs("tmux"),
  async fn() {
    await using home = await homeWithOne();
    await installScript(home, "printf '\\033[?25l'\nstty raw -echo\necho started\nkill -9 $$");
    await using shell = await startShell(home);
    await shell.enter(
      `stty -a >before; '${binary("claude-multi")}' run; stty -a >after; echo "done"`,
    );
    await shell.waitFor(/^done/m);
    const before = await Deno.readTextFile(`${home.project}/before`);
    assert.equal(await Deno.readTextFile(`${home.project}/after`), before);
    await shell.enter("echo typed");
    await shell.waitFor(/^typed/m);
    assert.equal(await endOfLastSession(home), "signal");
  },
});

for (const [how, end] of [["is ended", "exit 143"], ["is killed", "kill -9 $$"]] as const) {
  Deno.test({
    name: `after claude ${how}, nothing covers what it left on the screen`,
    ...needs("tmux"),
    async fn() {
      await using home = await homeWithOne();
      await installScript(
        home,
        `for n in 1 2 3 4 5 6 7 8; do echo "line $n of the screen"; done\n${end}`,
      );
      await using shell = await startShell(home);
      // An earlier program had another screen: the terminal still knows where the cursor was then.
      await shell.enter("clear; printf '\\033[?1049h\\033[?1049l'");
      await shell.enter(`'${binary("claude-multi")}' run; echo "ended with $?"`);
      await shell.waitFor(/^ended with \d+/m);
      const screen = await shell.capture({ history: true });
      const lines = [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `line ${n} of the screen\n`).join("");
      assert.match(screen, new RegExp(`^${lines}\n*(Killed.*\n)?ended with`, "m"));
    },
  });
}

Deno.test({
  name:
    "the table of resets is as wide and colourful as the terminal of stderr, wherever stdout goes",
  ...needs("tmux"),
  async fn() {
    await using home = await TempHome.create();
    home.writeConfig({ accounts: [{ name: "personal" }, { name: "work" }] });
    for (const name of ["personal", "work"]) {
      home.seedAccount(name);
      home.seedCachedUsage(name, { fiveHour: 100, sevenDay: 20 });
    }
    installFakeClaude(home);
    const options = { env: home.env(), cwd: home.project, columns: 48 };
    const run = `'${binary("claude-multi")}' run`;
    await using narrow = await Pty.start(["sh", "-c", `${run} > out; exec cat`], options);
    const screen = await narrow.waitFor(/every account is limited;/);
    assert.match(screen, /^personal .*limited/m);
    assert.match(screen, /^work .*limited/m);
    // deno-lint-ignore no-control-regex
    assert.match(await narrow.capture({ ansi: true }), /\x1b\[31mlimited|\x1b\[[0-9;]*31m/);
    assert.equal(Deno.readTextFileSync(`${home.project}/out`), "");
    await using plain = await Pty.start(
      ["sh", "-c", `${run} 2> err; echo over; exec cat`],
      options,
    );
    await plain.waitFor(/over/);
    const text = Deno.readTextFileSync(`${home.project}/err`);
    assert.match(text, /^personal .*limited until/m);
    assert.ok(!text.includes("\x1b"), "no colour in a file");
  },
});

Deno.test({
  name: "the countdown of --wait stays on one line of a narrow terminal",
  ...needs("tmux"),
  async fn() {
    await using home = await homeWithOne();
    installFakeClaude(home);
    assert.equal((await runMulti(["limit", "one"], { home })).code, 0);
    const command = [binary("claude-multi"), "run", "--wait"];
    const options = { env: home.env(), cwd: home.project, columns: 40 };
    await using pty = await Pty.start(command, options);
    await pty.waitFor(/"one" opens in/);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    const screen = await pty.capture({ history: true });
    assert.equal([...screen.matchAll(/opens in/g)].length, 1, screen);
    await pty.keys("C-c");
    await pty.ended();
  },
});

Deno.test({
  name: "status --watch redraws in place, and its escape sequences are not shown as text",
  ...needs("tmux"),
  async fn() {
    await using home = await homeWithOne();
    const command = [binary("claude-multi"), "status", "--watch"];
    await using pty = await Pty.start(command, { env: home.env(), cwd: home.project });
    await pty.waitFor(/^account /m);
    await new Promise((resolve) => setTimeout(resolve, 4500));
    // tmux would keep each screen that is cleared, and lose what stood there before.
    const screen = await pty.capture({ history: true });
    assert.equal([...screen.matchAll(/account /g)].length, 1, screen);
    assert.doesNotMatch(screen, /u001b/);
    await pty.keys("C-c");
    await pty.ended();
  },
});
