// Tests of the stand-in client and the terminal driver, on a real terminal.
import assert from "node:assert/strict";
import type { FakeClaude } from "../helpers/fake_claude.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { needs } from "../helpers/needs.ts";
import { Pty } from "../helpers/pty.ts";
import { TempHome } from "../helpers/temp_home.ts";

type Json = Record<string, unknown>;

/** A home with two accounts, and alice's stand-in on a terminal with the given settings. */
async function setUp(settings: Json, order: Parameters<FakeClaude["order"]>[0] = {}): Promise<
  {
    home: TempHome;
    claude: FakeClaude;
    pty: Pty;
  } & AsyncDisposable
> {
  const home = await TempHome.create();
  const claude = installFakeClaude(home);
  home.seedAccount("alice");
  home.seedAccount("bob");
  claude.order(order);
  const pty = await startOn(home, "alice", ["--settings", JSON.stringify(settings)]);
  return {
    home,
    claude,
    pty,
    async [Symbol.asyncDispose]() {
      await pty[Symbol.asyncDispose]();
      await home[Symbol.asyncDispose]();
    },
  };
}

function startOn(home: TempHome, account: string, args: string[]): Promise<Pty> {
  return Pty.start([`${home.bin}/claude`, ...args], {
    env: home.env({ CLAUDE_CONFIG_DIR: home.accountDir(account) }),
    cwd: home.project,
    columns: 100,
    rows: 30,
  });
}

/** Settings whose status line keeps its stdin and whose SessionEnd hook keeps the reason. */
function recording(home: string): Json {
  return {
    statusLine: {
      type: "command",
      command: `cat >>${home}; echo >>${home}; printf 'STATUS %s cols' "$COLUMNS"`,
    },
    hooks: { SessionEnd: [{ hooks: [{ type: "command", command: `cat >${home}.end` }] }] },
  };
}

Deno.test({
  name: "on a terminal the stand-in draws the status line, from a payload with the windows",
  ...needs("tmux"),
  async fn() {
    const file = await Deno.makeTempFile();
    const resetsAtMs = Date.now() + 3_600_000;
    await using t = await setUp(recording(file), {
      windows: { five_hour: { percentUsed: 42.37, resetsAtMs } },
    });
    await t.pty.waitFor(/STATUS 100 cols/);
    await t.pty.enter("hello there");
    await t.pty.waitFor(/● FAKEREPLY#1 to: hello there/);
    await t.pty.waitFor(/FAKEREPLY#1[^]*STATUS 100 cols/);
    const payloads = Deno.readTextFileSync(file).split("\n").filter((l) => l !== "")
      .map((l) => JSON.parse(l) as Json);
    assert.deepEqual(payloads.at(0)?.["rate_limits"], {
      five_hour: { used_percentage: 42.4, resets_at: Math.floor(resetsAtMs / 1000) },
    });
    assert.equal((payloads.at(0)?.["context_window"] as Json)["current_usage"], null);
    assert.deepEqual((payloads.at(-1)?.["context_window"] as Json)["current_usage"], {
      input_tokens: 11,
      cache_creation_input_tokens: 1200,
      cache_read_input_tokens: 3400,
      output_tokens: 42,
    });
    await t.pty.resize(80, 20);
    await t.pty.enter("again");
    await t.pty.waitFor(/STATUS 80 cols/);
    await t.pty.enter("/exit");
    assert.equal(await t.pty.ended(), 0);
    const end = JSON.parse(Deno.readTextFileSync(`${file}.end`)) as Json;
    assert.equal(end["reason"], "prompt_input_exit");
    assert.equal(t.claude.launches()[0]?.isTty, true);
    await Deno.remove(file);
    await Deno.remove(`${file}.end`);
  },
});

for (const [name, keys] of [["Ctrl-C", "C-c"], ["Ctrl-D", "C-d"]] as const) {
  Deno.test({
    name: `${name} twice ends the stand-in with code 0`,
    ...needs("tmux"),
    async fn() {
      await using t = await setUp({});
      await t.pty.waitFor(/❯/);
      await t.pty.keys(keys);
      await t.pty.waitFor(/again to exit/);
      await t.pty.keys(keys);
      assert.equal(await t.pty.ended(), 0);
    },
  });
}

Deno.test({
  name:
    "a limited stand-in stays alive, continues by itself at the reset, and ends with 143 on TERM",
  ...needs("tmux"),
  async fn() {
    const limit = { window: "five_hour" as const, resetsAtMs: Date.now() + 3_000 };
    await using t = await setUp({}, { limit });
    await t.pty.waitFor(/❯/);
    await t.pty.enter("work");
    await t.pty.waitFor(/hit your 5-hour limit/);
    await t.pty.waitFor(/Continuing automatically[^]*● FAKEREPLY#1 to: work/);
    Deno.kill(await t.pty.pid(), "SIGTERM");
    assert.equal(await t.pty.ended(), 143);
  },
});

Deno.test({
  name: "an order to die kills the stand-in in the middle of a turn",
  ...needs("tmux"),
  async fn() {
    await using t = await setUp({}, { die: "SIGKILL" });
    await t.pty.waitFor(/❯/);
    await t.pty.enter("work");
    assert.equal(await t.pty.ended(), 137);
  },
});

Deno.test({
  name: "with the consent gate another account's conversation continues in a copy with a new id",
  ...needs("tmux"),
  async fn() {
    await using t = await setUp({});
    await t.pty.waitFor(/❯/);
    await t.pty.enter("secret of alice");
    await t.pty.waitFor(/● FAKEREPLY#1/);
    await t.pty.enter("/exit");
    await t.pty.ended();
    const first = String(t.claude.events().find((e) => e.event === "turn")?.["sessionId"]);
    Deno.symlinkSync(
      `${t.home.accountDir("alice")}/projects`,
      `${t.home.accountDir("bob")}/projects`,
    );
    t.claude.order({ consentGate: true });
    await using other = await startOn(t.home, "bob", ["--resume", first]);
    await other.waitFor(/belongs to another account/);
    await other.type("3");
    await other.waitFor(/chosen: 2\. Go Back/);
    await other.keys("Up", "Enter");
    await other.waitFor(/bob@example\.test[^]*❯/);
    await other.enter("on");
    await other.waitFor(/● FAKEREPLY#1 to: on/);
    const second = t.claude.events().filter((e) => e.event === "turn").at(-1)?.["sessionId"];
    assert.notEqual(second, first);
  },
});

Deno.test({
  name: "in an untrusted folder the stand-in asks first, and the first answer ends it",
  ...needs("tmux"),
  async fn() {
    await using home = await TempHome.create();
    const claude = installFakeClaude(home);
    home.seedAccount("alice", { trusted: [] });
    await using pty = await startOn(home, "alice", []);
    await pty.waitFor(/Do you trust the files[^]*1\. No, exit/);
    await pty.keys("Enter");
    assert.equal(await pty.ended(), 1);
    assert.ok(claude.events().some((event) => event.event === "trust-dialog"));
  },
});
