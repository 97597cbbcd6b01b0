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

Deno.test("all limited: the hint waits with the same words, and a dry run hints at no wait", async () => {
  await using home = await TempHome.create();
  home.writeConfig({ accounts: [{ name: "a" }] });
  home.seedAccount("a");
  installFakeClaude(home);
  assert.equal((await runMulti(["limit", "a"], { home })).code, 0);
  const refused = await runMulti(["run", "--", "-p", "fix it"], { home });
  assert.equal(refused.code, 3);
  assert.match(refused.stderr, /Cannot choose an account: all are limited\n/);
  assert.match(refused.stderr, /^try: claude-multi run --wait -- -p 'fix it'$/m);
  const flags = ["run", "--policy", "drain", "--failover", "--", "-p", "hi"];
  assert.match(
    (await runMulti(flags, { home })).stderr,
    /^try: claude-multi run --wait --policy drain --failover -- -p hi$/m,
  );
  const long = await runMulti(["run", "--", "-p", "x".repeat(500)], { home });
  assert.match(long.stderr, /^try: claude-multi run --wait, with the same words$/m);
  const dry = await runMulti(["run", "--wait", "--dry-run"], { home });
  assert.equal(dry.code, 3);
  assert.match(dry.stderr, /^try: claude-multi status$/m);
});

Deno.test("a pin to a limited account is named as such, while others are open", async () => {
  await using home = await TempHome.create();
  home.writeConfig({ accounts: [{ name: "work" }, { name: "other" }] });
  for (const name of ["work", "other"]) home.seedAccount(name);
  const claude = installFakeClaude(home);
  assert.equal((await runMulti(["pin", "work"], { home })).code, 0);
  assert.equal((await runMulti(["limit", "work", "1h"], { home })).code, 0);
  const refused = await runMulti(["run", "--", "-p", "fix it"], { home });
  assert.equal(refused.code, 3);
  assert.match(
    refused.stderr,
    /pinned to the account "work", and "work" is limited until .*\d\d:\d\d \(in (1h|60m)\); --account NAME or pin --clear would do\n/,
  );
  assert.doesNotMatch(refused.stderr, /all are limited/);
  await runMulti(["run", "--account", "other", "--", "-p", "fix it"], { home });
  assert.deepEqual(claude.launches().map((launch) => launch.login), ["other"]);
});
