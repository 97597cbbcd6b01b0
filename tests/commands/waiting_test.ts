// Tests of run --wait: what is done elsewhere meanwhile lets it start early.
import assert from "node:assert/strict";
import type { Running } from "../helpers/binaries.ts";
import { runMulti, startMulti } from "../helpers/binaries.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { TempHome } from "../helpers/temp_home.ts";

/** A run that waits, since its only open account is limited for hours. */
async function waiting(): Promise<
  { home: TempHome; claude: ReturnType<typeof installFakeClaude>; run: Running }
> {
  const home = await TempHome.create();
  home.writeConfig({ accounts: [{ name: "a" }, { name: "b", disabled: true }] });
  for (const name of ["a", "b"]) home.seedAccount(name);
  const claude = installFakeClaude(home);
  assert.equal((await runMulti(["limit", "a"], { home })).code, 0);
  const run = startMulti(["run", "--wait", "--", "-p", "x"], { home });
  await new Promise((resolve) => setTimeout(resolve, 1000));
  assert.equal(claude.launches().length, 0);
  return { home, claude, run };
}

for (
  const { name, args, login } of [
    { name: "a limit that is cleared", args: ["limit", "a", "--clear"], login: "a" },
    { name: "an account that is enabled", args: ["enable", "b"], login: "b" },
  ]
) {
  Deno.test(`run --wait: ${name} in another terminal lets it start within seconds`, async () => {
    const { home, claude, run } = await waiting();
    await using _home = home;
    const changed = await runMulti(args, { home });
    assert.equal(changed.code, 0, changed.stderr);
    const { code, stderr } = await run.ended;
    assert.equal(code, 0, stderr);
    assert.deepEqual(claude.launches().map((launch) => launch.login), [login]);
  });
}
