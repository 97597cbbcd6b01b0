// Tests of the guided setup on a real terminal with the compiled program.
import assert from "node:assert/strict";
import { binary } from "../helpers/binaries.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { needs } from "../helpers/needs.ts";
import { Pty } from "../helpers/pty.ts";
import { TempHome } from "../helpers/temp_home.ts";

Deno.test({
  name: "answering questions leads from nothing to two accounts that are logged in",
  ...needs("tmux"),
  async fn() {
    await using home = await TempHome.create();
    installFakeClaude(home);
    home.seedSharedHome("kate");
    await using pty = await Pty.start([binary("claude-multi"), "setup"], {
      env: home.env({ SHELL: "/bin/bash", FAKE_CLAUDE_LOGIN_AS: "bob" }),
      cwd: home.project,
    });
    await pty.waitFor(/logged in as "kate@example\.test" of "kate org"/);
    await pty.keys("Enter");
    await pty.waitFor(/Account name\? \[personal\]/);
    await pty.keys("Enter");
    await pty.waitFor(/Another account\?/);
    await pty.enter("no name");
    await pty.waitFor(/use 1 to 32 characters[^]*such as no-name\n[^]*Another account\?/);
    await pty.enter("work");
    await pty.waitFor(/added {5}work[^]*Another account\?/);
    await pty.keys("Enter");
    await pty.waitFor(/"work" is not logged in/);
    await pty.keys("Enter");
    await pty.waitFor(/"work" is logged in as "bob@example\.test"/);
    await pty.waitFor(/a line in ~\/\.bashrc and ~\/\.bash_profile\? \[Y\/n\]/);
    await pty.enter("y");
    await pty.waitFor(/Show account, context and limits/);
    await pty.keys("Enter");
    await pty.waitFor(/ask claude how much is left[^]*\[y\/N\]/);
    await pty.keys("Enter");
    await pty.waitFor(/all set/);
    assert.equal(await pty.ended(), 0);
    const config = JSON.parse(Deno.readTextFileSync(`${home.multi}/config.json`));
    assert.deepEqual(
      config.accounts.map((a: { identity: { email: string } }) => a.identity.email),
      ["kate@example.test", "bob@example.test"],
    );
    assert.match(Deno.readTextFileSync(`${home.path}/.bashrc`), /# claude-multi\n$/);
  },
});

Deno.test({
  name: "on a narrow terminal, what setup says and asks breaks between words",
  ...needs("tmux"),
  async fn() {
    await using home = await TempHome.create();
    home.seedSharedHome("kate");
    home.writeConfig({ accounts: [{ name: "work" }] });
    await using pty = await Pty.start([binary("claude-multi"), "setup"], {
      env: home.env({ SHELL: "/bin/bash" }),
      cwd: home.project,
      columns: 50,
    });
    const screen = await pty.waitFor(
      /Make that login an account and leave it where it\nis\? \[Y\/n\]/,
    );
    const [linked = ""] = /^account {3}work: [^]*?\n(?! {10})/m.exec(screen) ?? [];
    const lines = linked.trimEnd().split("\n");
    assert.ok(lines.length > 3, screen);
    assert.ok(lines.slice(1).every((line) => /^ {10}[\w.-]+/.test(line)), linked);
    assert.match(lines.join(" ").replace(/ +/g, " "), /, output-styles, .*workflows/);
  },
});

Deno.test({
  name: "Ctrl-C at a question keeps earlier answers, and another run continues",
  ...needs("tmux"),
  async fn() {
    await using home = await TempHome.create();
    home.seedSharedHome("kate");
    const options = { env: home.env({ SHELL: "/bin/bash" }), cwd: home.project };
    await using pty = await Pty.start([binary("claude-multi"), "setup"], options);
    await pty.waitFor(/Make that login an account/);
    await pty.keys("Enter");
    await pty.waitFor(/Account name\?/);
    await pty.enter("me");
    await pty.waitFor(/Another account\?/);
    await pty.keys("C-c");
    assert.equal(await pty.ended(), 130);
    const config = JSON.parse(Deno.readTextFileSync(`${home.multi}/config.json`));
    assert.deepEqual(config.accounts.map((a: { name: string }) => a.name), ["me"]);
    await using again = await Pty.start([binary("claude-multi"), "setup"], options);
    await again.waitFor(/Another account\?/);
    assert.doesNotMatch(await again.capture(), /Make that login an account/);
  },
});

Deno.test({
  name: "Ctrl-D or Ctrl-C at a question cancels setup: no login, no line in a start file",
  ...needs("tmux"),
  async fn() {
    await using home = await TempHome.create();
    const fake = installFakeClaude(home);
    const options = { env: home.env({ SHELL: "/bin/bash" }), cwd: home.project };
    for (const [key, ...answers] of [["C-d"], ["C-c", "work"], ["C-d", "n", "n"], ["C-c"]]) {
      await using pty = await Pty.start([binary("claude-multi"), "setup"], options);
      await pty.waitFor(/first account\?|Another account\?/);
      for (const answer of answers) {
        await pty.enter(answer);
        await pty.waitFor(/Another account\?|not logged in|a line in/);
      }
      if (answers.length === 1) {
        await pty.keys("Enter");
        await pty.waitFor(/"work" is not logged in/);
      }
      await pty.keys(key ?? "");
      assert.equal(await pty.ended(), 130);
      await pty.waitFor(/cancelled; nothing more was changed/);
      assert.match(
        await pty.capture({ history: true }),
        /[\]:?] *(\^C)?\nclaude-multi: cancelled;/,
      );
      assert.deepEqual(fake.launches(), []);
      assert.throws(() => Deno.statSync(`${home.path}/.bashrc`), Deno.errors.NotFound);
    }
  },
});
