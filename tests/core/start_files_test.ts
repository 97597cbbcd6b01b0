// Tests of our line in start files: what is read by what, and the way back to the byte.
import assert from "node:assert/strict";
import {
  hasStartLine,
  MADE_BASH_PROFILE,
  reads,
  startLine,
  withoutStartLine,
  withStartLine,
} from "../../lib/core/start_files.ts";

Deno.test("a login file that reads ~/.bashrc is known by any usual way of writing it", () => {
  for (
    const text of [
      ". ~/.bashrc",
      "source ~/.bashrc",
      'if [ -f "$HOME/.bashrc" ]; then\n  . "$HOME/.bashrc"\nfi',
      "[[ -r ~/.bashrc ]] && . ~/.bashrc",
      '[ -n "$PS1" ] && source ${HOME}/.bashrc;',
      "test -f ~/.bashrc && { . ~/.bashrc; }",
      "\t. '/home/a b/.bashrc' # mine",
    ]
  ) assert.ok(reads(text, ".bashrc"), text);
  for (
    const text of [
      "",
      "# . ~/.bashrc",
      "  # source ~/.bashrc",
      "export BASHRC=~/.bashrc",
      "cp ~/.bashrc ~/old",
      ". ~/.bashrc.local",
      ". ~/.profile",
    ]
  ) assert.ok(!reads(text, ".bashrc"), text);
});

Deno.test("what is added is taken out again to the byte, and a line of the user's own stays", () => {
  const line = startLine("bash", "'/h/init.bash'");
  for (const text of ["", "a", "a\n", "a\n\n", "\n", "a # about claude-multi\n"]) {
    const added = withStartLine(text, line);
    assert.ok(hasStartLine(added, "/other"));
    assert.equal(withoutStartLine(added), text);
  }
  assert.equal(withoutStartLine(MADE_BASH_PROFILE), "");
  assert.ok(hasStartLine('. "/h/init.bash"', "/h/init.bash"));
  assert.ok(!hasStartLine('# . "/h/init.bash"', "/h/init.bash"));
});

Deno.test("in ~/.profile the line asks for bash first: other shells read that file too", () => {
  assert.match(
    startLine("sh", "'x'"),
    /^\[ -n "\$\{BASH_VERSION-\}" \] && \[ -f 'x' \] && \. 'x' #/,
  );
});
