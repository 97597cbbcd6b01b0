// Tests of env: what it prints makes the shells use the account, and nothing else.
import assert from "node:assert/strict";
import { env } from "../../lib/commands/env.ts";
import { needs } from "../helpers/needs.ts";
import { fakeContext } from "../helpers/context.ts";

const HOME = `/home/an 'n' $x\\`;

function printed(words: { name: string; shell?: string; json?: boolean }): string {
  const context = fakeContext({
    env: { HOME },
    config: { accounts: [{ name: "work" }, { name: "own", inPlace: true }] },
    logins: { work: {} },
  });
  const values: Record<string, string> = words.shell === undefined ? {} : { shell: words.shell };
  const switches = new Set(words.json ? ["json"] : []);
  assert.equal(env.run(context, { positionals: [words.name], values, switches, rest: [] }), 0);
  return context.terminal.stdout;
}

for (const shell of ["bash", "zsh", "fish", null] as const) {
  const program = shell ?? "sh";
  Deno.test({
    name: `${program} reads what env prints, with any characters in the path`,
    ...shell === "zsh" || shell === "fish" ? needs(shell) : { ignore: false },
    async fn() {
      for (const name of ["work", "own"]) {
        const text = printed({ name, ...shell === null ? {} : { shell } });
        const { stdout, stderr } = await new Deno.Command(program, {
          args: ["-c", `${text}\n/usr/bin/env`],
          env: {
            PATH: "/usr/bin:/bin",
            CLAUDE_CONFIG_DIR: "/old",
            ANTHROPIC_API_KEY: "made-up",
          },
          clearEnv: true,
        }).output();
        assert.equal(new TextDecoder().decode(stderr), "");
        const found = new TextDecoder().decode(stdout).split("\n")
          .filter((line) => /^(CLAUDE|ANTHROPIC)/.test(line));
        assert.deepEqual(
          found,
          name === "work" ? [`CLAUDE_CONFIG_DIR=${HOME}/.claude-multi/config/work`] : [],
        );
      }
    },
  });
}

Deno.test("env --json has the same, and no secret", () => {
  const text = printed({ name: "work", json: true });
  const { version, account, set, unset } = JSON.parse(text) as Record<string, unknown>;
  assert.deepEqual([version, account], [1, "work"]);
  assert.deepEqual(set, { CLAUDE_CONFIG_DIR: `${HOME}/.claude-multi/config/work` });
  assert.ok((unset as string[]).includes("ANTHROPIC_API_KEY"));
  assert.doesNotMatch(text, /sk-ant/);
});

Deno.test("env refuses an unknown account or shell, with what to type", () => {
  assert.throws(() => printed({ name: "wrok" }), /wrok/);
  assert.throws(() => printed({ name: "work", shell: "csh" }), /--shell/);
});
