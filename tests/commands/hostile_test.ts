// Tests of untrusted text: none of it reaches the terminal as a control sequence, and no secret is printed.
import assert from "node:assert/strict";
import { openLedgerDatabase } from "../../lib/ledger/schema.ts";
import { harmless } from "../../lib/text/escape.ts";
import { runMulti } from "../helpers/binaries.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { TempHome } from "../helpers/temp_home.ts";

// deno-lint-ignore no-control-regex
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]/;

async function homeOfOne(): Promise<TempHome> {
  const home = await TempHome.create();
  installFakeClaude(home);
  home.seedAccount("work");
  home.writeConfig({ accounts: [{ name: "work" }] });
  return home;
}

Deno.test("the name of a folder cannot steer the terminal", async () => {
  await using home = await homeOfOne();
  const cwd = `${home.project}/q\x1b[31m\x1b]0;title\x07\x9b31m\u202e\nnext`;
  Deno.mkdirSync(cwd);
  const commands = [
    ...["pin work", "pick", "run --dry-run", "run -- -p x", "why"],
    ...["limit work", "run -- -p x", "pick"],
  ];
  for (const command of [...commands, "limit work --clear", "pin --clear"]) {
    const { code, stdout, stderr } = await runMulti(command.split(" "), { home, cwd });
    assert.ok(code === 0 || code === 3, stderr);
    const lines = `${stdout}${stderr}`.replace(/^folder .*\n?.*$/gm, "");
    assert.doesNotMatch(lines, CONTROL, command);
    assert.doesNotMatch(lines, /^next/m, command);
  }
});

Deno.test("a harmless text keeps its lines and our colours, and JSON keeps its meaning", () => {
  assert.equal(harmless("a\tb\n\x1b[1;32mc\x1b[0m"), "a\tb\n\x1b[1;32mc\x1b[0m");
  assert.equal(harmless("a\x1b[2Jb\x1b]0;x\x07"), "a\\u001b[2Jb\\u001b]0;x\\u0007");
  const value = { folder: "\x9b31m\u202e" };
  assert.deepEqual(JSON.parse(harmless(JSON.stringify(value))), value);
});

Deno.test("settings that are not JSON are not quoted, since they may contain a token", async () => {
  await using home = await homeOfOne();
  const settings = '{"env":{"ANTHROPIC_AUTH_TOKEN":sk-ant-oat01-abcdefgh}}';
  for (const CLAUDE_MULTI_DEBUG of ["0", "1"]) {
    const args = ["run", "--", "--settings", settings];
    const result = await runMulti(args, { home, env: { CLAUDE_MULTI_DEBUG } });
    assert.equal(result.code, 2);
    assert.match(result.stderr, /cannot use --settings: invalid JSON/);
    assert.doesNotMatch(result.stderr, /sk-ant|oat01/);
  }
});

Deno.test("a hook records a session id only if it is one", async () => {
  await using home = await homeOfOne();
  await runMulti(["run"], { home });
  const id = "6f3a0000-0000-4000-8000-000000000001";
  for (const session_id of [id, "--dangerously-skip-permissions", "../../evil", `${id}\x1b[2J`]) {
    const env = { CLAUDE_MULTI_SESSION: "1" };
    const stdin = JSON.stringify({ session_id });
    assert.equal((await runMulti(["hook", "SessionStart"], { home, env, stdin })).code, 0);
  }
  const database = openLedgerDatabase(`${home.multi}/ledger.db`);
  const row = database.prepare("SELECT client_session_id AS id FROM sessions").get();
  database.close();
  assert.equal(row?.["id"], id);
});

for (const COLUMNS of ["-1", "0", "1", "x"]) {
  Deno.test(`tables end with COLUMNS=${COLUMNS}`, async () => {
    await using home = await homeOfOne();
    for (const command of ["status", "pick", "list"]) {
      const { code, stdout } = await runMulti([command], { home, env: { COLUMNS } });
      assert.equal(code, 0);
      assert.match(stdout, /\S/);
    }
  });
}
