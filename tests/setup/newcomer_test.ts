// A newcomer's day on a real terminal: setup, then everything that is typed in the first two days.
import assert from "node:assert/strict";
import { binary, runMulti } from "../helpers/binaries.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { needs } from "../helpers/needs.ts";
import { Pty } from "../helpers/pty.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { waitUntil } from "../helpers/waiting.ts";

const PATIENCE_MS = 30_000;

/** Answers the questions of setup: one login in place, a second one, and a name that isn't one. */
async function setUp(home: TempHome): Promise<void> {
  await using pty = await Pty.start([binary("claude-multi"), "setup"], {
    env: home.env({ SHELL: "/bin/bash", FAKE_CLAUDE_LOGIN_AS: "bob" }),
    cwd: home.project,
    rows: 60,
  });
  const asked = async (question: RegExp, answer: string) => {
    await pty.waitFor(question, PATIENCE_MS);
    await pty.enter(answer);
  };
  await asked(/Make that login an account/, "");
  await asked(/Account name\? \[personal\]/, "");
  await asked(/added {5}personal[^]*Another account\?/, "work");
  await asked(/added {5}work[^]*Another account\?/, "max pro");
  await asked(/such as max-pro\n+[^]*Another account\?/, "");
  await asked(/"work" is not logged in/, "");
  const said = await pty.waitFor(/"work" is logged in as "bob@example\.test"/, PATIENCE_MS);
  assert.match(said, /may still be signed in as "kate@example\.test" \("personal"\)/);
  assert.doesNotMatch(said, /added {5}max-pro/);
  await asked(/a line in ~\/\.bashrc, ~\/\.bash_profile and ~\/\.zshrc\? \[Y\/n\]/, "");
  await asked(/Show account, context and limits/, "");
  await asked(/ask claude how much is left/, "");
  assert.match(
    await pty.waitFor(/all set/, PATIENCE_MS),
    /^groups {4}conversations may move [^]*"work"\s+apart,\s+for\s+example:\n {2}.*config set accounts\.work\.group office/m,
  );
  assert.equal(await pty.ended(), 0);
}

Deno.test({
  name: "a newcomer's day: hints work, names are guessed, the list asks again, nothing is buried",
  ...needs("tmux"),
  async fn() {
    await using home = await TempHome.create();
    const claude = installFakeClaude(home);
    home.seedSharedHome("kate");
    Deno.writeTextFileSync(`${home.path}/.zshrc`, "");
    Deno.writeTextFileSync(`${home.path}/.bashrc`, "PS1='ready> '\n");
    await setUp(home);

    await using shell = await Pty.start(["bash", "--noprofile", "-i"], {
      env: home.env({ SHELL: "/bin/bash" }),
      cwd: home.project,
      columns: 150,
      rows: 60,
    });
    await shell.waitFor(/ready>/, PATIENCE_MS);
    let count = 0;
    /** Types a line on an empty screen; what it shows until it ends with this code, or asks. */
    const typed = async (line: string, { code = 0, until = null as RegExp | null } = {}) => {
      const mark = `end-${++count}-`;
      await shell.enter(`clear; ${line}; echo "${mark}"$?`);
      const screen = await shell.waitFor(until ?? new RegExp(`^${mark}\\d+`, "m"), PATIENCE_MS);
      if (until === null) assert.match(screen, new RegExp(`^${mark}${code}$`, "m"), screen);
      return screen;
    };
    const ended = () => shell.waitFor(new RegExp(`^end-${count}-\\d+`, "m"), PATIENCE_MS);

    // A comment in config.json, and a word after cl that could be an account.
    await typed(`sed -i '1i // my accounts' ~/.claude-multi/config.json`);
    assert.match(await typed("claude-multi run --dry-run -- hello"), /claude hello$/m);

    // Own words after cl.
    await typed("cl status", {
      until: /Did you mean "claude-multi status"\? \(n sends it to claude\)/,
    });
    await shell.keys("Enter");
    assert.match(await ended(), /^personal .*open/m);

    // Conversations to come back to, each on its own account.
    for (const [account, prompt] of [["personal", "about apples"], ["work", "about pears"]]) {
      await typed(`cl-${account} -p '${prompt}'`);
    }

    // Mistakes and their hints.
    assert.match(
      await typed("claude-multi rm work", { code: 2 }),
      /did you mean "remove work"\?\ntry: claude-multi remove work\n/,
    );
    assert.match(
      await typed("claude-multi pin --group office", { code: 2 }),
      /try: claude-multi config set accounts\.personal\.group office\n/,
    );
    assert.match(
      await typed("claude-multi limit wrok --until tomorrow 3am", { code: 2 }),
      /did you mean "work"\?\ntry: claude-multi limit work --until tomorrow 3am\n/,
    );
    assert.match(
      await typed("claude-multi limit work --until tomorrow 3am"),
      /"work" is limited until/,
    );
    await typed("claude-multi config set accounts.work.group office");
    assert.match(
      await typed("claude-multi pin --group ofice", { code: 2 }),
      /did you mean "office"\?\ntry: claude-multi pin --group office\n/,
    );
    await typed("claude-multi pin --group office");
    const refused = await typed("cl -p hello", { code: 3 });
    const [, hint = ""] = /^try: (.*)$/m.exec(refused) ?? [];
    assert.equal(hint, "claude-multi run --wait -- -p hello", "not an account of another group");
    await typed("cl-personal -p hello");
    assert.match(
      await typed("claude-multi list"),
      /group[^]*office[^]*pinned: .* to the group "office"/,
    );
    await typed("claude-multi pin --clear");

    // Reasons, in percent used.
    const picked = await typed("claude-multi pick");
    assert.match(picked, /^cl takes personal: work is limited$/m);
    assert.match(picked, /^weighted: the least used now: 100 − 0\.7 × 5h used/m);
    assert.doesNotMatch(picked, /% left|−\d/, "no percent left, no score of a limited account");
    assert.match(await typed("claude-multi why"), /took personal at .* because you named it/);

    // What runs, without hooks as JSON.
    assert.doesNotMatch(await typed("claude-multi run --dry-run"), /hooks":|StopFailure/);
    assert.match(
      await typed("claude-multi statusline preview --legend"),
      /^\+15k +after in or out/m,
    );
    assert.match(await typed("claude-multi statusline"), /and the line for it/);
    assert.match(
      await typed(binary("claude-multi-statusline")),
      /^Usage: claude-multi-statusline/m,
    );

    // Accounts that another terminal renames: this shell still has their old commands.
    for (const [from, to] of [["personal", "own"], ["work", "job"]] as const) {
      assert.equal((await runMulti(["rename", from, to], { home })).code, 0);
    }
    assert.match(
      await typed("cl-work -p hello", { code: 2 }),
      /"work": it is called "job" now\ntry: claude-multi run --account job -- -p hello\n/,
    );
    const leftover = await typed("cl-personal -p hello", { code: 2 });
    assert.match(leftover, /; if you typed cl-personal, it is a leftover in this shell\n/);
    const [, renewing = ""] = /^try: (.*)$/m.exec(leftover) ?? [];
    await typed(`${renewing}; cl-own -p hello`);
    await typed("cl-personal", { code: 127 });
    await typed("claude-multi rename own personal");

    const checked = await typed("claude-multi doctor; true");
    assert.match(checked, /^rights +network: \w+; all of them/m);
    assert.match(checked, /^(all is well|error|warning)/m);
    assert.ok(checked.indexOf("rights ") > checked.indexOf("client "), checked);

    // Resuming: a wrong number, a word, none.
    await typed("claude-multi resume", { until: /Which one\?/ });
    await shell.enter("99");
    await shell.waitFor(/99 is not in the list: type a number from 1 to \d/, PATIENCE_MS);
    await shell.enter("apples");
    await shell.waitFor(/99 is not[^]*1 +about apples[^]*Just Enter to continue/, PATIENCE_MS);
    await shell.enter("n");
    await ended();

    // Settings, a conversation and an uninstall while a session is running elsewhere.
    assert.doesNotMatch(await typed("claude-multi config set handoff auto"), /next session/);
    claude.order({ sleepMs: 120_000 });
    const launched = claude.launches().length;
    await typed("{ cl-personal -p 'about plums' > /dev/null 2>&1 & }");
    await waitUntil("the client runs", { holds: () => claude.launches().length > launched });
    assert.match(await typed("claude-multi config set notify bell"), /from the next session on/);
    const busy = await typed("claude-multi uninstall --yes", { code: 5 });
    assert.match(
      busy,
      /cannot uninstall while claude is running on "personal" \(session in ~\/project, .*\); leave claude there first/,
    );
    await typed("claude-multi resume", { until: /open on personal for [^]*Which one\?/ });
    await shell.enter("1");
    await shell.waitFor(
      /that one is open on personal for .*: leave claude there first/,
      PATIENCE_MS,
    );
    await shell.keys("Enter");
    await ended();
  },
});
