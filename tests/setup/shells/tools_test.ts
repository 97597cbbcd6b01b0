// Tests that the hooks of direnv and zoxide, and those that prompts use, work beside our lines.
import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { startProgram } from "../../helpers/binaries.ts";
import { fakeContext } from "../../helpers/context.ts";
import { initFileOf, renderShell } from "../../../lib/setup/shells.ts";
import { needs } from "../../helpers/needs.ts";
import { TempHome } from "../../helpers/temp_home.ts";

/**
 * How each shell is started, loads the tools and shows their hooks, and what calls the hook of the prompt
 * after `cd`, where the shell doesn't do so without a terminal.
 */
const SHELLS = [
  {
    shell: "bash",
    file: ".bashrc",
    args: ["-i"],
    // The prompt of starship and the history of atuin hang on a trap and on PROMPT_COMMAND.
    tools: `trap '__seen=$_' DEBUG
PROMPT_COMMAND='__status=$?'
eval "$(direnv hook bash)"
eval "$(zoxide init bash)"`,
    hooks: 'trap -p DEBUG; echo "$PROMPT_COMMAND"',
    prompt: "",
  },
  {
    shell: "zsh",
    file: ".zshrc",
    args: ["-i"],
    tools: `precmd_functions+=(keep_status); preexec_functions+=(keep_line)
keep_status() { __status=$? }; keep_line() { __seen=$1 }
eval "$(direnv hook zsh)"
eval "$(zoxide init zsh)"`,
    hooks:
      'print -r -- "${(@)precmd_functions:#__claude_multi_register}" $preexec_functions $chpwd_functions',
    prompt: "",
  },
  {
    shell: "fish",
    file: ".config/fish/config.fish",
    args: [],
    tools: `function keep_status --on-event fish_postexec; set -g __status $status; end
direnv hook fish | source
zoxide init fish | source`,
    hooks: "functions --handlers | grep -E 'zoxide_hook|direnv_export_eval$|keep_status'",
    prompt: "; emit fish_prompt",
  },
] as const;

/** The lines that are typed, with what they print. */
const TYPED: ReadonlyArray<readonly [typed: string, printed: string | null]> = [
  ["cd with-env", null],
  ['echo "loaded: $OF_THE_FOLDER"', "loaded: yes"],
  ["cl -p x", "<run><--><-p><x>"],
  ['echo "status: STATUS"', "status: 7"],
  ["cl-work y", "<run><--account><work><--><y>"],
  ['echo "status: STATUS"', "status: 7"],
  ["false", null],
  ['echo "status: STATUS"', "status: 1"],
  ["cd ..", null],
  ['echo "loaded: $OF_THE_FOLDER"', "loaded: "],
];

for (const { shell, file, args, tools, hooks, prompt } of SHELLS) {
  Deno.test({
    name: `${shell}: the hooks of direnv, zoxide and prompts work before and after our line`,
    ...needs("direnv", "zoxide", ...shell === "bash" ? [] : [shell]),
    async fn() {
      await using home = await TempHome.create();
      const program = `${home.path}/claude-multi`;
      const script = `#!/bin/sh\nprintf '<%s>' "$@"; echo\nexit 7\n`;
      await Deno.writeTextFile(program, script, { mode: 0o755 });
      const context = fakeContext({
        env: { HOME: home.path },
        config: { accounts: [{ name: "work" }] },
      });
      context.processes.executable = () => program;
      const init = initFileOf(context, shell);
      await Deno.mkdir(init.slice(0, init.lastIndexOf("/")), { recursive: true });
      await Deno.writeTextFile(init, renderShell(context, shell));
      await Deno.mkdir(`${home.path}/.config/fish`, { recursive: true });
      // Without it, the first prompt starts a Python program that outlives the test and writes there.
      await Deno.mkdir(`${home.path}/.local/share/fish/generated_completions`, { recursive: true });
      await Deno.mkdir(`${home.project}/with-env`);
      await Deno.writeTextFile(`${home.project}/with-env/.envrc`, "export OF_THE_FOLDER=yes\n");
      const env = { PS1: "", DIRENV_LOG_FORMAT: "", _ZO_DATA_DIR: `${home.path}/zoxide` };
      const allow = ["allow", `${home.project}/with-env`];
      assert.equal((await startProgram("/usr/bin/direnv", allow, { home, env }).ended).code, 0);
      const ours = `. "$HOME/.claude-multi/shell/init.${shell}"`;
      const reported: string[] = [];
      for (const lines of [[tools], [ours, tools], [tools, ours]]) {
        await Deno.writeTextFile(`${home.path}/${file}`, `${lines.join("\n")}\n`);
        const typed = lines.includes(ours) ? TYPED : [];
        const status = shell === "fish" ? "$status" : "$?";
        const stdin = [...typed.map(([line]) => line), hooks].map((line) => {
          const after = line.startsWith("cd ") ? prompt : "";
          return `${line.replace("STATUS", status)}${after}\n`;
        }).join("");
        const ended = await startProgram(`/usr/bin/${shell}`, args, { home, env, stdin }).ended;
        const wanted = typed.flatMap(([, line]) => line === null ? [] : [line]);
        const printed = stripVTControlCharacters(ended.stdout).split("\n").filter((line) =>
          line !== ""
        );
        assert.deepEqual(printed.slice(0, wanted.length), wanted, ended.stderr);
        reported.push(printed.slice(wanted.length).join("\n"));
      }
      const [without, ...withOurs] = reported;
      assert.ok(without !== "" && /direnv/.test(without ?? ""), without);
      for (const report of withOurs) assert.equal(report, without);
      const known = await startProgram("/usr/bin/zoxide", ["query", "-l"], { home, env }).ended;
      assert.match(known.stdout, /with-env/);
    },
  });
}
