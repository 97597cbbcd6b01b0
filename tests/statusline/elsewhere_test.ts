// Tests that other accounts are read only if the line has something to show about them.
import assert from "node:assert/strict";
import { layoutOf } from "../../lib/config/paths.ts";
import { answer } from "../../lib/statusline/flow.ts";
import type { World } from "../../lib/statusline/world.ts";
import { repositoryPath } from "../helpers/paths.ts";
import { runStatusline } from "../helpers/binaries.ts";
import { accountHome, draw, payload } from "./drawn.ts";
import { MemoryFiles } from "./memory_transcripts.ts";

const NOW_MS = Date.UTC(2026, 10, 23, 6, 0, 0);

/** The line, and what was read to draw it. */
async function looksOf(used: number, segments?: string[]): Promise<{ line: string; at: string[] }> {
  const at: string[] = [];
  const looked = <T>(what: string, value: T): T => {
    at.push(what);
    return value;
  };
  const env: Record<string, string> = {
    COLUMNS: "200",
    NO_COLOR: "1",
    CLAUDE_CONFIG_DIR: "/h/.claude-multi/config/work",
  };
  const config = {
    accounts: [{ name: "work", identity: { accountUuid: "u", organizationUuid: "o" } }, {
      name: "other",
    }],
    ...segments && { statusline: { segments } },
  };
  const world: World = {
    layout: layoutOf({ home: "/h", root: null }),
    env: (name) => env[name] ?? null,
    nowMs: NOW_MS,
    elapsedMs: () => 0,
    readSmall: (path) => path.endsWith("config.json") ? JSON.stringify(config) : null,
    readText: (path) =>
      looked(
        path,
        path.endsWith(".claude.json")
          ? `{"oauthAccount":{"accountUuid":"${path.includes("/work/") ? "u" : "v"}"}}`
          : '{"claudeAiOauth":{"accessToken":"sk-ant-oat01-FAKE"}}',
      ),
    system: "linux",
    processes: () => looked("processes", new Map()),
    ledger: () => looked("the ledger", null),
    files: new MemoryFiles(),
    progress: { load: () => null, save: () => {} },
    readings: { heard: () => null, knownAtMs: () => null, readingsUntil: () => [], add: () => {} },
  };
  const stdin = payload({
    rate_limits: { five_hour: { used_percentage: used, resets_at: NOW_MS / 1000 + 3600 } },
  });
  const { text } = await answer(stdin, { wanted: "line", world });
  return { line: text, at };
}

Deno.test("an ordinary line reads nothing about other accounts, neither files nor the ledger", async () => {
  assert.deepEqual((await looksOf(42)).at, []);
  assert.deepEqual((await looksOf(42, ["account", "room", "branch", "burn"])).at, []);
});

Deno.test("a line near a limit, or with the segment next, reads each account once, and whose new numbers these are", async () => {
  for (const { line, at } of [await looksOf(95), await looksOf(42, ["next"])]) {
    assert.match(line, /→ other/);
    assert.deepEqual(at, [
      "the ledger",
      "/h/.claude-multi/config/work/.credentials.json",
      "/h/.claude-multi/config/work/.claude.json",
      "/h/.claude-multi/config/other/.credentials.json",
      "/h/.claude-multi/config/other/.claude.json",
      "processes",
      "/h/.claude-multi/config/work/.claude.json",
    ]);
    assert.doesNotMatch(line, /sk-ant/);
  }
});

Deno.test("most lines don't load the standings", () => {
  const seen = new Set<string>();
  const follow = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const source = Deno.readTextFileSync(path);
    for (
      const [, kind, specifier] of source.matchAll(/^(?:import|export) (type )?[^;]*?"(\.[^"]+)"/gm)
    ) {
      if (kind === undefined && specifier?.endsWith(".ts")) {
        follow(new URL(specifier, `file://${path}`).pathname);
      }
    }
  };
  follow(repositoryPath("statusline.ts"));
  const loaded = [...seen].map((path) => path.slice(repositoryPath("").length));
  assert.ok(loaded.includes("lib/statusline/flow.ts") && loaded.length > 20, String(loaded));
  assert.deepEqual(
    loaded.filter((path) => /^lib\/accounts\/|^lib\/balance\/policy|config_dir/.test(path)),
    [],
  );
});

Deno.test("a full account leads neither to one that was never logged in nor to another full one", async () => {
  const made = await accountHome();
  await using home = made.home;
  home.seedAccount("work");
  home.writeConfig({ accounts: [{ name: "work" }, { name: "fresh" }, { name: "personal" }] });
  const soon = Math.floor(Date.now() / 1000);
  const stdin = payload({
    transcript_path: made.transcript,
    rate_limits: { five_hour: { used_percentage: 100, resets_at: soon + 7200 } },
  });
  assert.match(await draw(home, { stdin }), /│ claude-multi resume --account personal$/);
  home.seedCachedUsage("personal", { fiveHour: 100, sevenDay: 100 });
  assert.match(await draw(home, { stdin }), /no room for (2h00m|1h59m)$/);
  const named = (name: string, group: string) => ({ name, group });
  home.writeConfig({
    accounts: [named("work", "office"), named("personal", "office"), { name: "fresh" }],
  });
  assert.match(await draw(home, { stdin }), /no room in office for (2h00m|1h59m)$/);
  home.writeConfig({ accounts: [named("work", "office"), { name: "personal" }] });
  assert.match(
    await draw(home, { stdin }),
    /no room in office for (23m|22m|2h00m|1h59m)$/,
    "alone",
  );
  const pins = [{ path: home.project, account: "personal" }];
  home.writeConfig({ accounts: [named("work", "office"), { name: "personal" }], pins });
  const here = payload({
    transcript_path: made.transcript,
    cwd: home.project,
    workspace: { current_dir: home.project, project_dir: home.project },
    rate_limits: { five_hour: { used_percentage: 100, resets_at: soon + 7200 } },
  });
  assert.match(await draw(home, { stdin: here }), /no room here for (2h00m|1h59m)$/);
  home.writeConfig({ accounts: [{ name: "work" }, { name: "fresh" }, { name: "personal" }] });
  Deno.removeSync(home.accountDir("personal"), { recursive: true });
  const { stdout } = await runStatusline([], { home, stdin, env: { COLUMNS: "200" } });
  assert.doesNotMatch(stdout, /room|→/);
});
