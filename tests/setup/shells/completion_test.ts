// Tests of completion with Tab in real shells on a terminal.
import assert from "node:assert/strict";
import { runMulti } from "../../helpers/binaries.ts";
import { needs } from "../../helpers/needs.ts";
import { Pty } from "../../helpers/pty.ts";
import { TempHome } from "../../helpers/temp_home.ts";

/** How each shell is started; `with` comes before our line in its start file. */
const SHELLS = [
  { title: "bash", command: ["bash"], file: ".bashrc", before: "PS1='$ '" },
  { title: "zsh", command: ["zsh"], file: ".zshrc", before: "PS1='$ '" },
  {
    title: "zsh with compinit",
    command: ["zsh"],
    file: ".zshrc",
    before: "PS1='$ '\nautoload -Uz compinit && compinit -u",
  },
  {
    title: "zsh with compinit after our line",
    command: ["zsh"],
    file: ".zshrc",
    before: "PS1='$ '",
    after: "autoload -Uz compinit && compinit -u",
  },
  {
    title: "fish",
    command: ["fish"],
    file: ".config/fish/config.fish",
    before: "function fish_prompt; echo '$ '; end\nset -g fish_greeting",
  },
];

for (const { title, command, file, before, after = "" } of SHELLS) {
  const [shell = ""] = command;
  const options = shell === "bash" ? needs("tmux") : needs("tmux", shell as "zsh" | "fish");

  Deno.test({
    name: `${title}: Tab completes commands, flags, accounts, policies and keys`,
    ...options,
    async fn() {
      await using home = await TempHome.create("claude-multi $x 'q' ");
      home.writeConfig({ accounts: [{ name: "personal" }, { name: "work" }] });
      assert.equal((await runMulti(["setup"], { home })).code, 0);
      await Deno.mkdir(`${home.path}/.config/fish`, { recursive: true });
      await Deno.writeTextFile(`${home.project}/some-file`, "");
      const line = `. ~/.claude-multi/shell/init.${shell}`;
      await Deno.writeTextFile(`${home.path}/${file}`, `${before}\n${line}\n${after}\n`);
      await using pty = await Pty.start(command, { env: home.env(), cwd: home.project });
      await pty.waitFor(/^\$/m);
      for (
        const [typed, completed] of [
          ["claude-multi statu", "claude-multi status "],
          ["claude-multi run --acc", "claude-multi run --account "],
          ["claude-multi run --account per", "claude-multi run --account personal "],
          ["claude-multi run --account=wo", "claude-multi run --account=work "],
          ["claude-multi pick --policy dr", "claude-multi pick --policy drain "],
          ["claude-multi config set hand", "claude-multi config set handoff "],
          ["cl --permission-m", "cl --permission-mode "],
          ["cl -p --effort xh", "cl -p --effort xhigh "],
          ["cl-work --effort=xh", "cl-work --effort=xhigh "],
          ["cl-personal some-f", "cl-personal some-file "],
        ] as const
      ) {
        await pty.type(typed);
        await pty.keys("Tab");
        await pty.type("#");
        const wanted = `${completed}#`.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/ #$/, " ?#");
        await pty.waitFor(new RegExp(`\\$ ${wanted}`));
        await pty.keys("C-u");
        await pty.keys("C-l");
      }
      await pty.type("claude-multi remove ");
      await pty.keys("Tab", "Tab");
      const screen = await pty.waitFor(/personal[\s\S]*work/);
      assert.doesNotMatch(screen, /error|not found/i);
    },
  });
}

for (const { title, command, file, before, after = "" } of SHELLS) {
  const [shell = ""] = command;
  const options = shell === "bash" ? needs("tmux") : needs("tmux", shell as "zsh" | "fish");

  Deno.test({
    name: `${title}: Tab after resume lists ids with their titles, as text only`,
    ...options,
    async fn() {
      await using home = await TempHome.create();
      home.writeConfig({ accounts: [{ name: "work" }] });
      assert.equal((await runMulti(["setup"], { home })).code, 0);
      const folder = `${home.path}/.claude/projects/-project`;
      await Deno.mkdir(folder, { recursive: true });
      for (const [id, content] of [["1111", "fix \u001b[41mthe $(login) %B"], ["2222", "second"]]) {
        await Deno.writeTextFile(
          `${folder}/${id}1111-2222-4333-8444-555555555555.jsonl`,
          `${JSON.stringify({ type: "user", cwd: home.project, message: { content } })}\n`,
        );
      }
      await Deno.mkdir(`${home.path}/.config/fish`, { recursive: true });
      const line = `. ~/.claude-multi/shell/init.${shell}`;
      await Deno.writeTextFile(`${home.path}/${file}`, `${before}\n${line}\n${after}\n`);
      await using pty = await Pty.start(command, { env: home.env(), cwd: home.project });
      await pty.waitFor(/^\$/m);
      await pty.type("claude-multi resume ");
      await pty.keys("Tab", "Tab");
      await pty.waitFor(/11111111-\S+ .*fix .*the \$\(login\) %B/);
      await pty.waitFor(/22221111-\S+ .*second/);
      assert.ok(!(await pty.capture({ ansi: true })).includes("\u001b[41m"));
    },
  });
}

Deno.test("with an invalid config, completion still offers commands and flags, silently", async () => {
  await using home = await TempHome.create();
  home.writeConfig("{ broken");
  const accounts = await runMulti(["complete", "--", "run", "--account", ""], { home });
  assert.deepEqual([accounts.code, accounts.stdout, accounts.stderr], [0, "", ""]);
  const commands = await runMulti(["complete", "--", ""], { home });
  assert.match(commands.stdout, /^status\t/m);
  assert.doesNotMatch(commands.stdout, /^(hook|complete)\t/m);
});
