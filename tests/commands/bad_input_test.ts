// Tests of mistakes on the command line: one line says what is wrong, one what to type, and the exit code.
import assert from "node:assert/strict";
import { binary, runMulti, startProgram } from "../helpers/binaries.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { TempHome } from "../helpers/temp_home.ts";

interface Case {
  name: string;
  args: string[];
  exit: number;
  /** The two lines on stderr. */
  message: RegExp;
  hint: RegExp;
  config?: string;
}

const CASES: Case[] = [
  {
    name: "an unknown command names the nearest",
    args: ["stauts"],
    exit: 2,
    message: /: unknown command "stauts"; did you mean "status"\?$/,
    hint: /^try: claude-multi status$/,
  },
  {
    name: "an unknown command that is near nothing points to the help",
    args: ["frobnicate"],
    exit: 2,
    message: /: unknown command "frobnicate"$/,
    hint: /^try: claude-multi --help$/,
  },
  {
    name: "an unknown option names the nearest",
    args: ["pick", "--jsno"],
    exit: 2,
    message: /: unknown option "--jsno" for "pick"; did you mean "--json"\?$/,
    hint: /^try: claude-multi pick --json$/,
  },
  {
    name: "a flag of claude without -- is sent behind it",
    args: ["run", "-p"],
    exit: 2,
    message: /: unknown option "-p" for "r(un|esume)"$/,
    hint: /^try: claude-multi run -- -p$/,
  },
  {
    name: "a flag of claude before -- goes behind it with all its words, and those of run stay",
    args: ["run", "-p", "fix it", "--account", "work", "--model", "x", "--", "-c"],
    exit: 2,
    message: /: unknown option "-p" for "r(un|esume)"$/,
    hint: /^try: claude-multi run --account work -- -p 'fix it' --model x -c$/,
  },
  {
    name: "a prompt before -- goes behind it",
    args: ["run", "--failover", "fix it"],
    exit: 2,
    message: /: unexpected argument "fix it" for "run"$/,
    hint: /^try: claude-multi run --failover -- 'fix it'$/,
  },
  {
    name: "the session of resume stays in its place",
    args: ["resume", "3", "-p", "more"],
    exit: 2,
    message: /: unknown option "-p" for "r(un|esume)"$/,
    hint: /^try: claude-multi resume 3 -- -p more$/,
  },
  {
    name: "words that would not show are not repeated",
    args: ["run", "-p", "a\u001b[2Jb"],
    exit: 2,
    message: /: unknown option "-p" for "r(un|esume)"$/,
    hint: /^try: claude-multi run --help$/,
  },
  {
    name: "a missing name",
    args: ["add"],
    exit: 2,
    message: /: missing argument NAME for "add"$/,
    hint: /add --help$/,
  },
  {
    name: "an option without its value",
    args: ["run", "--account"],
    exit: 2,
    message: /: option "--account" needs a value: NAME$/,
    hint: /^try: claude-multi run --help$/,
  },
  {
    name: "a switch with a value",
    args: ["pick", "--json=yes"],
    exit: 2,
    message: /: option "--json" takes no value$/,
    hint: /^try: claude-multi pick --help$/,
  },
  {
    name: "arguments after -- where none belong",
    args: ["status", "--", "-p"],
    exit: 2,
    message: /: "status" takes no arguments after "--"$/,
    hint: /^try: claude-multi status --help$/,
  },
  {
    name: "a name that is not allowed",
    args: ["add", "../x"],
    exit: 2,
    message: /"\.\.\/x"/,
    hint: /^try: claude-multi add personal$/,
  },
  {
    name: "a name that is nearly allowed is suggested as it may be",
    args: ["add", "Work 2"],
    exit: 2,
    message: /invalid account name "Work 2"/,
    hint: /^try: claude-multi add work-2$/,
  },
  {
    name: "a new name that is nearly allowed is suggested to the command that takes it",
    args: ["rename", "work", "Office"],
    exit: 2,
    message: /invalid account name "Office"/,
    hint: /^try: claude-multi rename work office$/,
    config: '{ "accounts": [{ "name": "work" }] }',
  },
  ...[
    ["rename work STATUS", "rename work personal-2"],
    ["rename work pick", "rename work personal-2"],
    ["rename work Personal", "rename work personal-2"],
    ["add Work", "add work-2"],
    ["save Work", "save work"],
    ["setup --add Doctor", "setup --add personal-2"],
  ].map(([typed = "", line]) => ({
    name: `${typed}: the name in the hint is one that it takes`,
    args: typed.split(" "),
    exit: 2,
    message: /invalid account name|is a command of claude-multi/,
    hint: new RegExp(`^try: claude-multi ${line}$`),
    config: '{ "accounts": [{ "name": "work" }, { "name": "personal" }] }',
  })),
  {
    name: "a name with control characters is shown harmless",
    args: ["add", "a\u001b[2Jb"],
    exit: 2,
    message: /"a\\u001b\[2Jb"/,
    hint: /^try: claude-multi add personal$/,
  },
  {
    name: "an account that does not exist",
    args: ["run", "--account", "nobody"],
    exit: 2,
    message: /unknown account "nobody": use work/,
    hint: /^try: claude-multi list$/,
    config: '{ "accounts": [{ "name": "work" }] }',
  },
  {
    name: "no account",
    args: ["run"],
    exit: 3,
    message: /: no account is set up yet$/,
    hint: /^try: claude-multi setup$/,
  },
  {
    name: "an account that is not logged in",
    args: ["run", "--account", "work"],
    exit: 4,
    message: /^claude-multi: "work" is not logged in$/,
    hint: /^try: claude-multi login work$/,
    config: '{ "accounts": [{ "name": "work" }] }',
  },
  {
    name: "broken JSON, with line and column",
    args: ["pick"],
    exit: 2,
    message: /^claude-multi: \S+\/config\.json:2:15: unknown word/,
    hint: /^try: claude-multi config edit$/,
    config: '{\n  "accounts": !\n}',
  },
  {
    name: "a value that is not accepted, with line and column",
    args: ["pick"],
    exit: 2,
    message: /config\.json:3:13: "policy" must be "weighted", .* or "round-robin", not "fair"$/,
    hint: /^try: claude-multi config edit$/,
    config: '{\n  // mine\n  "policy": "fair",\n}',
  },
  {
    name: "a bad account name written by hand",
    args: ["status"],
    exit: 2,
    message: /config\.json:1:25: "accounts\[0\]\.name" can't be "\.\.": use 1 to/,
    hint: /^try: claude-multi config edit$/,
    config: '{ "accounts": [{ "name":".." }] }',
  },
];

for (const { name, args, exit, message, hint, config } of CASES) {
  Deno.test(`bad input: ${name}`, async () => {
    await using home = await TempHome.create();
    installFakeClaude(home);
    if (config !== undefined) home.writeConfig(config);
    const result = await runMulti(args, { home });
    const lines = result.stderr.trimEnd().split("\n");
    assert.equal(result.code, exit, result.stderr);
    assert.equal(lines.length, 2, result.stderr);
    assert.match(lines[0] ?? "", message);
    assert.match(lines[1] ?? "", hint);
    assert.equal(result.stdout, "");
    // deno-lint-ignore no-control-regex
    assert.doesNotMatch(result.stderr, /[\u0000-\u0009\u000b-\u001f]/);
    if (config !== undefined) {
      assert.equal(await Deno.readTextFile(`${home.multi}/config.json`), config);
    }
  });
}

for (const name of ["HOME", "CLAUDE_MULTI_HOME"]) {
  Deno.test(`bad input: ${name} with a control character; the status line is drawn all the same`, async () => {
    await using home = await TempHome.create();
    for (const odd of ["\n", "\r", "\u001b[2J", "\u007f"]) {
      const env = { [name]: `${home.path}/a${odd}b` };
      for (const args of [["setup"], ["status"], ["run"]]) {
        const result = await runMulti(args, { home, env });
        assert.equal(result.code, 1);
        assert.match(
          result.stderr,
          new RegExp(
            `^claude-multi: ${name} contains a control character: "[^\n]*"\ntry: [^\n]+\n$`,
          ),
        );
      }
      const line = await startProgram(binary("claude-multi-statusline"), [], {
        home,
        env,
        stdin: '{"model":{"display_name":"Opus"}}',
      }).ended;
      assert.equal(line.code, 0);
      assert.match(line.stdout, /\S.*\n$/);
      assert.deepEqual([...Deno.readDirSync(home.path)].filter((f) => f.name.startsWith("a")), []);
    }
  });
}

Deno.test("bad input: no claude on PATH", async () => {
  await using home = await TempHome.create();
  home.writeConfig({ accounts: [{ name: "work" }] });
  home.seedAccount("work");
  const result = await runMulti(["run"], { home, env: { PATH: home.bin } });
  assert.equal(result.code, 1);
  assert.match(result.stderr, /no "claude" on PATH\ntry: npm install/);
});

for (const flag of ["--help", "--version"]) {
  Deno.test(`${flag} opens no ledger and reads no configuration`, async () => {
    await using home = await TempHome.create();
    home.writeConfig("{ broken");
    const env = { HOME: home.path, PATH: "" };
    const run = startProgram(binary("claude-multi"), [flag], { home, onlyEnv: env });
    const result = await run.ended;
    assert.equal(result.code, 0, result.stderr);
    assert.match(result.stdout, /^claude-multi \d+\.\d+\.\d+/);
    const files = [...Deno.readDirSync(home.multi)].map((entry) => entry.name);
    assert.deepEqual(files, ["config.json"]);
  });
}

Deno.test("every command has a --help of its own with at least one option line", async () => {
  await using home = await TempHome.create();
  const help = await runMulti(["--help"], { home });
  const [, groups = ""] = help.stdout.split("\nEveryday:\n");
  const names = [...groups.matchAll(/^ {2}([a-z-]+)(?: \S+)* {2,}\S/gm)].map((m) => m[1] ?? "");
  const commands = names.filter((name) => name !== "" && !name.startsWith("-"));
  assert.ok(commands.includes("run") && commands.includes("doctor"), help.stdout);
  assert.ok(!commands.includes("hook"), "what only programs type is not offered to people");
  for (const name of commands) {
    const result = await runMulti([name, "--help"], { home });
    assert.equal(result.code, 0);
    assert.match(result.stdout, new RegExp(`Usage: claude-multi ${name}`));
    assert.ok(result.stdout.split("\n").every((line) => line.length <= 82), result.stdout);
  }
});
