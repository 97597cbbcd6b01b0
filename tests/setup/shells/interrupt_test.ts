// Tests of Ctrl-C in real shells: what our functions leave as the exit code.
import assert from "node:assert/strict";
import { runMulti } from "../../helpers/binaries.ts";
import { installFakeClaude } from "../../helpers/fake_claude.ts";
import { needs } from "../../helpers/needs.ts";
import { Pty } from "../../helpers/pty.ts";
import { TempHome } from "../../helpers/temp_home.ts";

const SHELLS = [
  { shell: "bash", start: ["bash", "--norc", "--noprofile", "-i"], code: "$?" },
  { shell: "zsh", start: ["zsh", "-f", "-i"], code: "$?" },
  { shell: "fish", start: ["fish", "--no-config", "-i"], code: "$status" },
] as const;

for (const { shell, start, code } of SHELLS) {
  Deno.test({
    name: `${shell}: Ctrl-C while run waits leaves 130`,
    ...needs("tmux", ...shell === "bash" ? [] : [shell]),
    async fn() {
      await using home = await TempHome.create();
      home.writeConfig({ accounts: [{ name: "work" }] });
      home.seedAccount("work");
      installFakeClaude(home);
      for (const args of [["setup"], ["limit", "work", "2h"]]) {
        assert.equal((await runMulti(args, { home })).code, 0);
      }
      await using pty = await Pty.start(start, { env: home.env(), cwd: home.project });
      await pty.enter(`. ~/.claude-multi/shell/init.${shell}; echo loaded''`);
      await pty.waitFor(/^loaded$/m);
      await pty.enter("claude-multi run --wait -- -p hello");
      await pty.waitFor(/claude then starts by itself/);
      await pty.keys("C-c");
      await pty.waitFor(/\^C/);
      await pty.enter(`echo code=${code}`);
      assert.match(await pty.waitFor(/^code=\d+$/m), /^code=130$/m);
    },
  });
}
