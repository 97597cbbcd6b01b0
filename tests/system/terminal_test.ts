// Tests of how messages are shown on a terminal.
import assert from "node:assert/strict";
import { brokenAtWords, brokenQuestion, messageSequence } from "../../lib/system/terminal.ts";
import { binary } from "../helpers/binaries.ts";
import { needs } from "../helpers/needs.ts";
import { Pty } from "../helpers/pty.ts";
import { TempHome } from "../helpers/temp_home.ts";

Deno.test("long lines break between words, and long words and commands stay whole", () => {
  const long = "/a-path-that-is-longer-than-the-line";
  const command = `try: claude-multi add ${long}`;
  const text = `cannot use this one here: ${long} isn't one of your folders\n\n${command}`;
  const lines = brokenAtWords(text, 24).split("\n");
  assert.equal(lines.at(-1), command);
  assert.ok(
    lines.slice(0, -1).every((line) => line.length <= 24 || line === long),
    lines.join("|"),
  );
  assert.equal(lines.slice(0, -1).join(" ").trim(), text.slice(0, text.indexOf("\n")));
  assert.equal(brokenAtWords("short and sweet, as it was", 26), "short and sweet, as it was");
});

Deno.test("a long question breaks between words, its choices stay whole, and the answer has room", () => {
  const choices = "[Y/n, s = yes, and send it again]";
  const text = `\nContinue this conversation on "office" (20 % of 5h used)? ${choices} `;
  for (let columns = 36; columns < 100; columns++) {
    const shown = brokenQuestion(text, columns);
    const lines = shown.split("\n");
    assert.ok(lines.every((line) => line.length < columns), `${columns}: ${shown}`);
    assert.ok(lines.at(-1)?.endsWith(`${choices} `), shown);
    assert.equal(lines.filter(Boolean).join(" "), text.trimStart());
  }
  assert.equal(brokenQuestion(text, 100), text);
  assert.match(brokenQuestion(text, 30), /\[Y\/n, s = yes, and\nsend it again\] $/);
  assert.equal(brokenQuestion("Which one? ", 20), "Which one? ");
  for (const columns of [20, 21]) {
    assert.equal(
      brokenQuestion("Delete the account too? [y/N] ", columns),
      "Delete the account\ntoo? [y/N] ",
    );
  }
});

Deno.test("a command at the end of a message stays whole", () => {
  const command = "diff ~/.claude-multi/config.json ~/.claude-multi/config.edited.json";
  const text =
    `config.json was changed by something else while you edited it; to compare: ${command}`;
  for (const columns of [40, 80, 120, 140]) {
    const lines = brokenAtWords(text, columns).split("\n");
    assert.equal(lines.at(-1), command, `${columns}`);
    assert.ok(lines.slice(0, -1).every((line) => line.length <= columns));
    assert.equal(lines.join(" "), text);
  }
  assert.equal(brokenAtWords(text, 143), text);
  assert.equal(
    brokenAtWords("to bring it back: mv /a/backup /a/folder && claude-multi add work", 30),
    "to bring it back:\nmv /a/backup /a/folder && claude-multi add work",
  );
  assert.equal(
    brokenAtWords("if that is wrong: claude-multi limit work --clear", 30),
    "if that is wrong:\nclaude-multi limit work --clear",
  );
});

Deno.test("characters that are two cells wide count twice where lines break", () => {
  const text = '"日本語 の会話 😀" is limited until 15:04. 続けますか? [Y/n] ';
  assert.equal(brokenAtWords("日本語 の会話 日本語 の会話", 20), "日本語 の会話 日本語\nの会話");
  assert.equal(
    brokenQuestion(text, 26),
    '"日本語 の会話 😀" is\nlimited until 15:04.\n続けますか? [Y/n] ',
  );
});

/** Terminals, and what makes them show a message. */
const MESSAGES: ReadonlyArray<readonly [env: Record<string, string>, sequence: string]> = [
  [{ TERM: "xterm-256color" }, "\x1b]9;a is limited\x07"],
  [{ TERM: "rxvt-unicode-256color" }, "\x1b]777;notify;claude-multi;a is limited\x07"],
  [{ TERM: "foot" }, "\x1b]777;notify;claude-multi;a is limited\x07"],
  [
    { TERM: "tmux-256color", TMUX: "/tmp/tmux/default,1,0" },
    "\x1bPtmux;\x1b\x1b]9;a is limited\x07\x1b\\",
  ],
  [{}, "\x1b]9;a is limited\x07"],
];
for (const [env, sequence] of MESSAGES) {
  Deno.test(`notify osc in ${JSON.stringify(env)}`, () => {
    const get = (name: string) => env[name] ?? null;
    assert.equal(messageSequence("a is limited", { get }), sequence);
  });
}

Deno.test("a message of the terminal can't end its own sequence, or start another", () => {
  const get = (name: string) => name === "TERM" ? "foot" : null;
  assert.equal(
    messageSequence("a\x1b]0;b\x07;c", { get }),
    "\x1b]777;notify;claude-multi;a ]0 b  c\x07",
  );
});

Deno.test({
  name: "an error on a narrow terminal breaks between words",
  ...needs("tmux"),
  async fn() {
    await using home = await TempHome.create();
    await using pty = await Pty.start([binary("claude-multi"), "add", "No Name"], {
      env: home.env(),
      cwd: home.project,
      columns: 40,
    });
    assert.equal(await pty.ended(), 2);
    await pty.waitFor(/try: claude-multi add no-name/);
    const screen = await pty.capture({ history: true });
    const message = screen.slice(0, screen.indexOf("try:")).split("\n").join(" ").trim();
    assert.equal(
      message,
      'claude-multi: invalid account name "No Name": use 1 to 32 characters (a-z, 0-9, -), starting with a letter or digit',
    );
  },
});

Deno.test({
  name: "what follows Ctrl-D at a question begins a line, whatever Ctrl-D means there",
  ...needs("tmux"),
  async fn() {
    await using home = await TempHome.create();
    home.writeConfig({ accounts: [{ name: "work" }] });
    for (const typed of ["", "y"]) {
      await using pty = await Pty.start([binary("claude-multi"), "remove", "work", "--purge"], {
        env: home.env(),
        cwd: home.project,
      });
      await pty.waitFor(/\[y\/N\]/);
      await pty.type(typed);
      // After a letter, the first only hands that over.
      await pty.keys("C-d", "C-d");
      await pty.ended();
      await pty.waitFor(/nothing was changed|removed "work"/);
      assert.match(
        await pty.capture({ history: true }),
        typed === "" ? /\[y\/N\] *\nnothing was changed/ : /\[y\/N\] y *\nremoved "work"/,
      );
    }
  },
});

Deno.test({
  name: "run --failover: what claude says on both streams stands on the terminal once",
  ...needs("tmux"),
  async fn() {
    await using home = await TempHome.create();
    home.writeConfig({ accounts: [{ name: "work" }] });
    home.seedAccount("work");
    const claude = `${home.bin}/claude`;
    const script = `#!/bin/sh\necho refused\n[ -t 1 ] || echo "$SAID" >&2\nexit 3\n`;
    Deno.writeTextFileSync(claude, script, { mode: 0o755 });
    for (const said of ["refused", "a warning"]) {
      const words = ["run", "--failover", "--", "-p", "hello"];
      await using pty = await Pty.start([binary("claude-multi"), ...words], {
        env: home.env({ SAID: said }),
        cwd: home.project,
      });
      assert.equal(await pty.ended(), 3);
      const screen = await pty.capture({ history: true });
      const lines = screen.split("\n").map((line) => line.trim())
        .filter((line) => line !== "" && !line.startsWith("Pane is dead"));
      assert.deepEqual(lines, said === "refused" ? ["refused"] : ["a warning", "refused"]);
    }
  },
});
