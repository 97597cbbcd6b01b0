// Tests of odd environments: no HOME, a HOME with blanks and quotes, a byte order mark in every file.
import assert from "node:assert/strict";
import { binary, runMulti, startProgram } from "../helpers/binaries.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { conclude } from "../../lib/setup/next_steps.ts";
import { contextOf } from "./context_of.ts";

const ODD = "claude-multi $x 'q' é家 ";

Deno.test("without HOME and without a home of the user, one line says so", async () => {
  await using home = await TempHome.create();
  await Deno.writeTextFile(`${home.bin}/id`, "#!/bin/sh\necho nobody-here\n", { mode: 0o755 });
  const onlyEnv = { PATH: `${home.bin}:/usr/bin:/bin` };
  for (const args of [["status"], ["run"], ["doctor"], ["setup", "--yes"]]) {
    const { code, stdout, stderr } = await runMulti(args, { home, onlyEnv });
    const wanted = "claude-multi: HOME is not set, and this user has no home\n" +
      "try: export HOME=/home/you\n";
    assert.deepEqual([code, stdout, stderr], [1, "", wanted]);
  }
  const stdin = '{"model":{"display_name":"Opus"}}';
  const line = startProgram(binary("claude-multi-statusline"), [], { home, onlyEnv, stdin });
  assert.match((await line.ended).stdout, /Opus/);
});

Deno.test("printed commands run in a home with blanks, quotes and letters of any script", async () => {
  await using home = await TempHome.create(ODD);
  installFakeClaude(home);
  home.seedAccount("work");
  home.writeConfig({ accounts: [{ name: "work" }] });
  assert.equal((await runMulti(["setup", "--shell", "bash"], { home })).code, 0);
  const typed = async (line: string) => await startProgram("/bin/sh", ["-c", line], { home }).ended;

  const left = (await runMulti(["uninstall", "--dry-run"], { home })).stdout;
  const [, command = ""] = /work: (CLAUDE_CONFIG_DIR=.+) claude\n/.exec(left) ?? [];
  const shown = await typed(`${command}; printf %s "$CLAUDE_CONFIG_DIR"`);
  assert.equal(shown.stdout, home.accountDir("work"), left);

  const dir = `${home.path}/other claude's`;
  const mend = async (id: string, env: Record<string, string> = {}) => {
    const { findings } = JSON.parse(
      (await runMulti(["doctor", "--json"], { home, env })).stdout,
    ) as { findings: Array<{ id: string; fix: string | null }> };
    assert.deepEqual(findings.map((finding) => finding.id), [id]);
    const { code, stderr } = await typed(findings[0]?.fix ?? "false");
    assert.deepEqual([code, stderr], [0, ""], findings[0]?.fix ?? "");
  };
  Deno.chmodSync(`${home.accountDir("work")}/.credentials.json`, 0o644);
  await mend("credentials-mode");
  Deno.chmodSync(home.accountDir("work"), 0o755);
  await mend("mode");
  await mend("environment", { CLAUDE_CONFIG_DIR: dir });
  assert.equal((await runMulti(["doctor"], { home })).stdout.includes("all is well"), true);
});

Deno.test("the next step names the program by a path that runs, wherever it is", async () => {
  await using home = await TempHome.create(ODD);
  home.writeConfig({ accounts: [] });
  const program = `${home.path}/own bin/claude-multi`;
  Deno.mkdirSync(`${home.path}/own bin`);
  Deno.writeTextFileSync(program, '#!/bin/sh\necho "started $*"\n', { mode: 0o755 });
  const context = contextOf(home, {
    processes: { executable: () => program, find: () => null },
  });
  conclude(context, { before: [], unfinished: [] });
  const [, command = ""] = /^ *(?:next: )?(\S.* add NAME)$/m.exec(context.printed.join("\n")) ?? [];
  const ended = await startProgram("/bin/sh", ["-c", command], { home }).ended;
  assert.equal(ended.stdout, "started add NAME\n", context.printed.join("\n"));
});

Deno.test("a byte order mark in settings, .claude.json, a login or config.json hides nothing", async () => {
  await using home = await TempHome.create();
  installFakeClaude(home);
  for (const name of ["a", "b"]) home.seedAccount(name);
  home.writeConfig({ accounts: [{ name: "a" }, { name: "b" }] });
  const shared = `${home.path}/.claude`;
  Deno.mkdirSync(shared, { recursive: true });
  Deno.writeTextFileSync(
    `${shared}/settings.json`,
    '{"env":{"ANTHROPIC_BASE_URL":"http://gate.test"}}',
  );
  const global = `${home.accountDir("a")}/.claude.json`;
  const content = JSON.parse(Deno.readTextFileSync(global));
  content.mcpServers = { tools: { command: "true" } };
  Deno.writeTextFileSync(global, JSON.stringify(content));
  for (
    const path of [
      `${shared}/settings.json`,
      global,
      `${home.accountDir("a")}/.credentials.json`,
      `${home.multi}/config.json`,
    ]
  ) Deno.writeTextFileSync(path, `\ufeff${Deno.readTextFileSync(path)}`);
  const launched = await runMulti(["run", "--account", "b", "--", "-p", "x"], { home });
  assert.equal(launched.code, 0, launched.stderr);
  assert.match(launched.stderr, /requests go to http:\/\/gate\.test/);
  const mirrored = JSON.parse(Deno.readTextFileSync(`${home.accountDir("b")}/.claude.json`));
  assert.deepEqual(mirrored.mcpServers, content.mcpServers);
  const { accounts } = JSON.parse((await runMulti(["status", "--json"], { home })).stdout) as {
    accounts: Array<{ name: string; state: string }>;
  };
  assert.deepEqual(accounts.map(({ name, state }) => [name, state]), [["a", "open"], [
    "b",
    "open",
  ]]);
});
