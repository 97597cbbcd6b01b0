// Tests of the shell snippets in real shells: strict modes, odd paths, aliases, completion of names.
import assert from "node:assert/strict";
import { binary, runMulti, startProgram } from "../../helpers/binaries.ts";
import { installFakeClaude } from "../../helpers/fake_claude.ts";
import { needs } from "../../helpers/needs.ts";
import { repositoryPath } from "../../helpers/paths.ts";
import { TempHome } from "../../helpers/temp_home.ts";

/** How each shell is started, without the user's files and in its strictest mode. */
const SHELLS = [
  { shell: "bash", start: ["bash", "--norc", "--noprofile", "-euo", "pipefail", "-c"] },
  { shell: "zsh", start: ["zsh", "-f", "-euo", "pipefail", "-c"] },
  { shell: "fish", start: ["fish", "--no-config", "-c"] },
] as const;

async function homeWithTwo(): Promise<TempHome> {
  const home = await TempHome.create("claude-multi $x 'q' ");
  home.writeConfig({ accounts: [{ name: "one" }, { name: "two-2" }] });
  for (const name of ["one", "two-2"]) home.seedAccount(name);
  installFakeClaude(home);
  return home;
}

/** Sources the snippet that setup writes, between `before` and `script`; returns what is printed. */
async function sourced(
  home: TempHome,
  options: { shell: string; start: readonly string[]; script: string; before?: string },
): Promise<string> {
  const { shell, start, script, before = "" } = options;
  assert.equal((await runMulti(["setup"], { home })).code, 0);
  const file = `$HOME/.claude-multi/shell/init.${shell}`;
  const text = `${before}\n. "${file}"\n${script}`;
  const [program = "", ...args] = [...start, text];
  const path = await which(program);
  const result = await startProgram(path, args, { home }).ended;
  assert.equal(result.code, 0, `${result.stderr}\n${result.stdout}`);
  return result.stdout;
}

for (const { shell, start } of SHELLS) {
  const options = shell === "bash" ? { ignore: false } : needs(shell);

  Deno.test({
    name: `${shell}: cl and cl-NAME run claude with unchanged arguments`,
    ...options,
    async fn() {
      await using home = await homeWithTwo();
      const claude = installFakeClaude(home);
      const script = `cl -p 'a  "b"'\ncl-two-2 -p "x y"`;
      await sourced(home, { shell, start, script });
      const [first, second] = claude.launches();
      assert.deepEqual(first?.argv.slice(-2), ["-p", 'a  "b"']);
      assert.equal(second?.login, "two-2");
      assert.deepEqual(second?.argv.slice(-2), ["-p", "x y"]);
    },
  });

  Deno.test({
    name: `${shell}: an alias of the same name doesn't interfere`,
    ...options,
    async fn() {
      await using home = await homeWithTwo();
      const claude = installFakeClaude(home);
      const expand = shell === "bash" ? "shopt -s expand_aliases\n" : "";
      const aliases = `${expand}alias cl='echo no'\nalias cl-one='echo no'`;
      const script = "cl -p x\ncl-one -p y";
      await sourced(home, { shell, start, script, before: aliases });
      assert.equal(claude.launches().length, 2);
    },
  });

  Deno.test({
    name: `${shell}: the snippet prints nothing when it is sourced`,
    ...options,
    async fn() {
      await using home = await homeWithTwo();
      assert.equal(await sourced(home, { shell, start, script: "" }), "");
    },
  });

  Deno.test({
    name: `${shell}: a script sees none of the functions, as the README says`,
    ...options,
    async fn() {
      await using home = await homeWithTwo();
      const script = "sh -c 'command -v cl claude-multi cl-one || echo none'";
      assert.equal(await sourced(home, { shell, start, script }), "none\n");
      assert.match(
        await Deno.readTextFile(repositoryPath("README.md")),
        /functions, which a script of sh, bash or zsh doesn't\s+see/,
      );
    },
  });

  Deno.test({
    name:
      `${shell}: the cl-NAME of an account that is added, renamed or removed comes and goes at once`,
    ...options,
    async fn() {
      await using home = await homeWithTwo();
      const claude = installFakeClaude(home);
      home.seedAccount("third");
      const has = shell === "fish" ? "functions -q" : "typeset -f";
      const told = (name: string) =>
        `if ${has} ${name} > /dev/null; ${shell === "fish" ? "" : "then "}echo ${name}; ${
          shell === "fish" ? "end" : "fi"
        }`;
      const script = [
        "claude-multi add third > /dev/null",
        "cl-third -p x > /dev/null",
        "claude-multi rename third fourth > /dev/null",
        ...["cl-third", "cl-fourth", "cl-one"].map(told),
      ].join("\n");
      assert.equal(await sourced(home, { shell, start, script }), "cl-fourth\ncl-one\n");
      assert.equal(claude.launches()[0]?.login, "third");
    },
  });

  Deno.test({
    name: `${shell}: claude-multi keeps arguments and exit code, and later aliases stay`,
    ...options,
    async fn() {
      await using home = await homeWithTwo();
      const claude = installFakeClaude(home);
      const failed = shell === "fish"
        ? "claude-multi pick 'a  b' 2> /dev/null; echo $status"
        : "claude-multi pick 'a  b' 2> /dev/null || echo $?";
      const alias = shell === "fish"
        ? "function cl; echo mine; end"
        : "alias cl='echo mine'; alias cl | grep -c mine";
      const kept = shell === "fish" ? "echo 1" : "alias cl | grep -c mine";
      const script = `${failed}\n${alias}\nclaude-multi add third > /dev/null\n${kept}`;
      const printed = await sourced(home, { shell, start, script });
      assert.deepEqual(
        printed.split("\n").slice(0, -1),
        shell === "fish" ? ["2", "1"] : ["2", "1", "1"],
      );
      assert.equal(claude.launches().length, 0);
    },
  });

  Deno.test({
    name: `${shell}: sourcing starts no process`,
    ignore: options.ignore || Deno.build.os !== "linux",
    async fn() {
      await using home = await homeWithTwo();
      // The page faults of ended children: every started process adds to them, even a subshell.
      const read = (name: string) =>
        shell === "fish"
          ? `read -l line < /proc/$fish_pid/stat; set -g ${name} (string split ' ' $line)[11]`
          : `read -r ${name} < "/proc/$$/stat"`;
      const [before, after] = [read("before"), read("after")];
      const compare = shell === "fish"
        ? "test $before = $after; or echo started $before $after"
        : 'set -- $before; x=${11}; set -- $after; [ "$x" = "${11}" ] || echo "started $x ${11}"';
      const split = shell === "zsh" ? "setopt sh_word_split\n" : "";
      const script = `${after}\n${split}${compare}`;
      assert.equal(await sourced(home, { shell, start, script, before }), "");
    },
  });

  Deno.test({
    name: `${shell}: shell ${shell} prints what setup writes`,
    ...options,
    async fn() {
      await using home = await homeWithTwo();
      await runMulti(["setup"], { home });
      const printed = await runMulti(["shell", shell], { home });
      const written = await Deno.readTextFile(`${home.multi}/shell/init.${shell}`);
      assert.equal(printed.stdout.trimEnd(), written.trimEnd());
      assert.match(written, new RegExp(binary("claude-multi").replaceAll("/", "\\/")));
    },
  });
}

Deno.test("bash: the snippet works in POSIX mode, which stays on", async () => {
  await using home = await homeWithTwo();
  const claude = installFakeClaude(home);
  const start = ["bash", "--posix", "--norc", "--noprofile", "-euo", "pipefail", "-c"];
  const script =
    "cl-one -p x > /dev/null\nclaude-multi add third > /dev/null\ncl-one -p y > /dev/null\ncase $SHELLOPTS in *posix*) echo on ;; esac";
  assert.equal(await sourced(home, { shell: "bash", start, script }), "on\n");
  assert.equal(claude.launches().length, 2);
});

Deno.test("bash: the snippet uses only what bash 3.2 on macOS supports", async () => {
  const text = await Deno.readTextFile(repositoryPath("shell/cl.bash"));
  const code = text.split("\n").filter((line) => !line.trimStart().startsWith("#")).join("\n");
  const newer =
    /\b(mapfile|readarray|coproc|globstar|lastpipe)\b|(declare|local|typeset) -[a-zA-Z]*[Angu]|&>>|\|&|;&|\$\{\w+(\[[^\]]*\])?(\^|,|@[A-Z])|\$\{\w+\[-\d|\{\w+\}[<>]|printf -v \w+\[|\[ -v |\[\[ -v /;
  assert.equal(newer.exec(code)?.[0], undefined);
  // compopt is new in bash 4; Tab still completes without it.
  for (const line of code.split("\n").filter((line) => line.includes("compopt"))) {
    assert.match(line, /compopt -o \w+ 2> \/dev\/null \|\| :$/);
  }
});

Deno.test("cl next to the programs runs claude, also through links and as sh cl", async () => {
  await using home = await homeWithTwo();
  const claude = installFakeClaude(home);
  const bin = `${home.path}/to ols`;
  await Deno.mkdir(bin);
  await Deno.copyFile(repositoryPath("shell/cl"), `${bin}/cl`);
  await Deno.symlink(binary("claude-multi"), `${bin}/claude-multi`);
  await Deno.mkdir(`${home.path}/links`);
  await Deno.symlink("../to ols/cl", `${home.path}/links/first`);
  await Deno.symlink("first", `${home.path}/links/cl`);
  const starts: Array<[string, string[], string]> = [
    [`${bin}/cl`, [], home.project],
    [`${home.path}/links/cl`, [], home.project],
    ["/bin/sh", ["cl"], bin],
  ];
  for (const [program, before, cwd] of starts) {
    const result = await startProgram(program, [...before, "-p", "a  b"], { home, cwd }).ended;
    assert.equal(result.code, 0, result.stderr);
    assert.deepEqual(claude.launches().at(-1)?.argv.slice(-2), ["-p", "a  b"]);
  }
  assert.equal(claude.launches().length, 3);
  await Deno.remove(`${bin}/claude-multi`);
  const alone = await startProgram(`${bin}/cl`, [], { home }).ended;
  assert.equal(alone.code, 127);
  assert.match(alone.stderr, /^cl: there is no claude-multi next to .*\n$/);
});

async function which(program: string): Promise<string> {
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    try {
      if ((await Deno.stat(`${folder}/${program}`)).isFile) return `${folder}/${program}`;
    } catch {
      // Not in this folder.
    }
  }
  throw new Error(`"${program}" is not on PATH`);
}
