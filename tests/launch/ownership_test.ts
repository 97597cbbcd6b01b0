// Tests that no route takes a conversation across the wall between groups.
import assert from "node:assert/strict";
import { removeAccount } from "../../lib/accounts/removal.ts";
import { findAccount } from "../../lib/config/account.ts";
import type { Ended, Script } from "./stage.ts";
import { PROJECTS, Stage } from "./stage.ts";

const ID = "11111111-2222-4333-8444-555555555555";
const OTHER = "99999999-2222-4333-8444-555555555555";
const FOLDER = `${PROJECTS}/-home-ann-project`;
const ACCOUNTS = [{ name: "work", group: "office" }, { name: "own", group: "private" }];

/** "work" is nearly full, so that "own" would be chosen; `says` are the lines of the transcripts. */
function stageWith(
  options: { interactive?: boolean; clients?: readonly Script[]; accounts?: typeof ACCOUNTS } = {},
): Stage {
  const { interactive = false, accounts = ACCOUNTS, clients = [() => {}] } = options;
  return new Stage({ interactive, accounts, clients, used: { work: 90, own: 0 } });
}

function put(stage: Stage, id: string, lines: readonly Record<string, unknown>[] = []): void {
  const prompt = { type: "user", cwd: "/home/ann/project", message: { content: "hello" } };
  const text = [prompt, ...lines].map((line) => `${JSON.stringify(line)}\n`).join("");
  stage.context.files.put(`${FOLDER}/${id}.jsonl`, text);
}

/** Records that a conversation ran on an account. */
function ran(stage: Stage, id: string, account: string): void {
  const { ledger } = stage;
  const nowMs = stage.context.clock.nowMs();
  const session = ledger.startSession(
    { account, launcherPid: 1, cwd: "/home/ann/project", startedAtMs: nowMs, handedFrom: null },
    { chosenAtMs: nowMs, policy: "weighted", account, forced: true, ranked: [] },
  );
  ledger.learnClientSession(session, id);
  ledger.endSession(session, { atMs: nowMs, how: "exit", code: 0, signal: null });
}

function remove({ context }: Stage, name: string): void {
  const account = findAccount(context.configFile.read().accounts, name);
  removeAccount(context, { account, purge: false });
}

const title = (customTitle: string) => ({ type: "custom-title", customTitle });
const refused = ({ code, stderr }: Ended, why: RegExp): void => {
  assert.equal(code, 5, stderr);
  assert.match(stderr, why);
};

Deno.test("by id, in any case, by file, by title and with --continue, it stays in its group", async () => {
  for (
    const words of [
      ["--resume", ID],
      ["--resume", ID.toUpperCase()],
      [`--resume=${ID}`],
      [`-r${ID}`, "--fork-session"],
      ["--resume", `/somewhere/${ID}.jsonl`],
      ["--resume", "Auth-Refactor"],
      ["-p", "--resume", "auth-refactor", "go on"],
      ["--continue"],
      ["-cp", "go on"],
    ]
  ) {
    const stage = stageWith();
    put(stage, ID, [title("auth-refactor")]);
    ran(stage, ID, "work");
    const ended = await stage.run(["--", ...words]);
    assert.equal(ended.code, 0, ended.stderr);
    assert.deepEqual(stage.accounts, ["work"], words.join(" "));
    assert.ok(stage.plans[0]?.args.join(" ").includes(`--resume ${ID}`), words.join(" "));
  }
});

Deno.test("--continue means the newest conversation of the folder, whatever the ledger saw last", async () => {
  const stage = stageWith();
  put(stage, ID);
  ran(stage, ID, "work");
  put(stage, OTHER);
  ran(stage, OTHER, "own");
  await stage.context.clock.sleep(1000);
  put(stage, ID, [{ type: "system" }]);
  assert.equal((await stage.run(["--", "--continue"])).code, 0);
  assert.deepEqual(stage.accounts, ["work"]);
});

Deno.test("--across-groups works among the words for claude, too, as after cl-NAME", async () => {
  for (
    const words of [["--across-groups", "-c"], ["-c", "--across-groups"], [
      "--across-groups",
      "--resume",
      ID,
    ]]
  ) {
    const stage = stageWith();
    put(stage, ID);
    ran(stage, ID, "work");
    const ended = await stage.run(["--account", "own", "--", ...words]);
    assert.equal(ended.code, 0, ended.stderr);
    assert.deepEqual(stage.accounts, ["own"]);
    assert.ok(!stage.plans[0]?.args.includes("--across-groups"));
  }
  const stage = stageWith();
  const unnamed = await stage.run(["--", "--across-groups", "-c"]);
  assert.equal(unnamed.code, 2);
  assert.match(unnamed.stderr, /"--across-groups" needs "--account"/);
  const prompt = await stageWith().run(["--account", "own", "--", "-p", "--", "--across-groups"]);
  assert.equal(prompt.code, 0);
});

Deno.test("--continue passes over what -p or the SDK began, as claude does, except with -p", async () => {
  for (const entrypoint of ["sdk-cli", "sdk-ts", "sdk-py"]) {
    for (const [words, account] of [[["-c"], "work"], [["-p", "-c", "more"], "own"]] as const) {
      const stage = stageWith();
      put(stage, ID, [{ type: "user", entrypoint: "cli" }, { type: "user", entrypoint }]);
      ran(stage, ID, "work");
      await stage.context.clock.sleep(1000);
      put(stage, OTHER, [{ type: "user", entrypoint }, { type: "user", entrypoint: "cli" }]);
      ran(stage, OTHER, "own");
      const ended = await stage.run(["--", ...words]);
      assert.equal(ended.code, 0, ended.stderr);
      assert.deepEqual(stage.accounts, [account]);
      assert.ok(stage.plans[0]?.args.includes(account === "own" ? OTHER : ID));
    }
  }
});

Deno.test("a named account of another group is refused, and --across-groups overrides that", async () => {
  for (
    const [command, rest] of [
      ["run", ["--", "--continue"]],
      ["run", ["--", "--resume", ID]],
      ["resume", []],
    ] as const
  ) {
    const stage = stageWith();
    put(stage, ID);
    stage.context.files.put("/home/ann/project/.keep", "");
    ran(stage, ID, "work");
    const words = [command, ...command === "resume" ? ["--last"] : [], "--account", "own"];
    const ended = await stage.command([...words, ...rest]);
    refused(
      ended,
      /cannot continue on "own": .* belongs to the group "office"; --across-groups overrides that/,
    );
    // What needs no override comes first.
    assert.ok(ended.stderr.endsWith(`\ntry: claude-multi resume ${ID}\n`), ended.stderr);
    assert.deepEqual(stage.accounts, []);
    assert.equal((await stage.command(["resume", ID])).code, 0);
    const across = await stage.command([...words, "--across-groups", ...rest]);
    assert.equal(across.code, 0, across.stderr);
    assert.deepEqual(stage.accounts, ["work", "own"]);
    assert.ok(!ended.stderr.includes("moves"), ended.stderr);
    const told =
      'claude-multi: this conversation moves from the group "office" to "own" (group "private")\n';
    assert.ok(across.stderr.endsWith(told), across.stderr);
  }
  const more = stageWith();
  put(more, ID);
  ran(more, ID, "work");
  for (
    const [words, hint] of [
      [["-cp", "go on"], `claude-multi resume ${ID} -- --print 'go on'`],
      [["--verbose", "-c"], `claude-multi run -- --verbose --resume ${ID}`],
    ] as const
  ) {
    const ended = await more.run(["--account", "own", "--", ...words]);
    assert.equal(/try: (.*)\n/.exec(ended.stderr)?.[1], hint);
  }
  const alone = await stageWith().run(["--across-groups"]);
  assert.equal(alone.code, 2);
});

Deno.test("--across-groups says nothing about a copy, or a conversation that stays in its group", async () => {
  for (const [account, more] of [["own", ["--fork-session"]], ["work", []]] as const) {
    const stage = stageWith();
    put(stage, ID);
    ran(stage, ID, "work");
    const words = ["--account", account, "--across-groups", "--", "--resume", ID, ...more];
    assert.deepEqual(await stage.run(words).then(({ code, stderr }) => [code, stderr]), [0, ""]);
  }
});

Deno.test("in a folder pinned to another group, the hint is a line that continues it on an account with room", async () => {
  const pins = [{ path: "/home/ann/project", account: "own" }];
  for (const words of [["--continue"], ["--resume", ID]]) {
    const clients = [() => {}];
    const stage = new Stage({
      accounts: [...ACCOUNTS, { name: "desk", group: "office" }],
      settings: { pins },
      clients,
      interactive: false,
    });
    put(stage, ID);
    ran(stage, ID, "work");
    const ended = await stage.run(["--", ...words]);
    assert.equal(ended.code, 3);
    assert.match(
      ended.stderr,
      /pinned to the account "own"; .* group "office"; naming an account continues it all the same\n/,
    );
    const named = await stage.run(["--account", "own", "--", ...words]);
    refused(named, /--across-groups overrides that\n/);
    for (const { stderr } of [ended, named]) {
      const [, hint] = /try: (.*)\n$/.exec(stderr) ?? [];
      assert.equal(hint, `claude-multi resume ${ID} --account work`);
    }
    stage.limit("work");
    const full = await stage.run(["--", ...words]);
    assert.match(full.stderr, new RegExp(`try: claude-multi resume ${ID} --account desk\n$`));
    stage.ledger.clearLimits("work", stage.context.clock.nowMs());
    assert.equal((await stage.run(["--account", "work", "--", ...words])).code, 0);
    assert.deepEqual(stage.accounts, ["work"]);
  }
});

Deno.test("without a terminal, what only the client could look up is refused in one line", async () => {
  for (
    const words of [["--resume"], ["-r"], ["--from-pr", "12"], ["--teleport"], ["-p", "-r"]]
  ) {
    const stage = stageWith({ interactive: words.includes("-p") });
    put(stage, ID);
    ran(stage, ID, "work");
    const wanted = words.some((word) => /^-r$|^--resume$/.test(word))
      ? "claude-multi resume"
      : `claude-multi run --account work --across-groups -- ${words.join(" ")}`;
    const ended = await stage.run(["--", ...words]);
    refused(ended, /^claude-multi: cannot tell .*\ntry: .*\n$/);
    assert.equal(/try: (.*)\n/.exec(ended.stderr)?.[1], wanted);
    assert.deepEqual(stage.accounts, []);
  }
});

Deno.test("the hint for a conversation of nobody we know is the shortest line that works", async () => {
  for (
    const [typed, hint] of [
      [
        ["run", "--", "--continue"],
        "claude-multi run --account work --across-groups -- --continue",
      ],
      [["run", "--", "--resume", ID], `claude-multi resume ${ID} --account work --across-groups`],
      [["resume", ID], `claude-multi resume ${ID} --account work --across-groups`],
      [
        ["resume", ID, "--account", "own", "--", "-p", "go on"],
        `claude-multi resume ${ID} --account own --across-groups -- -p 'go on'`,
      ],
    ] as const
  ) {
    const stage = stageWith();
    put(stage, ID);
    stage.context.files.put("/home/ann/project/.keep", "");
    const ended = await stage.command([...typed]);
    refused(ended, /cannot tell whose the conversation to continue is/);
    assert.equal(/try: (.*)\n/.exec(ended.stderr)?.[1], hint);
    const words = (hint.match(/'[^']*'|\S+/g) ?? []).slice(1).map((word) =>
      word.replaceAll("'", "")
    );
    assert.equal((await stage.command(words)).code, 0, hint);
  }
});

Deno.test("in a terminal, --resume shows our list, and --from-pr asks for the group", async () => {
  const list = stageWith({ interactive: true });
  put(list, ID);
  ran(list, ID, "work");
  list.context.terminal.answers.push("1");
  assert.equal((await list.run(["--", "--resume"])).code, 0);
  assert.deepEqual(list.accounts, ["work"]);
  for (const answer of ["1", "office"]) {
    const stage = stageWith({ interactive: true });
    stage.context.terminal.answers.push(answer);
    assert.equal((await stage.run(["--", "--from-pr", "12"])).code, 0);
    assert.deepEqual(stage.accounts, ["work"]);
  }
  const stage = stageWith({ interactive: true });
  stage.context.terminal.answers.push("");
  assert.equal((await stage.run(["--", "--teleport"])).code, 130);
  assert.deepEqual(stage.accounts, []);
});

Deno.test("an owner that is gone, or that only the transcript names, isn't nobody", async () => {
  const gone = stageWith();
  put(gone, ID);
  ran(gone, ID, "removed");
  refused(await gone.run(["--", "--resume", ID]), /cannot tell whose/);
  const named = stageWith();
  const [work] = named.context.configFile.read().accounts;
  const identity = work === undefined ? null : named.context.claudeHome.identity(work);
  put(named, ID, [{ type: "session-owner", ...identity }]);
  const ended = await named.run(["--", "--resume", ID]);
  assert.deepEqual([ended.stderr, named.accounts], ["", ["work"]]);
});

for (const rest of [[], [{ name: "spare", group: "private" }]]) {
  Deno.test(`the last account of a group was removed, and ${1 + rest.length} of another are left: its conversations stay there`, async () => {
    const staged = (interactive: boolean) => {
      const stage = stageWith({ interactive, accounts: [...ACCOUNTS, ...rest] });
      put(stage, ID);
      stage.context.files.put("/home/ann/project/.keep", "");
      ran(stage, ID, "work");
      stage.context.terminal.stderr = "";
      remove(stage, "work");
      return stage;
    };
    for (const interactive of [true, false]) {
      const stage = staged(interactive);
      for (
        const words of [
          ["run", "--", "-c"],
          ["run", "--", "--resume", ID],
          ["resume", ID],
          ["run", "--account", "own", "--", "-c"],
          ["run", "--", "-p", "-c", "go on"],
        ]
      ) {
        stage.context.terminal.stderr = "";
        const ended = await stage.command(words);
        refused(ended, /this conversation belongs to the group "office"/);
        assert.match(ended.stderr, /try: .* --account own --across-groups/);
      }
      assert.deepEqual(stage.accounts, []);
    }
    const stage = staged(true);
    await stage.command(["resume", ID, "--account", "own", "--across-groups"]);
    assert.deepEqual(stage.accounts, ["own"]);
  });
}

Deno.test("the line that leaves a group without accounts names an account with room", async () => {
  const stage = stageWith({ accounts: [...ACCOUNTS, { name: "spare", group: "private" }] });
  put(stage, ID);
  ran(stage, ID, "work");
  remove(stage, "work");
  stage.limit("own");
  const { stderr } = await stage.run(["--", "--resume", ID]);
  assert.match(stderr, /try: claude-multi resume \S+ --account spare --across-groups/);
});

Deno.test("the group of a removed account is remembered, though config.json has comments and backups/ are gone", async () => {
  const stage = stageWith({ accounts: [...ACCOUNTS, { name: "desk", group: "office" }] });
  const { files, layout } = stage.context;
  const text = files.readText(layout.configFile) ?? "";
  files.put(layout.configFile, text.replace("{", "{ // mine"));
  put(stage, ID);
  ran(stage, ID, "work");
  remove(stage, "work");
  files.removeTree(layout.backups);
  const { stderr } = await stage.run(["--", "-c"]);
  assert.equal(stderr, 'claude-multi: continuing on "desk": "work" was removed\n');
  assert.deepEqual(stage.accounts, ["desk"]);
});

Deno.test("after its account was removed, a conversation doesn't go back to the group of whoever began it", async () => {
  const stage = stageWith({ accounts: [...ACCOUNTS, { name: "desk", group: "office" }] });
  const own = findAccount(stage.context.configFile.read().accounts, "own");
  put(stage, ID, [{ type: "session-owner", ...stage.context.claudeHome.identity(own) }]);
  ran(stage, ID, "work");
  remove(stage, "work");
  const ended = await stage.run(["--account", "own", "--", "-c"]);
  refused(ended, /this conversation belongs to the group "office"/);
  const { stderr } = await stage.run(["--", "-c"]);
  assert.equal(stderr, 'claude-multi: continuing on "desk": "work" was removed\n');
  assert.deepEqual(stage.accounts, ["desk"]);
});

Deno.test("whose account was removed without a group goes on elsewhere; nobody knows: the group is asked for", async () => {
  const accounts = [{ name: "work" }, { name: "own" }, { name: "spare" }];
  const plain = new Stage({ accounts, clients: [() => {}], used: { own: 0, spare: 50 } });
  put(plain, ID);
  ran(plain, ID, "work");
  remove(plain, "work");
  const { stderr: said } = await plain.run(["--", "-c"]);
  assert.equal(said, 'claude-multi: continuing on "own": "work" was removed\n');
  assert.deepEqual(plain.accounts, ["own"]);

  const unknown = stageWith({ interactive: true, accounts: [{ name: "own", group: "private" }] });
  put(unknown, ID);
  ran(unknown, ID, "removed");
  unknown.context.terminal.answers.push("1");
  const { stderr } = await unknown.run(["--", "-c"]);
  assert.match(
    stderr,
    /^1 {2}group "private": "own"\nWhose is .*\? It stays in that group\. \[1\] /,
  );
  assert.deepEqual(unknown.accounts, ["own"]);
});

Deno.test("the question for the group lists each group with its own accounts; a dry run asks nothing", async () => {
  const accounts = [...ACCOUNTS, { name: "desk", group: "office" }, { name: "spare" }];
  const stage = new Stage({ interactive: true, accounts, clients: [() => {}] });
  stage.context.terminal.answers.push("3");
  const ended = await stage.run(["--", "--from-pr", "12"]);
  assert.match(
    ended.stderr,
    /^1 {2}group "office": "work", "desk"\n2 {2}group "private": "own"\n3 {2}no group: "spare"\n/,
  );
  assert.deepEqual(stage.accounts, ["spare"]);
  const dry = stageWith({ interactive: true });
  refused(await dry.run(["--dry-run", "--", "--from-pr", "12"]), /cannot tell whose/);
});

Deno.test("--continue without a transcript goes by what ran last in the folder", async () => {
  const ours = stageWith();
  ran(ours, ID, "work");
  assert.equal((await ours.run(["--", "--continue"])).code, 0);
  assert.deepEqual(ours.accounts, ["work"]);
  const gone = stageWith();
  ran(gone, ID, "removed");
  refused(await gone.run(["--", "--continue"]), /cannot tell whose/);
});

Deno.test("the whole title comes before a part of one, and the folder's conversations before others", async () => {
  const titles = stageWith();
  put(titles, ID, [title("auth")]);
  ran(titles, ID, "work");
  put(titles, OTHER, [title("auth-refactor")]);
  ran(titles, OTHER, "own");
  assert.equal((await titles.run(["--", "--resume", "auth"])).code, 0);
  assert.deepEqual(titles.accounts, ["work"]);
  const ELSEWHERE = "77777777-2222-4333-8444-555555555555";
  const folders = stageWith({ interactive: true });
  put(folders, ID);
  ran(folders, ID, "work");
  await folders.context.clock.sleep(1000);
  const prompt = { type: "user", cwd: "/home/ann/other", message: { content: "elsewhere" } };
  folders.context.files.put(`${FOLDER}/${ELSEWHERE}.jsonl`, `${JSON.stringify(prompt)}\n`);
  ran(folders, ELSEWHERE, "own");
  folders.context.terminal.answers.push("1");
  const ended = await folders.run(["--", "--resume"]);
  assert.doesNotMatch(ended.stdout, /elsewhere/);
  assert.deepEqual(folders.accounts, ["work"]);
});

Deno.test("a conversation of the same person in another organisation isn't the account's", async () => {
  const ownerOf = async (more: Record<string, unknown>) => {
    const stage = stageWith();
    const [work] = stage.context.configFile.read().accounts;
    const identity = work === undefined ? null : stage.context.claudeHome.identity(work);
    put(stage, ID, [{ type: "session-owner", ...identity, ...more }]);
    return await stage.run(["--", "--resume", ID]);
  };
  assert.equal((await ownerOf({ organizationUuid: null })).code, 0, "its organisation is unknown");
  refused(await ownerOf({ organizationUuid: "another" }), /cannot tell whose/);
  refused(await ownerOf({ accountUuid: "another" }), /cannot tell whose/);
});

Deno.test("without groups nothing is looked up, and a new conversation may go anywhere", async () => {
  const one = stageWith({ accounts: [{ name: "work", group: "x" }, { name: "own", group: "x" }] });
  await one.run(["--", "--resume"]);
  assert.deepEqual([one.accounts, one.plans[0]?.args.at(-1)], [["own"], "--resume"]);
  const two = stageWith();
  await two.run(["--", "-p", "--continue", "hello"]);
  assert.deepEqual(two.accounts, ["own"]);
});

Deno.test("a conversation of which only a summary is left has no title to resume by", async () => {
  const stage = stageWith();
  const line = { type: "summary", summary: "auth-refactor", leafUuid: "x" };
  stage.context.files.put(`${FOLDER}/${OTHER}.jsonl`, `${JSON.stringify(line)}\n`);
  const none = await stage.run(["--", "--resume", "auth-refactor"]);
  assert.equal(none.code, 2, none.stderr);
  put(stage, ID, [title("auth-refactor")]);
  ran(stage, ID, "work");
  const ended = await stage.run(["--", "--resume", "auth-refactor"]);
  assert.equal(ended.code, 0, ended.stderr);
  assert.equal(stage.accounts.at(-1), "work");
});
