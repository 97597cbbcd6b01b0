// Tests of the file that shells load: one function per account, with the program's path quoted.
import assert from "node:assert/strict";
import { renderShell, SHELLS } from "../../lib/setup/shells.ts";

const SNIPPET = { program: "/it's/claude-multi", init: "/h/init", names: ["work", "home"] };

Deno.test("each shell gets cl, claude-multi and a function per account, in its own language", () => {
  for (const shell of SHELLS) {
    const lines = renderShell(shell, SNIPPET).split("\n");
    assert.ok(!lines.some((line) => line.includes("@claude-multi@")), shell);
    const [program, init, names] = shell === "fish"
      ? [
        "set -g __claude_multi '/it\\'s/claude-multi'",
        "set -g __claude_multi_init '/h/init'",
        "set -g __claude_multi_names cl-work cl-home",
      ]
      : [
        "__claude_multi='/it'\\''s/claude-multi'",
        "__claude_multi_init='/h/init'",
        "__claude_multi_names='cl-work cl-home'",
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
