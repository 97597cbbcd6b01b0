// Tests of our line in start files: which file reads which, and removal to the byte.
import assert from "node:assert/strict";
import {
  CREATED_BASH_PROFILE,
  hasStartLine,
  lacksEnd,
  reads,
  startLine,
  withNewerLine,
  withoutStartLine,
  withStartLine,
} from "../../lib/setup/rc_lines.ts";

Deno.test("a login file that reads ~/.bashrc is recognised in every common notation", () => {
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

Deno.test("our line is removed again to the byte, and a user's own line stays", () => {
  const line = startLine("bash", "'/h/shell/init.bash'");
  for (const text of ["", "a", "a\n", "a\n\n", "\n", "a # about claude-multi\n"]) {
    const added = withStartLine(text, line);
    assert.ok(hasStartLine(added, "/other"));
    const endAdded = lacksEnd(text);
    assert.ok(added.endsWith("\n"));
    assert.equal(withoutStartLine(added, { endAdded }), text);
    assert.equal(
      withoutStartLine(`${added}b\n`, { endAdded }),
      `${text}${endAdded ? "\n" : ""}b\n`,
    );
  }
  assert.equal(withoutStartLine(CREATED_BASH_PROFILE), "");
  assert.ok(hasStartLine('. "/h/init.bash"', "/h/init.bash"));
  assert.ok(!hasStartLine('# . "/h/init.bash"', "/h/init.bash"));
});

Deno.test("our line begins on a line of its own, and a file without it stays as it is", () => {
  assert.equal(withStartLine("", "ours"), "ours\n");
  assert.equal(withStartLine("a", "ours"), "a\nours\n");
  assert.equal(withStartLine("a\n", "ours"), "a\nours\n");
  for (const text of ["", "\n", "\n\n", "a", "a\n", "a\n\n"]) {
    assert.equal(withoutStartLine(text, { endAdded: true }), text, JSON.stringify(text));
  }
});

Deno.test("in ~/.profile, the line first checks for bash: other shells read that file too", () => {
  assert.match(
    startLine("sh", "'x'"),
    /^\[ -z "\$\{BASH_VERSION-\}" \] \|\| \[ ! -f 'x' \] \|\| \. 'x' #/,
  );
});

Deno.test("text that was appended to our line stays when the line is removed", () => {
  const line = startLine("zsh", "'/h/shell/init.zsh'");
  for (const text of ["export NVM=1\n", ". ~/x\n", "# about\n", '"$x"', "/bin/x"]) {
    assert.equal(withoutStartLine(`a\n${line}${text}`), `a\n${text}`);
  }
  assert.equal(withoutStartLine(`a\n${line} (keep)\nb`), "a\nb");
  assert.equal(withoutStartLine(`a\n${line}`), "a");
});

Deno.test("a user's own line that ends with our mark isn't ours", () => {
  for (
    const line of [
      "export EDITOR=vim # claude-multi",
      "alias x=y  # claude-multi",
      ". ~/shell/init.bash # claude-multi",
      "[ -f '/a/shell/init.bash' ] && . '/b/shell/init.bash' # claude-multi",
    ]
  ) {
    assert.ok(!hasStartLine(`${line}\n`, "/h/shell/init.bash"), line);
    assert.equal(withoutStartLine(`${line}\n`), `${line}\n`);
  }
  for (const kind of ["bash", "zsh", "fish", "sh"] as const) {
    const quoted = kind === "fish" ? "'/it\\'s/shell/init.fish'" : "'/it'\\''s/shell/init.bash'";
    for (const line of [startLine(kind, quoted), `  ${startLine(kind, quoted)}\r`]) {
      assert.ok(hasStartLine(line, "/h"), line);
      assert.equal(withoutStartLine(`a\n${line}\n`), "a\n");
    }
  }
});

Deno.test("a line of the older form, whose status could stop a login, is replaced, and is still ours", () => {
  for (
    const [kind, older] of [
      ["bash", "[ -f '/h/shell/init.bash' ] && . '/h/shell/init.bash' # claude-multi"],
      [
        "sh",
        `[ -n "\${BASH_VERSION-}" ] && [ -f '/h/shell/init.bash' ] && . '/h/shell/init.bash' # claude-multi`,
      ],
      ["fish", "test -f '/h/shell/init.fish'; and source '/h/shell/init.fish' # claude-multi"],
    ] as const
  ) {
    const line = startLine(kind, `'/h/shell/init.${kind === "fish" ? "fish" : "bash"}'`);
    assert.equal(withNewerLine(`a\n${older}\nb`, line), `a\n${line}\nb`);
    assert.equal(withNewerLine(`a\n${line}\n# ${older}\n`, line), `a\n${line}\n# ${older}\n`);
    for (const one of [older, line]) {
      assert.ok(hasStartLine(`${one}\n`, "/other"), one);
      assert.equal(withoutStartLine(`a\n${one}\n`), "a\n");
    }
  }
});
