// Tests of what other programs read: status --json against its schema, and the snippets of the docs.
import assert from "node:assert/strict";
import { binary, runMulti } from "../helpers/binaries.ts";
import { needs } from "../helpers/needs.ts";
import { repositoryPath } from "../helpers/paths.ts";
import { Pty } from "../helpers/pty.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { contextOf } from "./context_of.ts";

type Json = Record<string, unknown>;
const HOUR = 3_600_000;

/** Accounts in different states: open, without a 5h window and with one of a model, full, unknown. */
async function busyHome(): Promise<TempHome> {
  const home = await TempHome.create();
  const names = ["work", "ultra", "full", "new"];
  home.writeConfig({ accounts: names.map((name) => ({ name, plan: "pro" })) });
  for (const name of names) home.seedAccount(name);
  home.seedCachedUsage("work", { fiveHour: 42, sevenDay: 19 });
  const context = contextOf(home);
  const nowMs = Date.now();
  const seen = { model: null, identity: null, measuredAtMs: nowMs, resetsAtMs: nowMs + 2 * HOUR };
  const status = { ...seen, source: "statusline" } as const;
  context.ledger().addReadings([
    {
      ...seen,
      account: "ultra",
      window: "five_hour",
      percentUsed: null,
      resetsAtMs: null,
      source: "absent",
    },
    { ...status, account: "ultra", window: "seven_day", percentUsed: 20 },
    { ...status, account: "ultra", window: "seven_day_opus", model: "opus", percentUsed: 70 },
    { ...status, account: "full", window: "five_hour", percentUsed: 100 },
  ]);
  context.close();
  return home;
}

/** What doesn't fit a schema; keys that it doesn't name don't fit either. */
function misfits(value: unknown, schema: Json, path = "$"): string[] {
  const types = [schema["type"] ?? []].flat();
  const type = value === null
    ? "null"
    : Array.isArray(value)
    ? "array"
    : Number.isInteger(value) && !types.includes("number")
    ? "integer"
    : typeof value;
  if (types.length > 0 && !types.includes(type)) return [`${path} is ${type}`];
  const { minimum = -Infinity, maximum = Infinity } = schema as {
    minimum?: number;
    maximum?: number;
  };
  const wrong = "const" in schema
    ? value !== schema["const"]
    : Array.isArray(schema["enum"])
    ? !schema["enum"].includes(value)
    : typeof value === "number" && (value < minimum || value > maximum);
  if (wrong) return [`${path} is ${JSON.stringify(value)}`];
  if (Array.isArray(value)) {
    return value.flatMap((one, i) => misfits(one, schema["items"] as Json, `${path}[${i}]`));
  }
  if (typeof value !== "object" || value === null) return [];
  const properties = schema["properties"] as Record<string, Json>;
  const keys = [...new Set([...Object.keys(value), ...schema["required"] as string[]])];
  return keys.flatMap((key) => {
    const inner = properties[key];
    if (inner === undefined || !(key in value)) return [`${path}.${key} is unknown or missing`];
    return misfits((value as Json)[key], inner, `${path}.${key}`);
  });
}

Deno.test("status --json fits status --schema, and says what cl would take, what opens next, and each window", async () => {
  await using home = await busyHome();
  const schema = JSON.parse((await runMulti(["status", "--schema"], { home })).stdout);
  const { stdout } = await runMulti(["status", "--json"], { home });
  const status = JSON.parse(stdout);
  assert.deepEqual(misfits(status, schema), []);
  assert.notDeepEqual(misfits({ ...status, version: 2 }, schema), []);
  const pick = JSON.parse((await runMulti(["pick", "--json"], { home })).stdout);
  assert.equal(status.account, pick.account);
  assert.equal(status.nextOpening.account, "full");
  const windows = (account: number) =>
    status.accounts[account].windowList.map((one: Json) =>
      [one["kind"], one["model"], one["state"], one["percentUsed"]].join(" ")
    );
  assert.deepEqual(windows(0), ["five_hour  measured 42", "seven_day  measured 19"]);
  assert.deepEqual(windows(1), [
    "five_hour  none ",
    "seven_day  measured 20",
    "seven_day_opus opus measured 70",
  ]);
  assert.deepEqual(windows(3), ["five_hour  unknown ", "seven_day  unknown "]);
  const shown = (await runMulti(["status"], { home, env: { COLUMNS: "200" } })).stdout;
  assert.match(shown, /^ultra +.*no 5h limit/m);
  assert.match(shown, /7d opus 70 %, resets in (2h|1h59m)/);
});

/** The first block of docs/integrations.md in a language that contains a text. */
function block(language: string, part: string): string {
  const doc = Deno.readTextFileSync(repositoryPath("docs/integrations.md"));
  const found = [...doc.matchAll(/^```(\w+)\n([^]*?)^```$/gm)]
    .find(([, kind, text]) => kind === language && text?.includes(part));
  assert.ok(found?.[2], `${language}: ${part}`);
  return found[2];
}

/** The environment of a bar, with claude-multi on PATH. */
function desktopEnv(home: TempHome): Record<string, string> {
  const folder = binary("claude-multi").replace(/\/[^/]*$/, "");
  return { ...home.env(), PATH: `${folder}:${Deno.env.get("PATH")}` };
}

/** The script of the section "One line", where the bars expect it. */
function installLine(home: TempHome): void {
  const folder = `${home.path}/.local/bin`;
  Deno.mkdirSync(folder, { recursive: true });
  const path = `${folder}/claude-multi-line`;
  Deno.writeTextFileSync(path, block("sh", "claude-multi-line\n"), { mode: 0o700 });
}

Deno.test({
  name: "the snippets of docs/integrations.md run on a real status",
  ...needs("jq"),
  async fn() {
    await using home = await busyHome();
    const run = async (name: string): Promise<string[]> => {
      const path = `${home.path}/${name}`;
      Deno.writeTextFileSync(path, block("sh", `${name}\n`));
      const { code, stdout, stderr } = await new Deno.Command("sh", {
        args: [path],
        env: desktopEnv(home),
        clearEnv: true,
      }).output();
      const decoder = new TextDecoder();
      assert.equal(code, 0, decoder.decode(stderr));
      return decoder.decode(stdout).trimEnd().split("\n");
    };
    assert.deepEqual(await run("claude-multi-line"), ["new 5h ? 7d ?"]);
    const [line = "", ...others] = await run("claude-multi-waybar");
    assert.deepEqual(others, [], "waybar reads one line");
    assert.deepEqual(JSON.parse(line), {
      text: "new",
      class: "open",
      percentage: 0,
      tooltip: [
        "work: open, 5h 42%, 7d 19%",
        "ultra: open, 5h none, 7d 20%",
        "full: limited, 5h 100%, 7d ?",
        "new: open, 5h ?, 7d ?",
      ].join("\n"),
    });
    assert.deepEqual(await run("claude-multi.1m.sh"), [
      "new",
      "---",
      "work  5h 42%  7d 19%  open | color=green",
      "ultra  5h none  7d 20%  open | color=green",
      "full  5h 100%  7d ?  limited | color=red",
      "new  5h ?  7d ?  open | color=green",
    ]);
    await runMulti(["disable", "new"], { home });
    assert.deepEqual(await run("claude-multi-line"), ["ultra 5h none 7d 20%"]);
    for (const name of ["work", "ultra"]) await runMulti(["limit", name, "5h"], { home });
    assert.match((await run("claude-multi-line"))[0] ?? "", /^full opens \d\d:\d\d$/);
    const waybar = JSON.parse(block("json", "custom/claude"))["custom/claude"];
    assert.equal(waybar["return-type"], "json");
  },
});

Deno.test({
  name: "the tmux lines of docs/integrations.md show the account in the status bar of a real tmux",
  ...needs("jq", "tmux"),
  async fn() {
    await using home = await busyHome();
    installLine(home);
    const config = `${home.path}/.tmux.conf`;
    Deno.writeTextFileSync(config, block("tmux", "status-right"));
    const start = ["tmux", "-S", `${home.path}/socket`, "-f", config, "new-session", "sleep 600"];
    await using pty = await Pty.start(start, { env: desktopEnv(home), cwd: home.project });
    await pty.waitFor(/ new 5h \? 7d \? {2}\d\d:\d\d\s*$/, 60_000);
  },
});

Deno.test({
  name: "the starship module of docs/integrations.md is valid, and its command prints the line",
  ...needs("jq"),
  async fn() {
    await using home = await busyHome();
    installLine(home);
    const [head, ...lines] = block("toml", "custom.claude").trimEnd().split("\n");
    assert.equal(head, "[custom.claude]");
    // These kinds of values are written alike in TOML and in JSON.
    const module = Object.fromEntries(lines.map((line) => {
      const [, key = "", value = ""] = /^(\w+) = (.+)$/.exec(line) ?? [];
      return [key, JSON.parse(value)];
    }));
    assert.deepEqual({ ...module, command: null }, {
      command: null,
      when: true,
      shell: ["sh"],
      format: "$output ",
    });
    // starship passes the command to its shell on stdin.
    const shell = new Deno.Command(module["shell"][0], {
      env: desktopEnv(home),
      clearEnv: true,
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    const writer = shell.stdin.getWriter();
    await writer.write(new TextEncoder().encode(module["command"]));
    await writer.close();
    const { stdout } = await shell.output();
    assert.equal(new TextDecoder().decode(stdout), "new 5h ? 7d ?\n");
  },
});
