// Tests of `config`: values and defaults, changes that keep comments, refusals, the editor, the schema.
import assert from "node:assert/strict";
import { noAccountYet } from "../../lib/accounts/no_account.ts";
import { config } from "../../lib/commands/config.ts";
import { parseRequest } from "../../lib/cli/parse.ts";
import type { LaunchPlan } from "../../lib/ports/mod.ts";
import { EXIT, UserError } from "../../lib/text/errors.ts";
import { binary, runMulti } from "../helpers/binaries.ts";
import type { FakeContext } from "../helpers/context.ts";
import { fakeContext } from "../helpers/context.ts";
import { fakeIdentity } from "../helpers/identity.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { waitUntil } from "../helpers/waiting.ts";

/** Runs `config` and returns what it printed. */
async function run(context: FakeContext, ...words: string[]): Promise<string> {
  const request = parseRequest(["config", ...words], [config]);
  assert.ok(request.kind === "run");
  context.terminal.stdout = "";
  assert.equal(await config.run(context, request.input), 0);
  return context.terminal.stdout;
}

const fileOf = ({ files, layout }: FakeContext) => files.readText(layout.configFile) ?? "";

Deno.test("config get prints the value that applies, the default if the file has none", async () => {
  const context = fakeContext({ config: { policy: "drain", limits: { burstHours: 3 } } });
  assert.equal(await run(context, "get", "policy"), "drain\n");
  assert.equal(await run(context, "get", "limits.burstHours"), "3\n");
  assert.equal(await run(context, "get", "limits.rollingHours"), "30\n");
  const all = await run(context, "get");
  assert.match(all, /^policy +drain$/m);
  assert.match(all, /^handoff +ask {2}\(default\)$/m);
});

Deno.test("KEY=VALUE is taken for a key and its value", async () => {
  for (const args of [["set", "policy=paced"], ["policy=paced"]]) {
    const context = fakeContext({ config: {} });
    await run(context, ...args);
    assert.equal(context.configFile.read().policy, "paced", args.join(" "));
  }
});

Deno.test("config get prints a group, and says what is not set", async () => {
  const accounts = [{ name: "work", plan: "pro", folder: "old" }];
  const context = fakeContext({ config: { accounts, limits: { burstHours: 4 } } });
  assert.equal(
    await run(context, "get", "limits"),
    "limits.burstHours    4\nlimits.rollingHours  30  (default)\n",
  );
  assert.match(await run(context, "get"), /^accounts\.work\.plan +pro$/m);
  assert.equal(await run(context, "get", "claudePath"), "");
  assert.equal(await run(context, "get", "accounts.work.folder"), "old\n");
  assert.equal(
    await run(context, "get", "accounts.work"),
    [
      "accounts.work.plan               pro",
      "accounts.work.group              (not set)",
      "accounts.work.last               false  (default)",
      "accounts.work.reserve.five_hour  (not set)",
      "accounts.work.reserve.seven_day  (not set)",
      "accounts.work.landingCap         (not set)",
      "accounts.work.price              (not set)\n",
    ].join("\n"),
  );
});

Deno.test("config begins with what is set, and ends with one list of what isn't", async () => {
  const accounts = [{ name: "work", group: "office" }, { name: "max" }];
  const context = fakeContext({ config: { accounts, policy: "drain" } });
  const lines = (await run(context)).split("\n");
  assert.match(lines[0] ?? "", /^accounts\.work\.group +office$/);
  assert.match(lines[1] ?? "", /^policy +drain$/);
  assert.match(lines[2] ?? "", /^accounts\.work\.last +false {2}\(default\)$/);
  const list = lines.slice(lines.indexOf("") + 1).join("\n");
  assert.equal(
    list.replaceAll(/\s+/g, " "),
    "not set: accounts.NAME.plan, accounts.max.group, accounts.NAME.reserve.five_hour, " +
      "accounts.NAME.reserve.seven_day, accounts.NAME.landingCap, accounts.NAME.price, " +
      "claudePath, statusline.segments ",
  );
  assert.equal((await run(context)).match(/not set/g)?.length, 1);
});

Deno.test("config get --json prints one value, or all with whether each is the default", async () => {
  const context = fakeContext({
    config: { policy: "drain", statusline: { segments: ["model"] }, reserve: { five_hour: 100 } },
  });
  const json = async (...words: string[]) =>
    JSON.parse(await run(context, "get", "--json", ...words));
  assert.equal(await json("policy"), "drain");
  assert.equal(await json("limits.burstHours"), 4.5);
  assert.equal(await json("claudePath"), null);
  assert.equal(await json("handoffTitle"), false);
  assert.deepEqual(await json("statusline.segments"), ["model"]);
  assert.deepEqual(await json("reserve"), {
    version: 1,
    settings: {
      "reserve.five_hour": { value: 100, isDefault: false },
      "reserve.seven_day": { value: 100, isDefault: true },
    },
  });
  const { version, settings } = await json();
  assert.equal(version, 1);
  assert.deepEqual(settings.policy, { value: "drain", isDefault: false });
  assert.deepEqual(settings.claudePath, { value: null, isDefault: true });
});

Deno.test("a free text may be empty, or the word null", async () => {
  const context = fakeContext({ config: {} });
  for (const text of ["", "null"]) {
    await run(context, "set", "handoffPrompt", text);
    assert.equal(context.configFile.read().handoffPrompt, text);
  }
});

Deno.test("plan and group of an account are set, shown and removed", async () => {
  const context = fakeContext({
    config: { accounts: [{ name: "personal" }, { name: "work", plan: "pro" }] },
  });
  const accounts = () => JSON.parse(fileOf(context)).accounts;
  assert.equal(
    await run(context, "set", "accounts.work.plan", "max5"),
    "accounts.work.plan  max5\n",
  );
  await run(context, "set", "accounts.work.group", "office");
  assert.deepEqual(accounts(), [
    { name: "personal" },
    { name: "work", plan: "max5", group: "office" },
  ]);
  assert.equal(await run(context, "get", "accounts.work.plan"), "max5\n");
  assert.equal(
    await run(context, "unset", "accounts.work.group"),
    "accounts.work.group  (not set)\n",
  );
  assert.deepEqual(accounts()[1], { name: "work", plan: "max5" });
});

/** The accounts work, in the group office, and max; `answers` if there is a terminal. */
function grouped(answers: string[] | null = null): FakeContext {
  const accounts = [{ name: "work", group: "office" }, { name: "max" }];
  const context = fakeContext({ config: { accounts }, interactive: answers !== null });
  context.terminal.answers.push(...answers ?? []);
  return context;
}

Deno.test("config set asks about a group that resembles another, and takes a no for an answer", async () => {
  const question = 'No account is in the group "offce" yet. Did you mean "office"? [Y/n] ';
  const yes = grouped([""]);
  assert.equal(
    await run(yes, "set", "accounts.max.group", "offce"),
    "accounts.max.group  office\n",
  );
  assert.equal(yes.terminal.stderr, question);
  const no = grouped(["n"]);
  await run(no, "set", "accounts.max.group", "offce");
  assert.equal(no.configFile.read().accounts[1]?.group, "offce");
  assert.equal(
    no.terminal.stderr,
    `${question}"max" is the first account in the group "offce"\nto start only its accounts in a folder, type there: claude-multi pin --group offce\n`,
  );
});

Deno.test("without a terminal, config set takes such a group and says which was probably meant", async () => {
  const context = grouped();
  await run(context, "set", "accounts.max.group", "offce");
  assert.equal(context.configFile.read().accounts[1]?.group, "offce");
  assert.equal(
    context.terminal.stderr,
    '"max" is the first account in the group "offce"; did you mean "office"?\ntry: claude-multi config set accounts.max.group office\n',
  );
});

Deno.test("config set says that a group is new, and nothing of one that isn't", async () => {
  const context = grouped([]);
  await run(context, "set", "accounts.max.group", "office");
  assert.equal(context.terminal.stderr, "");
  await run(context, "unset", "accounts.max.group");
  assert.equal(context.terminal.stderr, "");
  // Its own group is no other one.
  await run(context, "set", "accounts.work.group", "offices");
  assert.equal(
    context.terminal.stderr,
    '"work" is the first account in the group "offices"\nto start only its accounts in a folder, type there: claude-multi pin --group offices\n',
  );
});

Deno.test("an account that leaves its group: config warns of the pins of a group that is empty now, with the undo", async () => {
  const pins = [{ path: "/home/ann/office", group: "office" }, { path: "/b", group: "office" }];
  const warning =
    'claude-multi: still pinned to the group "office", which has no accounts now: ~/office, /b; to unpin, run claude-multi pin --clear there\n' +
    "undo with claude-multi config set accounts.work.group office\n";
  const key = "accounts.work.group";
  for (const words of [["unset", key], ["set", key, "home"]]) {
    const after = async (max: string | null, has = pins) => {
      const accounts = [{ name: "work", group: "office" }, { name: "max", group: max }];
      const context = fakeContext({ config: { accounts, pins: has } });
      await run(context, ...words);
      return context.terminal.stderr;
    };
    assert.equal(await after("home"), warning, words[0]);
    assert.equal(await after("office"), words[0] === "set" ? await after("office", []) : "");
    assert.doesNotMatch(await after("home", []), /pinned/);
  }
  const context = fakeContext({ config: { accounts: [{ name: "work", group: "office" }], pins } });
  await run(context, "set", key, "office");
  assert.doesNotMatch(context.terminal.stderr, /pinned/, "it stayed");
});

Deno.test("config set says what the login says of a plan, if that is another one", async () => {
  const accounts = [{ name: "work" }, { name: "out" }];
  const context = fakeContext({ config: { accounts }, logins: { work: {} } });
  const said = async (plan: string, name = "work") => {
    context.terminal.stderr = "";
    await run(context, "set", `accounts.${name}.plan`, plan);
    return context.terminal.stderr;
  };
  assert.equal(
    await said("max20"),
    'the login of "work" says max5; to go by that: claude-multi config unset accounts.work.plan\n',
  );
  assert.equal(await said("max5"), "");
  assert.equal(await said("max"), "", "the same by its newer name");
  assert.equal(await said("pro", "out"), "", "there is no login");
});

Deno.test("config set and unset keep comments and other keys, and back the file up", async () => {
  const context = fakeContext({
    config: '{\n  // mine\n  "accounts": [],\n  "other": 1\n}\n',
  });
  await run(context, "set", "handoffTitle", "true");
  await run(context, "set", "reserve.seven_day", "90");
  await run(context, "set", "statusline.segments", "account, 5h");
  assert.match(fileOf(context), /\/\/ mine/);
  const { other, handoffTitle, reserve, statusline } = JSON.parse(
    fileOf(context).replace("// mine", ""),
  );
  assert.deepEqual({ other, handoffTitle, reserve, statusline }, {
    other: 1,
    handoffTitle: true,
    reserve: { seven_day: 90 },
    statusline: { segments: ["account", "5h"] },
  });
  assert.equal(
    await run(context, "unset", "reserve.seven_day"),
    "reserve.seven_day  100  (default)\n",
  );
  assert.equal(await run(context, "get", "reserve.seven_day"), "100\n");
  assert.ok(context.files.list(context.layout.backups).length >= 3);
});

Deno.test("config unset of a key whose group isn't in the file changes nothing, and the last key takes its group with it", async () => {
  const text = '{\n  "accounts": [],\n  "reserve": { "seven_day": 90 }\n}\n';
  const context = fakeContext({ config: text });
  const burst = "limits.burstHours  4.5  (default)\n";
  assert.equal(await run(context, "unset", "limits.burstHours"), burst);
  assert.equal(fileOf(context), text);
  await run(context, "unset", "reserve.seven_day");
  assert.deepEqual(JSON.parse(fileOf(context)), { accounts: [] });
});

Deno.test("a key that is there twice is refused by whatever would change the other one", async () => {
  const config =
    `{\n  "policy": "paced",\n  "accounts": [{ "name": "work" }],\n  "policy": "drain"\n}\n`;
  const context = fakeContext({ config });
  const twice = /:4:3: "policy" is there twice, and only the last one counts$/;
  for (
    const words of [["set", "policy", "weighted"], ["unset", "policy"], ["set", "handoff", "off"]]
  ) {
    await assert.rejects(run(context, ...words), twice);
  }
  assert.throws(() => context.configFile.replace(config, { before: config, from: "/x" }), twice);
  assert.equal(fileOf(context), config);
  assert.equal(await run(context, "get", "policy"), "drain\n");
  const [notice] = context.configFile.notices();
  assert.match(notice?.message ?? "", twice);
});

Deno.test("a key that is not a setting is removed with unset, a removed group as a whole", async () => {
  const context = fakeContext({
    config: '{\n  // mine\n  "share": { "memory": false },\n  "limits": { "x": 1 },\n' +
      '  "accounts": [{ "name": "home", "grop": "x" }]\n}\n',
  });
  assert.equal(await run(context, "get", "policy"), "weighted\n");
  assert.equal(await run(context, "unset", "share.memory"), "share.memory  removed\n");
  assert.equal(await run(context, "unset", "limits.x"), "limits.x  removed\n");
  assert.equal(await run(context, "unset", "accounts.home.grop"), "accounts.home.grop  removed\n");
  const left = JSON.parse(fileOf(context).replace("// mine", ""));
  assert.deepEqual(left, { accounts: [{ name: "home" }] });
});

for (
  const [args, line, hint] of [
    [
      ["set", "policy", "drian"],
      /^"policy" must be "weighted", "paced", "drain" or "round-robin", not "drian"; did you mean "drain"\?$/,
      "config set policy drain",
    ],
    [
      ["set", "reserve.five_hour", "0"],
      /^"reserve.five_hour" must be a number from 1 to 100, not 0$/,
      "reserve.five_hour 100",
    ],
    [["set", "limits.burstHours", "many"], /a number from 0\.1 .*, not "many"/, "burstHours 4.5"],
    [["set", "claudePath", "bin/claude"], /must be an absolute path/, "claudePath /usr/local"],
    [
      ["set", "statusline.segments", "model,acount"],
      /^unknown segment "acount": use account, model/,
      "segments model,account",
    ],
    [
      ["set", "polcy", "x"],
      /^unknown setting "polcy"; did you mean "policy"\?$/,
      "config set policy weighted",
    ],
    [["unset", "polcy"], /^unknown setting "polcy"/, "config unset policy"],
    [["get", "theme"], /did you mean "statusline\.theme"/, "config get statusline.theme"],
    [["get", "constructor"], /^unknown setting "constructor"$/, "config get"],
    [["get", "quite.else"], /^unknown setting "quite\.else"$/, "config get"],
    [["set", "accounts", "x"], /^"accounts" is not a setting: use the account commands/, "list"],
    [["get", "accounts"], /^"accounts" is not a setting: use the account commands/, "list"],
    [
      ["set", "accounts.work.folders", "x"],
      /, or a key such as accounts\.NAME\.plan$/,
      "list",
    ],
    [
      ["set", "acount.home.group", "x"],
      /^unknown setting "acount\.home\.group"; did you mean "accounts\.home\.group"\?$/,
      "config set accounts.home.group x",
    ],
    [["set", "accounts.work.plan", "max5"], /unknown account "work"/, "setup"],
    ...["", "null", "none"].flatMap((word) =>
      [
        [
          ["set", "accounts.home.group", word],
          new RegExp(
            `^"accounts\\.home\\.group" can't be ${word && `"${word}"` || "empty"}: unset it`,
          ),
          "claude-multi config unset accounts.home.group",
        ],
        [["set", "accounts.home.price", word], /: unset it instead$/, "unset accounts.home.price"],
      ] as const
    ),
    [["set", "handoff", ""], /^"handoff" can't be empty: unset it .* "ask"$/, "unset handoff"],
    [["set", "notify", "null"], /^"notify" can't be "null": unset it /, "config unset notify"],
    [["set", "home.group", "null"], /did you mean "accounts\.home\.group"/, "unset accounts.home"],
    [["set", "accounts.home.plan", "max6"], /^"accounts\.home\.plan" must be "pro", /, "plan max"],
    [
      ["set", "accounts.home.disabled", "true"],
      /is set by "claude-multi disable"/,
      "disable --help",
    ],
    [["unset", "accounts.home.name"], /is set by "claude-multi rename"/, "rename --help"],
    [["set", "pins", "x"], /^"pins" is set by "claude-multi pin"/, "pin --help"],
    [["set", "$schema", "x"], /^"\$schema" is set by "claude-multi setup"$/, "setup --help"],
    [["set", "handoffTitle", "yes"], /must be true or false, not "yes"/, "handoffTitle true"],
    [
      ["set", "limits", "3"],
      /^"limits" is a group of settings: limits\.burstHours, li/,
      "config get limits",
    ],
    [
      ["set", "accounts.home.reserve", "80"],
      /^"accounts\.home\.reserve" is a group of settings: accounts\.home\.reserve\.five_hour, acc/,
      "config get accounts.home.reserve",
    ],
    [["set", "notify", "bel"], /"notify" can't be "bel": .*; did you mean "bell"/, "notify bell"],
    [["set", "notify", "nonsense --x"], /"notify" can't be "nonsense --x"/, "config set notify"],
    [["set", "reserve.5h", "15"], /did you mean "five_hour"/, "set reserve.five_hour 15"],
    [["set", "accounts.home.group", "Office"], /can't be "Office"/, "home.group office"],
    [["set", "share.memory", "true"], /^"share\.memory" is no longer a setting: /, "unset share"],
    [["get", "share.memory"], /^"share\.memory" is no longer a setting: /, "unset share.memory"],
    [["set", "handoff"], /^"config set" needs a value$/, "config set handoff ask"],
    [["set"], /^"config set" needs a key and a value$/, "config set policy weighted"],
    [["unset"], /^"config unset" needs a key$/, "config unset policy"],
    [["got"], /^invalid value "got" for ACTION: use get, set, /, "config get"],
    [["path", "x"], /^unexpected argument "x" for "config path"$/, "config --help"],
    [["get", "policy", "x"], /^unexpected argument "x" for "config get"$/, "config --help"],
    [
      ["set", "policy", "drain", "--json"],
      /^unexpected option "--json" for "config set"$/,
      "config get --json",
    ],
  ] as const
) {
  Deno.test(`config ${args.join(" ")} is refused and changes nothing`, async () => {
    const isOfHome = args.some((word) => /^(accounts\.)?home\./.test(word));
    const accounts = isOfHome ? [{ name: "home", plan: "pro" }] : [];
    const context = fakeContext({ config: { policy: "drain", accounts } });
    const before = fileOf(context);
    const refused = await run(context, ...args).catch((error) => error);
    assert.ok(refused instanceof UserError, String(refused));
    assert.equal(refused.exit, 2);
    assert.match(refused.message, line);
    assert.ok(refused.hint?.includes(hint), String(refused.hint));
    assert.equal(fileOf(context), before);
  });
}

Deno.test("a broken file is named with line, column and the accepted values", async () => {
  const context = fakeContext({ config: '{\n  "policy": "fast"\n}\n' });
  await assert.rejects(run(context, "get"), {
    message:
      `${context.layout.configFile}:2:13: "policy" must be "weighted", "paced", "drain" or "round-robin", not "fast"`,
    hint: "claude-multi config edit",
  });
});

Deno.test("config edit opens the editor with its flags, then checks the result", async () => {
  await using home = await TempHome.create();
  const editor = `${home.bin}/my editor`;
  Deno.writeTextFileSync(editor, '#!/bin/sh\n[ "$1" = --wait ] && cp "$HOME/next.json" "$2"\n', {
    mode: 0o755,
  });
  const edited = async (next: string) => {
    Deno.writeTextFileSync(`${home.path}/next.json`, next);
    return await runMulti(["config", "edit"], { home, env: { EDITOR: `'${editor}' --wait` } });
  };
  const late = '{ "accounts": [{ "name": "late" }] }';
  const { code, stdout } = await edited(late);
  assert.deepEqual([code, stdout], [0, "config.json is saved\n"]);
  assert.equal((await edited(late)).stdout, "config.json was not changed\n");
  assert.match(await Deno.readTextFile(`${home.multi}/shell/init.bash`), /cl-late/);
  const broken = await edited('{ "policy": 1 }');
  assert.equal(broken.code, 2);
  assert.match(broken.stderr, /what you edited is in ~\/\.claude-multi\/config\.edited\.json/);
  assert.match(broken.stderr, /config\.edited\.json:1:13: "policy" must be /);
  assert.match(await Deno.readTextFile(`${home.multi}/config.json`), /late/);
  assert.equal((await runMulti(["list"], { home })).code, 0);
  assert.equal(
    await Deno.readTextFile(`${home.multi}/config.edited.json`),
    '{ "policy": 1 }',
  );
  const next = await edited('{ "policy": 2 }');
  assert.match(
    next.stderr,
    /^~\/\.claude-multi\/config\.edited\.json has an edit that was not saved\.\nthat edit is now in ~\/\.claude-multi\/backups\/config\.edited\.json\./,
  );
  const strange = await edited('{\n  "polcy": 1\n}');
  assert.equal(strange.code, 0);
  assert.match(
    strange.stderr,
    /config\.json:2:3: unknown setting "polcy"; did you mean "policy"\?/,
  );
  assert.deepEqual(
    [...Deno.readDirSync(home.multi)].filter(({ name }) => name.includes("edited")),
    [],
  );
  const failed = await runMulti(["config", "edit"], { home, env: { VISUAL: "false" } });
  assert.equal(failed.code, 1);
  assert.match(failed.stderr, /the editor "false" exited with 1; config.json was not changed/);
  const missing = await runMulti(["config", "edit"], { home, env: { VISUAL: "no-such-editor" } });
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /^claude-multi: cannot find the editor "no-such-editor"/);
});

Deno.test("a name that is changed in config edit renames the account: folder, login, pins and history follow", async () => {
  await using home = await TempHome.create();
  for (const name of ["work", "own"]) home.seedAccount(name);
  const { accountUuid, organizationUuid } = fakeIdentity("work");
  const identity = { accountUuid, organizationUuid, email: "work@example.test" };
  home.writeConfig({
    accounts: [{ name: "work", identity }, { name: "own" }],
    pins: [{ path: home.project, account: "work" }],
  });
  const multi = (...args: string[]) => runMulti(args, { home });
  assert.equal((await multi("limit", "work", "2h")).code, 0);
  const edited = await runMulti(["config", "edit"], {
    home,
    env: { EDITOR: 'sed -i \'s/"name": "work"/"name": "office"/\'' },
  });
  assert.equal(edited.stdout, 'renamed "work" to "office"\nconfig.json is saved\n');
  const read = () => JSON.parse(Deno.readTextFileSync(`${home.multi}/config.json`));
  const [first] = read().accounts;
  assert.deepEqual([first.name, first.folder], ["office", "work"]);
  assert.equal(read().pins[0].account, "office");
  const { accounts } = JSON.parse((await multi("status", "--json")).stdout);
  assert.deepEqual([accounts[0].name, accounts[0].state], ["office", "limited"]);
  // By an editor of the user's own, nothing follows; doctor says what to type.
  home.writeConfig({ ...read(), accounts: [{ name: "job", identity }, { name: "own" }], pins: [] });
  const doctor = await multi("doctor");
  assert.match(doctor.stdout, /"~\/\S+\/work" has the login of "job", which was renamed by hand/);
  assert.match(doctor.stdout, /claude-multi rename job work$/m);
  assert.equal((await multi("rename", "job", "work")).code, 0);
  assert.equal((await multi("rename", "work", "job")).code, 0);
  const listed = JSON.parse((await multi("status", "--json")).stdout).accounts;
  assert.equal(listed[0].name, "job");
  assert.notEqual(listed[0].state, "login");
});

Deno.test("config edit says that accounts can't swap names, until they are back", async () => {
  const identity = (person: string) => {
    const { accountUuid, organizationUuid } = fakeIdentity(person);
    return { accountUuid, organizationUuid, email: `${person}@example.test` };
  };
  const named = (a: string, b: string) =>
    JSON.stringify({
      accounts: [{ name: a, identity: identity("a") }, { name: b, identity: identity("b") }],
    });
  const context = contextWithEditor([named("b", "a"), named("a", "b")], [""]);
  context.files.writeText(context.layout.configFile, named("a", "b"), 0o600);
  await run(context, "edit");
  assert.match(
    context.terminal.stderr,
    /^"b" has the entry of "a" now, but not its folder with the login: accounts can't swap names\n"a" .*\nIt is saved all the same\. Edit again\? \[Y\/n\] $/,
  );
  assert.equal(fileOf(context), named("a", "b"));
});

/** A context whose editor writes these texts, one each time it is started. */
function contextWithEditor(texts: readonly string[], input: readonly string[]): FakeContext {
  const context = fakeContext({
    config: { policy: "drain" },
    programs: ["/bin/sh", "/usr/bin/nano"],
    interactive: true,
  });
  context.terminal.answers.push(...input);
  context.processes.programs.push(...texts.map((text) => ({ plan }: { plan: LaunchPlan }) => {
    context.files.writeText(plan.args.at(-1) ?? "", text, 0o600);
    return { code: 0, signal: null };
  }));
  return context;
}

Deno.test("config edit asks to edit again after an error, from the text that has it", async () => {
  const context = contextWithEditor(['{ "handoff": "auot" }', '{ "handoff": "auto" }'], [""]);
  await run(context, "edit");
  assert.match(
    context.terminal.stderr,
    /config\.edited\.json:1:14: "handoff" must be .*\nYour edit is kept in ~\/\.claude-multi\/config\.edited\.json\. Edit again\? \[Y\/n\]/,
  );
  assert.equal(fileOf(context), '{ "handoff": "auto" }');
  assert.equal(context.processes.launched.length, 2);
});

Deno.test("config edit asks to edit again after a mistyped key, and a no keeps it", async () => {
  const texts = ['{ "acounts": [] }', '{ "polcy": "paced" }'];
  const context = contextWithEditor(texts, ["", "n"]);
  await run(context, "edit");
  const asked = context.terminal.stderr;
  assert.match(
    asked,
    /unknown setting "acounts"; did you mean "accounts"\?\nIt is saved all the same. Edit again\? \[Y\/n\]/,
  );
  assert.match(asked, /unknown setting "polcy"; did you mean "policy"/);
  assert.equal(fileOf(context), texts[1]);
  const { message, hint } = noAccountYet(context);
  assert.match(message, /^no account is set up: .*"polcy"/);
  assert.equal(hint, "claude-multi config edit");
});

Deno.test("config edit leaves config.json as it was if the answer is no", async () => {
  const context = contextWithEditor(['{ "handoff": "auot" }'], ["n"]);
  const before = fileOf(context);
  await assert.rejects(run(context, "edit"), /"handoff" must be/);
  assert.equal(fileOf(context), before);
});

/** What the user writes while `config edit` is open, and what config.json becomes meanwhile. */
const MINE = '{ "policy": "paced" }';
const THEIRS = '{ "policy": "round-robin" }';

/** The same with an editor that writes `MINE`, while config.json becomes `THEIRS`. */
function contextWithConflict(input: ReadonlyArray<string | (() => string)>): FakeContext {
  const context = contextWithEditor([], []);
  context.terminal.answers.push(...input);
  context.processes.programs.push(({ plan }) => {
    context.files.writeText(plan.args.at(-1) ?? "", MINE, 0o600);
    context.files.writeText(context.layout.configFile, THEIRS, 0o600);
    return { code: 0, signal: null };
  });
  return context;
}

/** The copy that `config edit` left; null if it left none. */
function copyOf({ files, layout }: FakeContext): string | null {
  return files.readText(layout.configFile.replace(".json", ".edited.json"));
}

function backupsOf({ files, layout }: FakeContext): Array<string | null> {
  return files.list(layout.backups).map((name) => files.readText(`${layout.backups}/${name}`));
}

Deno.test("config edit doesn't undo what another command changed meanwhile", async () => {
  for (const answer of ["", "n"]) {
    const context = contextWithConflict([answer]);
    await assert.rejects(run(context, "edit"), {
      message: "config.json was changed by something else while you edited it",
      hint: `diff ~/.claude-multi/config.json ~/.claude-multi/config.edited.json`,
      exit: EXIT.refused,
    });
    assert.doesNotMatch(context.terminal.stderr, /Edit again/);
    assert.match(context.terminal.stderr, /to compare: diff .*\nReplace it .*\[y\/N\]/);
    assert.equal(fileOf(context), THEIRS);
    assert.equal(copyOf(context), MINE);
  }
});

Deno.test("config edit that was left without an edit asks nothing about what another command changed", async () => {
  const context: FakeContext = contextWithEditor([], []);
  context.processes.programs.push(() => {
    context.files.writeText(context.layout.configFile, THEIRS, 0o600);
    return { code: 0, signal: null };
  });
  await run(context, "edit");
  assert.equal(fileOf(context), THEIRS);
  assert.equal(copyOf(context), null);
  assert.equal(context.terminal.stdout, "config.json was not changed\n");
});

Deno.test("config edit replaces what another command changed if that is the answer", async () => {
  const context = contextWithConflict(["y"]);
  await run(context, "edit");
  assert.equal(fileOf(context), MINE);
  assert.ok(backupsOf(context).includes(THEIRS), "what was replaced is kept");
  assert.equal(copyOf(context), null);
});

Deno.test("config edit asks again if config.json changes while it asks", async () => {
  const third = '{ "policy": "weighted" }';
  const context: FakeContext = contextWithConflict([() => {
    context.files.writeText(context.layout.configFile, third, 0o600);
    return "y";
  }, "n"]);
  await assert.rejects(run(context, "edit"), /was changed by something else/);
  assert.equal(context.terminal.stderr.match(/Replace it/g)?.length, 2);
  assert.equal(fileOf(context), third);
});

Deno.test("config edit asks nothing if the other command changed the same", async () => {
  const context = contextWithEditor([], []);
  context.processes.programs.push(({ plan }) => {
    context.files.writeText(plan.args.at(-1) ?? "", MINE, 0o600);
    context.files.writeText(context.layout.configFile, MINE, 0o600);
    return { code: 0, signal: null };
  });
  await run(context, "edit");
  assert.doesNotMatch(context.terminal.stderr, /\[y\/N\]/);
});

function hasText(path: string): boolean {
  try {
    return Deno.readTextFileSync(path).endsWith("\n");
  } catch {
    return false;
  }
}

Deno.test("an edit that was saved counts, whatever becomes of the one after it", async () => {
  const saved = '{ "polcy": "paced", "accounts": [{ "name": "late" }] }';
  const context = contextWithEditor([saved], [""]);
  context.processes.programs.push(() => ({ code: 1, signal: null }));
  await assert.rejects(run(context, "edit"), {
    message: 'the editor "nano" exited with 1; config.json is as you saved it before',
  });
  assert.equal(fileOf(context), saved);
  assert.match(context.files.readText(`${context.layout.shell}/init.bash`) ?? "", /cl-late/);
  context.terminal.answers.push("", "n");
  for (const text of [saved, '{ "handoff": "auot" }']) {
    context.processes.programs.push(({ plan }) => {
      context.files.writeText(plan.args.at(-1) ?? "", text, 0o600);
      return { code: 0, signal: null };
    });
  }
  await assert.rejects(run(context, "edit"), /"handoff" must be/);
  assert.match(
    context.terminal.stderr,
    /config\.json is as you saved it before; what you edited is/,
  );
});

Deno.test("config edit says so if the editor deletes the copy", async () => {
  const context = contextWithEditor([], []);
  const before = fileOf(context);
  context.processes.programs.push(({ plan }) => {
    context.files.remove(plan.args.at(-1) ?? "");
    return { code: 0, signal: null };
  });
  await assert.rejects(run(context, "edit"), {
    message:
      "~/.claude-multi/config.edited.json is gone after the editor; config.json was not changed",
    hint: "claude-multi config edit",
  });
  assert.equal(fileOf(context), before);
  assert.equal(context.terminal.stderr, "");
});

Deno.test("config edit claims no change if it isn't known what an edit was made from", async () => {
  for (const answer of ["y", "n"]) {
    const context = contextWithEditor([], ["", answer]);
    const copy = context.layout.configFile.replace(".json", ".edited.json");
    context.files.writeText(copy, MINE, 0o600);
    const before = fileOf(context);
    const edited = run(context, "edit");
    if (answer === "y") await edited;
    else await assert.rejects(edited, /^UserError: config.json may have changed since this edit/);
    assert.equal(fileOf(context), answer === "y" ? MINE : before);
    assert.match(
      context.terminal.stderr,
      /may have changed since this edit began; to compare: diff/,
    );
    assert.doesNotMatch(context.terminal.stderr, /changed by something else/);
  }
});

Deno.test("a second config edit is refused, and the first still sees what changed meanwhile", async () => {
  const context: FakeContext = contextWithEditor([], ["n"]);
  context.processes.programs.push(async ({ plan }) => {
    await run(context, "set", "handoff", "auto");
    await assert.rejects(run(context, "edit"), {
      message: '"claude-multi config edit" is already open (process 1000): finish that edit first',
      exit: EXIT.refused,
    });
    context.files.writeText(plan.args.at(-1) ?? "", MINE, 0o600);
    return { code: 0, signal: null };
  });
  await assert.rejects(run(context, "edit"), /was changed by something else/);
  assert.match(fileOf(context), /"handoff": "auto"/);
  assert.equal(copyOf(context), MINE);
  await assert.rejects(run(context, "edit"), /cancelled/, "the lock has ended with the first");
});

Deno.test("a config edit that was killed keeps nobody from editing, though its editor is open", async () => {
  await using home = await TempHome.create();
  const editor = `${home.bin}/slow-editor`;
  const opened = `${home.path}/opened`;
  Deno.writeTextFileSync(editor, `#!/bin/sh\necho $$ >'${opened}'\nexec sleep 60\n`, {
    mode: 0o755,
  });
  const killed = new Deno.Command(binary("claude-multi"), {
    args: ["config", "edit"],
    clearEnv: true,
    env: home.env({ EDITOR: editor }),
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const pid = () => Number(Deno.readTextFileSync(opened));
  await waitUntil("the editor is open", { holds: () => hasText(opened) });
  try {
    const second = () => runMulti(["config", "edit"], { home, env: { EDITOR: "true" } });
    const refused = await second();
    assert.equal(refused.code, EXIT.refused);
    assert.equal(
      refused.stderr,
      `claude-multi: "claude-multi config edit" is already open (process ${killed.pid}): finish that edit first\n`,
    );
    killed.kill("SIGKILL");
    await killed.status;
    assert.equal((await second()).code, 0);
  } finally {
    Deno.kill(pid(), "SIGKILL");
  }
});

Deno.test("config edit goes on with an edit that was not saved, or keeps it in backups", async () => {
  for (const isOn of [true, false]) {
    const context = contextWithConflict(["n"]);
    await assert.rejects(run(context, "edit"));
    context.terminal.answers.push(isOn ? "" : "n", "y");
    const opened: Array<string | null> = [];
    context.processes.programs.push(({ plan }) => {
      opened.push(context.files.readText(plan.args.at(-1) ?? ""));
      return { code: 0, signal: null };
    });
    await run(context, "edit");
    assert.match(context.terminal.stderr, /edit that was not saved\.\nGo on with it\? \[Y\/n\]/);
    assert.deepEqual(opened, [isOn ? MINE : THEIRS]);
    assert.equal(fileOf(context), isOn ? MINE : THEIRS);
    assert.ok(backupsOf(context).includes(isOn ? THEIRS : MINE), "the other one is kept");
    assert.equal(copyOf(context), null);
  }
});

Deno.test("config edit goes on with one that had an error, and replaces without a question", async () => {
  const context = contextWithEditor(['{ "handoff": "auot" }', '{ "handoff": "auto" }'], ["n", ""]);
  await assert.rejects(run(context, "edit"), /"handoff" must be/);
  await run(context, "edit");
  assert.doesNotMatch(context.terminal.stderr, /\[y\/N\]/);
  assert.equal(fileOf(context), '{ "handoff": "auto" }');
});

Deno.test("config edit doesn't ask about a copy that nothing was changed in", async () => {
  const context = contextWithEditor([], []);
  context.processes.programs.push(() => ({ code: 1, signal: null }));
  await assert.rejects(run(context, "edit"), /config.json was not changed/);
  await run(context, "edit");
  assert.doesNotMatch(context.terminal.stderr, /Go on/);
});

Deno.test("config without an action prints every setting", async () => {
  const context = fakeContext({ config: { policy: "drain" } });
  assert.equal(await run(context), await run(context, "get"));
});

Deno.test("setup writes the schema and refers to it in a config.json that it creates", async () => {
  await using home = await TempHome.create();
  assert.equal((await runMulti(["setup"], { home })).code, 0);
  const config = JSON.parse(await Deno.readTextFile(`${home.multi}/config.json`));
  assert.equal(config.$schema, "./config.schema.json");
  const written = await Deno.readTextFile(`${home.multi}/config.schema.json`);
  assert.equal(written, (await runMulti(["config", "schema"], { home })).stdout);
  const schema = JSON.parse(written);
  assert.deepEqual(schema.properties.policy.enum.slice(0, 2), ["weighted", "paced"]);
  assert.equal(schema.properties.reserve.properties.five_hour.maximum, 100);
  assert.match("work", new RegExp(schema.properties.accounts.items.properties.name.pattern));
  assert.doesNotMatch(
    "Work!",
    new RegExp(schema.properties.accounts.items.properties.name.pattern),
  );
});
