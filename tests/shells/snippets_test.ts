// Tests of the shell snippets in real shells: strict modes, odd paths, aliases, completion of names.
import assert from "node:assert/strict";
import { binary, runMulti, startProgram } from "../helpers/binaries.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { needs } from "../helpers/needs.ts";
import { TempHome } from "../helpers/temp_home.ts";

/** How each shell is started without the user's files, and in its strictest mode. */
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
    name: `${shell}: cl and cl-NAME run claude with the arguments as they are`,
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
    name: `${shell}: an alias of the same name does not get in the way`,
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
    name: `${shell}: what shell ${shell} prints is what setup writes`,
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
