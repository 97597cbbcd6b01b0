// Tests of what the built status line says at a limit: what the launcher of its own session will do.
import assert from "node:assert/strict";
import { stripVTControlCharacters } from "node:util";
import { binary, runMulti } from "../helpers/binaries.ts";
import { needs } from "../helpers/needs.ts";
import { Pty } from "../helpers/pty.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { accountHome, draw, payload } from "./drawn.ts";

const ACCOUNTS = [{ name: "work" }, { name: "personal" }];
const MOVES = "will move to personal";
const EXIT = "/exit to move to personal";
const ALONE = "claude-multi resume --account personal";

/** A payload with a full window. */
function full(transcript_path?: string): string {
  const resets_at = Math.floor(Date.now() / 1000) + 1380;
  return payload({
    transcript_path,
    rate_limits: { five_hour: { used_percentage: 100, resets_at } },
  });
}

/** A home whose client draws the line at its limit under each of these settings, one after the other. */
async function drawingHome(first: string, later: readonly string[]): Promise<TempHome> {
  const home = await TempHome.create();
  home.writeConfig({ accounts: ACCOUNTS, handoff: first, statusline: { install: false } });
  for (const { name } of ACCOUNTS) home.seedAccount(name);
  Deno.writeTextFileSync(`${home.path}/payload`, full());
  const line = `'${binary("claude-multi-statusline")}' <~/payload >>~/lines`;
  const set = later.map((handoff) =>
    `'${binary("claude-multi")}' config set handoff ${handoff} >/dev/null 2>&1\n${line}\n`
  );
  const script = `#!/bin/sh\nexport COLUMNS=200 NO_COLOR=1\n${line}\n${set.join("")}`;
  await Deno.writeTextFile(`${home.bin}/claude`, script, { mode: 0o755 });
  return home;
}

/** The ends of the lines that its client drew. */
function drawn(home: TempHome): string[] {
  return stripVTControlCharacters(Deno.readTextFileSync(`${home.path}/lines`)).trim().split("\n")
    .map((line) => line.split(" │ ").at(-1) ?? "");
}

const RUN = ["run", "--account", "work"];

for (
  const [first, ...ends] of [
    ["ask", EXIT, EXIT, ALONE, EXIT],
    ["off", ALONE, EXIT, ALONE, EXIT],
    ["auto", MOVES, MOVES, ALONE, EXIT],
  ] as const
) {
  Deno.test({
    name:
      `a session started with handoff ${first} says what its launcher does, whatever is set later`,
    ...needs("tmux"),
    async fn() {
      await using home = await drawingHome(first, ["auto", "off", "ask"]);
      const options = { env: home.env(), cwd: home.project };
      await using terminal = await Pty.start([binary("claude-multi"), ...RUN], options);
      assert.equal(await terminal.ended(), 0, await terminal.capture());
      assert.deepEqual(drawn(home), ends);
    },
  });
}

Deno.test("a limit that the user has set moves nothing by itself, and the line doesn't say so", async () => {
  const made = await accountHome();
  await using home = made.home;
  home.writeConfig({ accounts: ACCOUNTS, handoff: "auto" });
  for (const { name } of ACCOUNTS) home.seedAccount(name);
  const resets_at = Math.floor(Date.now() / 1000) + 1380;
  const rate_limits = { five_hour: { used_percentage: 10, resets_at } };
  const stdin = payload({ transcript_path: made.transcript, rate_limits });
  assert.doesNotMatch(await draw(home, { stdin }), /limited|→/);
  await runMulti(["limit", "work", "--for", "2h"], { home });
  assert.match(await draw(home, { stdin }), /│ limited (?:2h00m|1h59m) → personal$/);
});

Deno.test("a launcher that has no terminal moves nothing, and the line says so", async () => {
  for (const handoff of ["ask", "auto"]) {
    await using home = await drawingHome(handoff, []);
    // As in a session of ours, whose own launcher has a terminal.
    const outer = { CLAUDE_MULTI_SESSION: "1", CLAUDE_MULTI_HANDOFF: "auto" };
    const { code, stderr } = await runMulti(RUN, { home, env: outer });
    assert.equal(code, 0, stderr);
    assert.deepEqual(drawn(home), [ALONE], handoff);
  }
});

Deno.test("a session of an older launcher, which doesn't say what it does, is one to leave", async () => {
  const made = await accountHome();
  await using home = made.home;
  for (const [handoff, end] of [["ask", EXIT], ["auto", EXIT], ["off", ALONE]] as const) {
    home.writeConfig({ accounts: ACCOUNTS, handoff });
    const line = await draw(home, {
      stdin: full(made.transcript),
      env: { CLAUDE_MULTI_SESSION: "7" },
    });
    assert.ok(line.endsWith(`│ ${end}`), line);
  }
  const plain = await draw(home, {
    stdin: full(made.transcript),
    env: { CLAUDE_MULTI_HANDOFF: "auto" },
  });
  assert.ok(plain.endsWith(`│ ${ALONE}`), plain);
});

Deno.test("a conversation in which nothing was asked yet has nothing to move", async () => {
  const made = await accountHome();
  await using home = made.home;
  home.writeConfig({ accounts: ACCOUNTS });
  const path = `${home.path}/fresh.jsonl`;
  const env = { CLAUDE_MULTI_SESSION: "7" };
  const end = async () => (await draw(home, { stdin: full(path), env })).split(" │ ").at(-1);
  assert.equal(await end(), "→ personal");
  const line = (type: string, content: string) =>
    `${JSON.stringify({ type, message: { role: "user", content }, uuid: crypto.randomUUID() })}\n`;
  Deno.writeTextFileSync(path, line("mode", ""));
  assert.equal(await end(), "→ personal");
  Deno.writeTextFileSync(path, line("user", "fix the parser"), { append: true });
  assert.equal(await end(), EXIT);
});
