// Tests of `config`: values and defaults, changes that keep comments, refusals, the editor, the schema.
import assert from "node:assert/strict";
import { configSchema } from "../../lib/config/rules.ts";
import { defaultConfig } from "../../lib/config/config.ts";
import { CONFIG_FIELDS } from "../../lib/config/schema.ts";
import { runMulti } from "../helpers/binaries.ts";
import { TempHome } from "../helpers/temp_home.ts";

async function run(home: TempHome, ...args: string[]) {
  const { code, stdout, stderr } = await runMulti(["config", ...args], { home });
  return { code, stdout, stderr };
}

Deno.test("config get prints what holds, the default where the file says nothing", async () => {
  await using home = await TempHome.create();
  home.writeConfig({ policy: "drain", limits: { burstHours: 3 } });
  assert.equal((await run(home, "get", "policy")).stdout, "drain\n");
  assert.equal((await run(home, "get", "limits.burstHours")).stdout, "3\n");
  assert.equal((await run(home, "get", "limits.rollingHours")).stdout, "30\n");
  const all = (await run(home, "get")).stdout;
  assert.match(all, /^policy +drain$/m);
  assert.match(all, /^handoff +ask {2}\(default\)$/m);
});

Deno.test("plan and group of an account are set, shown and taken out again", async () => {
  await using home = await TempHome.create();
  home.writeConfig({ accounts: [{ name: "personal" }, { name: "work", plan: "pro" }] });
  const accounts = () => JSON.parse(Deno.readTextFileSync(`${home.multi}/config.json`)).accounts;
  assert.match((await run(home, "set", "accounts.work.plan", "max5")).stdout, /plan {2}max5\n$/);
  assert.equal((await run(home, "set", "accounts.work.group", "office")).code, 0);
  assert.deepEqual(accounts(), [
    { name: "personal" },
    { name: "work", plan: "max5", group: "office" },
  ]);
  assert.equal((await run(home, "get", "accounts.work.plan")).stdout, "max5\n");
  assert.equal((await run(home, "unset", "accounts.work.group")).code, 0);
  assert.deepEqual(accounts()[1], { name: "work", plan: "max5" });
  const wrong = await run(home, "set", "accounts.work.plan", "max6");
  assert.equal(wrong.code, 2);
  assert.match(wrong.stderr, /config set accounts\.work\.plan max5/);
  assert.equal((await run(home, "set", "accounts.gone.plan", "pro")).code, 2);
});

Deno.test("config set and unset keep comments and other keys, and back the file up", async () => {
  await using home = await TempHome.create();
  const text = '{\n  // mine\n  "accounts": [],\n  "other": 1\n}\n';
  home.writeConfig(text);
  assert.equal((await run(home, "set", "share.memory", "false")).code, 0);
  assert.equal((await run(home, "set", "reserve.seven_day", "90")).code, 0);
  assert.equal((await run(home, "set", "statusline.segments", "account, 5h")).code, 0);
  const after = await Deno.readTextFile(`${home.multi}/config.json`);
  assert.match(after, /\/\/ mine/);
  const { other, share, reserve, statusline } = JSON.parse(after.replace("// mine", ""));
  assert.deepEqual({ other, share, reserve, statusline }, {
    other: 1,
    share: { memory: false },
    reserve: { seven_day: 90 },
    statusline: { segments: ["account", "5h"] },
  });
  await run(home, "unset", "reserve.seven_day");
  assert.equal((await run(home, "get", "reserve.seven_day")).stdout, "100\n");
  assert.ok([...Deno.readDirSync(`${home.multi}/backups`)].length >= 3);
});

for (
  const [args, line, hint] of [
    [
      ["set", "policy", "drian"],
      /Cannot set "policy": Expected "weighted" or "paced" or "drain" or "round-robin", found "drian"/,
      "config set policy drain",
    ],
    [
      ["set", "reserve.five_hour", "0"],
      /Cannot set "reserve.five_hour": Expected at least 1, found 0/,
      "reserve.five_hour 100",
    ],
    [["set", "limits.burstHours", "many"], /Expected a number, found "many"/, "burstHours 4.5"],
    [["set", "claudePath", "bin/claude"], /Expected an absolute path/, "claudePath /usr/local"],
    [
      ["set", "statusline.segments", "model,acount"],
      /Cannot show the segment "acount"/,
      "segments model,account",
    ],
    [["set", "polcy", "x"], /Cannot use the key "polcy": there is none/, "config get policy"],
    [["set", "accounts", "x"], /accounts have commands of their own/, "list"],
    [["get", "accounts"], /accounts have commands of their own/, "list"],
    [
      ["get", "accounts.work.folder"],
      /only accounts\.NAME\.plan and accounts\.NAME\.group/,
      "list",
    ],
    [["set", "accounts.work.plan", "max5"], /Cannot find account "work"/, "setup"],
    [["set", "pins", "x"], /pins have a command of their own/, "pin --help"],
    [["set", "$schema", "x"], /Cannot use the key "\$schema" here/, "config schema"],
    [["set", "share.memory", "yes"], /Expected true or false, found "yes"/, "share.memory true"],
    [["set", "limits", "3"], /it holds limits\.burstHours, limits\.roll/, "config get limits"],
    [["set", "handoff"], /no value is given/, "config set handoff ask"],
    [["set"], /none is given/, "config set"],
    [["got"], /Cannot use "got" with "config"/, "config get"],
    [["path", "x"], /one word too many/, "config --help"],
  ] as const
) {
  Deno.test(`config ${args.join(" ")} is refused and changes nothing`, async () => {
    await using home = await TempHome.create();
    const text = '{ "policy": "drain" }\n';
    home.writeConfig(text);
    const result = await run(home, ...args);
    assert.equal(result.code, 2);
    assert.match(result.stderr, line);
    assert.ok(result.stderr.split("\n")[1]?.includes(hint), result.stderr);
    assert.equal(await Deno.readTextFile(`${home.multi}/config.json`), text);
  });
}

Deno.test("config get prints a group, and says what is not set", async () => {
  await using home = await TempHome.create();
  home.writeConfig({ limits: { burstHours: 4 } });
  const get = async (...words: string[]) =>
    (await runMulti(["config", "get", ...words], { home })).stdout;
  assert.equal(await get("limits"), "limits.burstHours    4\nlimits.rollingHours  30  (default)\n");
  assert.match(await get(), /^claudePath +\(not set\)$/m);
  assert.equal(await get("claudePath"), "");
});

Deno.test("a broken file is named with line, column and the accepted values", async () => {
  await using home = await TempHome.create();
  home.writeConfig('{\n  "policy": "fast"\n}\n');
  const result = await run(home, "get");
  assert.equal(result.code, 2);
  assert.match(
    result.stderr,
    /line 2 column 13: "policy": Expected "weighted" or .*, found "fast"/,
  );
});

Deno.test("config edit opens the editor with its flags, then checks what came out", async () => {
  await using home = await TempHome.create();
  const editor = `${home.bin}/my editor`;
  Deno.writeTextFileSync(editor, '#!/bin/sh\n[ "$1" = --wait ] && cp "$HOME/next.json" "$2"\n', {
    mode: 0o755,
  });
  const edited = async (next: string) => {
    Deno.writeTextFileSync(`${home.path}/next.json`, next);
    return await runMulti(["config", "edit"], { home, env: { EDITOR: `'${editor}' --wait` } });
  };
  assert.equal((await edited('{ "accounts": [{ "name": "late" }] }')).code, 0);
  assert.match(await Deno.readTextFile(`${home.multi}/shell/init.bash`), /cl-late/);
  const broken = await edited('{ "policy": 1 }');
  assert.equal(broken.code, 2);
  assert.match(broken.stderr, /line 1 column 13/);
  const failed = await runMulti(["config", "edit"], { home, env: { VISUAL: "false" } });
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /"false" ended with 1/);
});

Deno.test("setup writes the schema and refers to it in a config.json that it makes", async () => {
  await using home = await TempHome.create();
  assert.equal((await runMulti(["setup"], { home })).code, 0);
  const config = JSON.parse(await Deno.readTextFile(`${home.multi}/config.json`));
  assert.equal(config.$schema, "./config.schema.json");
  const written = await Deno.readTextFile(`${home.multi}/config.schema.json`);
  assert.equal(written, (await run(home, "schema")).stdout);
  const schema = JSON.parse(written);
  assert.deepEqual(schema.properties.policy.enum.slice(0, 2), ["weighted", "paced"]);
  assert.equal(schema.properties.reserve.properties.five_hour.maximum, 100);
  assert.match("work", new RegExp(schema.properties.accounts.items.properties.name.pattern));
  assert.doesNotMatch(
    "Work!",
    new RegExp(schema.properties.accounts.items.properties.name.pattern),
  );
});

Deno.test("every key of the schema is explained, and its default is the one that holds", () => {
  assert.deepEqual(CONFIG_FIELDS.filter(({ about }) => about === "").map(({ key }) => key), []);
  assert.ok(CONFIG_FIELDS.length > Object.keys(configSchema.entries).length);
  const defaults = defaultConfig() as unknown as Record<string, unknown>;
  for (const { key, standard } of CONFIG_FIELDS) {
    const value = key.split(".").reduce<unknown>(
      (v, name) => (v as Record<string, unknown> | undefined)?.[name],
      defaults,
    );
    if (value === undefined) continue;
    assert.deepEqual(value, standard === "" ? null : JSON.parse(standard), key);
  }
});
