// Tests that our lines and functions work whatever options of the shell are in force, and leave them alone.
import assert from "node:assert/strict";
import { runMulti, startProgram } from "../../helpers/binaries.ts";
import { fakeContext } from "../../helpers/context.ts";
import { initFileOf, renderShell } from "../../../lib/setup/shells.ts";
import { needs } from "../../helpers/needs.ts";
import { Pty } from "../../helpers/pty.ts";
import { TempHome } from "../../helpers/temp_home.ts";

/** What users have in their start files before our line. */
const BASH = {
  "errexit and nounset": "set -eu",
  "pipefail and errtrace": "set -E -o pipefail",
  "a trap of ERR": "set -E; trap 'echo TRAPPED' ERR",
  "IFS without a blank": "IFS=:",
  "an empty IFS": "IFS=",
  noclobber: "set -C",
  "nullglob and failglob": "shopt -s nullglob; shopt -s failglob",
  "noglob": "set -f",
  allexport: "set -a",
  "POSIX mode": "set -o posix",
  "POSIX mode and errexit": "set -eu -o posix",
  extglob: "shopt -s extglob nocasematch",
  aliases:
    "shopt -s expand_aliases; alias command='echo ALIAS' local='echo ALIAS' case='echo ALIAS' complete=: unset=: shift=:",
};
const ZSH = {
  "errexit and nounset": "setopt err_exit no_unset",
  err_return: "setopt err_return",
  "a trap of ZERR": "trap 'echo TRAPPED' ZERR",
  "IFS without a blank": "IFS=:",
  ksh_arrays: "setopt ksh_arrays",
  sh_word_split: "setopt sh_word_split glob_subst",
  noclobber: "setopt no_clobber",
  null_glob: "setopt null_glob",
  extended_glob: "setopt extended_glob ksh_glob",
  sh_glob: "setopt sh_glob",
  ignore_braces: "setopt ignore_braces",
  csh: "setopt csh_junkie_quotes csh_junkie_loops csh_null_glob",
  allexport: "setopt all_export",
  warnings: "setopt warn_create_global warn_nested_var 2> /dev/null",
  "emulate sh": "emulate sh",
  "emulate ksh": "emulate ksh",
  aliases: "alias command='echo ALIAS' local='echo ALIAS'; alias -g run='echo ALIAS'",
};

const SHELLS = [
  {
    shell: "bash",
    start: ["bash", "--norc", "--noprofile", "-c"],
    settings: BASH,
    state: '"$-:$SHELLOPTS:$IFS:$(shopt; trap -p)"',
    tab: [
      "COMP_WORDS=(cl '<comp'); COMP_CWORD=1; COMP_TYPE=9",
      "__claude_multi_complete cl '<comp' cl",
      'for word in "${COMPREPLY[@]}"; do \\builtin echo "$word"; done',
    ],
  },
  {
    shell: "zsh",
    start: ["zsh", "-f", "-c"],
    settings: ZSH,
    state: '"$(setopt):$IFS:$(trap)"',
    // Zsh completes only on a terminal: see below.
    tab: [],
  },
] as const;

for (const { shell, start, settings, state, tab } of SHELLS) {
  Deno.test({
    name: `${shell}: cl, cl-NAME and completion work with any options, which stay as they are`,
    ...shell === "bash" ? { ignore: false } : needs("zsh"),
    async fn() {
      await using home = await TempHome.create("claude-multi $x 'q' ");
      const program = `${home.path}/claude-multi`;
      await Deno.writeTextFile(program, `#!/bin/sh\nprintf '<%s>' "$@"; echo\n`, { mode: 0o755 });
      const context = fakeContext({
        env: { HOME: home.path },
        config: { accounts: [{ name: "one" }, { name: "two-2" }] },
      });
      context.processes.executable = () => program;
      const init = initFileOf(context, shell);
      await Deno.mkdir(init.slice(0, init.lastIndexOf("/")), { recursive: true });
      await Deno.writeTextFile(init, renderShell(context, shell));
      const source = `. "$HOME/.claude-multi/shell/init.${shell}"`;
      for (const [name, before] of Object.entries(settings)) {
        const script = [
          before,
          `before=${state}`,
          source,
          `\\builtin echo "status $?"`,
          source,
          `after=${state}`,
          `[ "$before" = "$after" ] || \\builtin echo "changed: $before to $after"`,
          `cl -p "x y"`,
          `cl-two-2 -p z`,
          `claude-multi add third`,
          ...tab,
          `env | grep '^BASH_FUNC_cl\\|^__claude_multi' || :`,
        ].join("\n");
        const [shellName = "", ...args] = start;
        const ended = await startProgram(`/usr/bin/${shellName}`, [...args, script], { home })
          .ended;
        assert.equal(
          ended.stdout + ended.stderr,
          [
            "status 0",
            "<run><--><-p><x y>",
            "<run><--account><two-2><--><-p><z>",
            "<add><third>",
            ...tab.length === 0 ? [] : ["<complete><--><run><--><<comp>"],
            "",
          ].join("\n"),
          `${shell} with ${name}`,
        );
        assert.equal(ended.code, 0, name);
      }
    },
  });
}

for (const compinit of [false, true]) {
  Deno.test({
    name: `zsh ${compinit ? "with" : "without"} compinit: Tab works with any options`,
    ...needs("zsh", "tmux"),
    async fn() {
      await using home = await TempHome.create();
      const program = `${home.path}/claude-multi`;
      await Deno.writeTextFile(program, "#!/bin/sh\necho 'status\tshow'\n", { mode: 0o755 });
      const context = fakeContext({
        env: { HOME: home.path },
        config: { accounts: [{ name: "one" }] },
      });
      context.processes.executable = () => program;
      const init = initFileOf(context, "zsh");
      await Deno.mkdir(init.slice(0, init.lastIndexOf("/")), { recursive: true });
      await Deno.writeTextFile(init, renderShell(context, "zsh"));
      for (
        const options of [
          "setopt no_unset sh_word_split glob_subst no_clobber null_glob; IFS=:",
          "setopt ksh_arrays sh_glob ignore_braces warn_create_global",
          "setopt no_glob extended_glob csh_junkie_quotes",
          "emulate sh",
          "emulate ksh",
        ]
      ) {
        const before = compinit ? "autoload -Uz compinit && compinit -u" : "";
        await Deno.writeTextFile(
          `${home.path}/.zshrc`,
          `${before}\nPS1='$ '\n${options}\n. "$HOME/.claude-multi/shell/init.zsh"\n`,
        );
        await using pty = await Pty.start(["zsh"], { env: home.env(), cwd: home.project });
        await pty.waitFor(/^\$/m);
        for (const name of ["claude-multi", "cl-one"]) {
          await pty.type(`${name} sta`);
          await pty.keys("Tab");
          await pty.type("#");
          const screen = await pty.waitFor(new RegExp(`\\$ ${name} status ?#`));
          assert.doesNotMatch(screen, /not found|not set|bad|error/, options);
          await pty.keys("C-u");
        }
      }
    },
  });
}

Deno.test({
  name: "the last line of a start file succeeds in every shell that reads it, whatever is gone",
  ...needs("zsh", "fish"),
  async fn() {
    await using home = await TempHome.create("claude-multi $x 'q' ");
    home.writeConfig({ accounts: [{ name: "one" }] });
    await Deno.writeTextFile(`${home.path}/.profile`, "login=p\n");
    const fish = `${home.path}/.config/fish`;
    await Deno.mkdir(fish, { recursive: true });
    for (const shell of ["bash", "zsh", "fish"]) {
      assert.equal((await runMulti(["setup", "--shell", shell], { home })).code, 0);
    }
    const readers = [
      ["/bin/sh", "-euc", '. "$HOME/.profile"; echo "$login $?"', "p 0"],
      ["/bin/bash", "-euc", '. "$HOME/.profile"; echo "$login $?"', "p 0"],
      ["/bin/bash", "--posix", "-euc", '. "$HOME/.profile"; echo "$login $?"', "p 0"],
      ["/bin/bash", "-euc", '. "$HOME/.bashrc"; echo "$?"', "0"],
      ["/usr/bin/zsh", "-feuc", '. "$HOME/.profile"; echo "$login $?"', "p 0"],
      ["/usr/bin/zsh", "-feuc", '. "$HOME/.bashrc"; echo "$?"', "0"],
      ["/usr/bin/zsh", "-feuc", '. "$HOME/.zshrc"; echo "$?"', "0"],
      [
        "/usr/bin/fish",
        "--no-config",
        "-c",
        'source ~/.config/fish/config.fish; echo "$status"',
        "0",
      ],
    ] as const;
    for (const isGone of [false, true]) {
      if (isGone) await Deno.remove(`${home.multi}/shell`, { recursive: true });
      for (const words of readers) {
        const [program, ...args] = words.slice(0, -1);
        const ended = await startProgram(program ?? "", args, { home }).ended;
        assert.equal(ended.stdout + ended.stderr, `${words.at(-1)}\n`, words.join(" "));
      }
    }
  },
});

Deno.test({
  name:
    "zsh: the hooks of other tools stay, in their order, and see the status of the last command",
  ...needs("zsh"),
  async fn() {
    await using home = await TempHome.create();
    home.writeConfig({ accounts: [{ name: "one" }] });
    assert.equal((await runMulti(["setup"], { home })).code, 0);
    for (const option of ["", "setopt ksh_arrays", "setopt no_unset", "setopt sh_word_split"]) {
      const script = `${option}
precmd_functions=(starship_precmd _direnv_hook __zoxide_hook)
. "$HOME/.claude-multi/shell/init.zsh"
. "$HOME/.claude-multi/shell/init.zsh"
print -r -- "\${precmd_functions[@]}"
__claude_multi_register
print -r -- "\${precmd_functions[@]}"`;
      const args = ["-f", "-i", "-c", script];
      const ended = await startProgram("/usr/bin/zsh", args, { home }).ended;
      const others = "starship_precmd _direnv_hook __zoxide_hook";
      assert.equal(ended.stdout, `${others} __claude_multi_register\n${others}\n`, option);
      assert.equal(ended.stderr, "", option);
    }
  },
});
