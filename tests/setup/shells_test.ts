// Tests of the file that shells load: one function per account, with the program's path quoted.
import assert from "node:assert/strict";
import { initFileOf, renderShell, SHELLS, writeShellFiles } from "../../lib/setup/shells.ts";
import { fakeContext } from "../helpers/context.ts";

Deno.test("each shell gets cl, claude-multi and a function per account, in its own language", () => {
  const context = fakeContext({
    env: { CLAUDE_MULTI_HOME: "/h" },
    config: { accounts: [{ name: "work" }, { name: "home" }] },
  });
  context.processes.executable = () => "/it's/claude-multi";
  for (const shell of SHELLS) {
    const lines = renderShell(context, shell).split("\n");
    assert.equal(initFileOf(context, shell), `/h/shell/init.${shell}`);
    assert.ok(!lines.some((line) => line.includes("@claude-multi@")), shell);
    const [program, init, names] = shell === "fish"
      ? [
        "set -g __claude_multi '/it\\'s/claude-multi'",
        "set -g __claude_multi_init '/h/shell/init.fish'",
        "set -g __claude_multi_names cl-work cl-home",
      ]
      : [
        "__claude_multi='/it'\\''s/claude-multi'",
        `__claude_multi_init='/h/shell/init.${shell}'`,
        "__claude_multi_names=(cl-work cl-home)",
      ];
    const at = lines.indexOf(program);
    assert.deepEqual(lines.slice(at, at + 3), [program, init, names], shell);
    for (const name of ["cl", "claude-multi", "cl-work", "cl-home"]) {
      const isFunction = (line: string) =>
        line.startsWith(`function ${name} `) || line.startsWith(`${name}() `);
      assert.equal(lines.filter(isFunction).length, 1, `${shell} ${name}`);
    }
    assert.ok(lines.some((line) => line.includes("__claude_multi_run run --account work -- ")));
  }
});

Deno.test("only files whose accounts changed are written", () => {
  const context = fakeContext({ config: { accounts: [{ name: "work" }] } });
  const all = SHELLS.map((shell) => initFileOf(context, shell));
  assert.deepEqual(writeShellFiles(context), all);
  assert.deepEqual(writeShellFiles(context), []);
  context.files.put(all[1] ?? "", "another program's");
  assert.deepEqual(writeShellFiles(context), [all[1]]);
});
