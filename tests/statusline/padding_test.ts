// Tests of `statusline.padding`: a launch passes it to the client, but only for our own line.
import assert from "node:assert/strict";
import { runMulti } from "../helpers/binaries.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { TempHome } from "../helpers/temp_home.ts";

/** The padding that a launch passes to the client. */
async function paddingOf(home: TempHome, configured: number | null): Promise<unknown> {
  home.writeConfig({
    accounts: [{ name: "work" }],
    ...configured === null ? {} : { statusline: { padding: configured } },
  });
  const result = await runMulti(["run", "--dry-run", "--json"], { home, cwd: home.project });
  assert.equal(result.code, 0, result.stderr);
  const { args } = JSON.parse(result.stdout).plan as { args: string[] };
  const { statusLine } = JSON.parse(args[args.indexOf("--settings") + 1] ?? "{}");
  assert.match(statusLine.command, /claude-multi-statusline/);
  return statusLine.padding;
}

Deno.test("a launch passes the padding in config.json to the client; the user's own line keeps its own", async () => {
  await using home = await TempHome.create();
  installFakeClaude(home);
  home.seedAccount("work");
  assert.equal(await paddingOf(home, null), undefined);
  assert.equal(await paddingOf(home, 0), undefined);
  assert.equal(await paddingOf(home, 2), 2);
  Deno.mkdirSync(`${home.path}/.claude`);
  const write = (parts: Record<string, unknown>): void =>
    Deno.writeTextFileSync(
      `${home.path}/.claude/settings.json`,
      JSON.stringify({ statusLine: { type: "command", command: "echo mine", ...parts } }),
    );
  write({});
  assert.equal(await paddingOf(home, 2), undefined);
  write({ padding: 1 });
  assert.equal(await paddingOf(home, 2), 1);
});
