// Tests of what other programs read: status --json against its schema, and the snippets of the docs.
import assert from "node:assert/strict";
import { binary, runMulti } from "../helpers/binaries.ts";
import { needs } from "../helpers/needs.ts";
import { repositoryPath } from "../helpers/paths.ts";
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

Deno.test({
  name: "the snippets of docs/integrations.md run on a real status",
  ...needs("jq"),
  async fn() {
    await using home = await busyHome();
    const doc = Deno.readTextFileSync(repositoryPath("docs/integrations.md"));
    const blocks = [...doc.matchAll(/^```(\w+)\n([^]*?)^```$/gm)].map(([, kind, text = ""]) => ({
      kind,
      text,
    }));
    const run = async (name: string): Promise<string[]> => {
      const text = blocks.find((block) => block.text.includes(`${name}\n`) && block.kind === "sh");
      assert.ok(text, name);
      const path = `${home.path}/${name}`;
      Deno.writeTextFileSync(path, text.text);
      const folder = binary("claude-multi").replace(/\/[^/]*$/, "");
      const env = { ...home.env(), PATH: `${folder}:${Deno.env.get("PATH")}` };
      const { code, stdout, stderr } = await new Deno.Command("sh", {
        args: [path],
        env,
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
    assert.deepEqual(await run("claude-multi-line"), ["ultra 5h none 7d 80%"]);
    for (const name of ["work", "ultra"]) await runMulti(["limit", name, "5h"], { home });
    assert.match((await run("claude-multi-line"))[0] ?? "", /^full opens \d\d:\d\d$/);
    const waybar = blocks.find(({ kind }) => kind === "json");
    assert.equal(JSON.parse(waybar?.text ?? "")["custom/claude"]["return-type"], "json");
  },
});
