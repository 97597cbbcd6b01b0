// Tests of the questions of setup: names, plans, shells, and what is said before a second login.
import assert from "node:assert/strict";
import { setUp } from "../../lib/setup/guided_setup.ts";
import type { Account } from "../../lib/config/account.ts";
import { examine } from "../../lib/setup/checks.ts";
import { run } from "../../lib/commands/run.ts";
import { login } from "../../lib/commands/login.ts";
import { logIn } from "../../lib/launch/login.ts";
import type { FakeContext, FakeContextOptions } from "../helpers/context.ts";
import { fakeContext, putLogin } from "../helpers/context.ts";
import { fakeIdentity } from "../helpers/identity.ts";

/** Runs setup with these answers; Enter for those that are missing. */
async function answered(
  answers: readonly string[],
  options: FakeContextOptions & { before?: (context: FakeContext) => void } = {},
): Promise<FakeContext> {
  const { before, ...more } = options;
  const env = { SHELL: "/bin/bash", ...more.env };
  const context = fakeContext({ interactive: true, ...more, env });
  before?.(context);
  const left = [...answers];
  context.terminal.ask = (question) => {
    context.terminal.stderr += question;
    return Promise.resolve(left.shift() ?? "");
  };
  await setUp(context, null);
  return context;
}

const names = (context: FakeContext) => context.configFile.read().accounts.map(({ name }) => name);

/** Lets the login that comes next be this person's. */
function logsIn(context: FakeContext, name: string): void {
  context.processes.programs.push(({ plan }) => {
    const dir = plan.set["CLAUDE_CONFIG_DIR"] ?? "";
    putLogin(context.files, { dir, name, nowMs: context.clock.nowMs() });
    return { code: 0, signal: null };
  });
}

Deno.test("after a name with a problem, Enter goes on and adds nothing", async () => {
  const context = await answered(["work", "max pro"]);
  assert.deepEqual(names(context), ["work"]);
  assert.match(context.terminal.stderr, /use 1 to 32 characters .*, such as max-pro\n/);
});

Deno.test("Enter at the first name says that no account was added, and how to add one later", async () => {
  const said = /no account was added; "\S*claude-multi add NAME" adds one later\n/;
  assert.match((await answered([""])).terminal.stderr, said);
  assert.doesNotMatch((await answered(["work"])).terminal.stderr, said);
});

Deno.test("setup asks again after the name of a command, and keeps an account that has one", async () => {
  const context = await answered(["status", "work"], { config: { accounts: [{ name: "pick" }] } });
  assert.deepEqual(names(context), ["pick", "work"]);
  assert.match(
    context.terminal.stderr,
    /"status" is a command of claude-multi; choose another name\n/,
  );
});

Deno.test("a word such as undo isn't taken as a name: it is answered with how to change the last account", async () => {
  const context = await answered(["wrok", "undo", "Quit", "work"]);
  assert.deepEqual(names(context), ["wrok", "work"]);
  const answer =
    / {2}"wrok" is added; after setup, type claude-multi rename wrok NEW or claude-multi remove wrok\n/g;
  assert.equal(context.terminal.stderr.match(answer)?.length, 2);
  const first = await answered(["cancel", "done"]);
  assert.deepEqual(names(first), []);
  assert.match(first.terminal.stderr, / {2}type a name, such as work, or end setup with Ctrl-C\n/);
});

Deno.test("setup says which plan a login names, and asks only for the others", async () => {
  const before = (context: FakeContext) => {
    const path = `${context.layout.accounts}/unknown/.credentials.json`;
    const text = (context.files.readText(path) ?? "{}")
      .replaceAll(/"(subscriptionType|rateLimitTier)":"[^"]*"/g, '"$1":null');
    context.files.put(path, text);
  };
  const options = {
    config: { accounts: [{ name: "known" }, { name: "unknown" }, { name: "out" }] },
    logins: { known: {}, unknown: {} },
    before,
  };
  // No more accounts, no login, a wrong plan, then a plan.
  const context = await answered(["", "n", "maximal", "pro"], options);
  assert.match(context.terminal.stdout, /plan {6}known: max\w*, as its login says\n/);
  assert.match(context.terminal.stderr, /counts only for policies that use it, such as paced\./);
  assert.match(context.terminal.stderr, /Plan of "unknown" \(pro, max, [^]*use pro, max, /);
  assert.doesNotMatch(context.terminal.stderr, /Plan of "(known|out)"/);
  assert.deepEqual(context.configFile.read().accounts.map(({ plan }) => plan), [null, "pro", null]);
});

Deno.test("setup offers every shell that has a start file, and --shell all takes them", async () => {
  const options = { config: { accounts: [{ name: "work" }] }, logins: { work: {} } };
  const files = { "/home/ann/.zshrc": "", "/home/ann/.bashrc": "" };
  const context = await answered([], { ...options, files });
  assert.match(
    context.terminal.stderr,
    /a line in ~\/\.bashrc, ~\/\.bash_profile and ~\/\.zshrc\? \[Y\/n\]/,
  );
  assert.match(context.files.readText("/home/ann/.zshrc") ?? "", /# claude-multi\n$/);
});

Deno.test("before a second login opens the browser, it says who may still be signed in there", async () => {
  const context = fakeContext({
    interactive: true,
    config: { accounts: [{ name: "first" }, { name: "second" }] },
    logins: { first: {} },
    env: { SHELL: "/bin/bash" },
  });
  logsIn(context, "bob");
  const answers = ["", "y"];
  context.terminal.ask = () => Promise.resolve(answers.shift() ?? "n");
  await setUp(context, null);
  assert.match(
    context.terminal.stderr,
    /the browser may still be signed in as "first@example\.test" \("first"\): log in as somebody else for "second"/,
  );
  assert.match(context.terminal.stdout, /"second" is logged in as "bob@example\.test"/);
});

Deno.test("a login as the same person says whose account that is, and no launch uses it", async () => {
  const context = fakeContext({
    config: { accounts: [{ name: "first" }, { name: "second" }] },
    logins: { first: {} },
  });
  // As /login in a session would leave it.
  const dir = `${context.layout.accounts}/second`;
  putLogin(context.files, { dir, name: "first", nowMs: context.clock.nowMs() });
  const input = { switches: new Set<string>(), positionals: [], rest: ["-p", "x"] };
  await assert.rejects(
    async () => await run.run(context, { ...input, values: { account: "second" } }),
    {
      message:
        /^"second" is logged in as "first@example\.test" of .*, which is the account "first"$/,
      hint: "claude-multi login second",
      exit: 5,
    },
  );
  // Doctor and status say the same, also if the second one's owner was recorded.
  const saidTo = (config: Record<string, unknown>[]) => {
    const told = fakeContext({ config: { accounts: config }, logins: { first: {} } });
    putLogin(told.files, { dir, name: "first", nowMs: told.clock.nowMs() });
    return examine(told).find(({ id }) => id === "duplicate")?.fix;
  };
  const identity = context.claudeHome.identity(context.configFile.read().accounts[1] as Account);
  assert.equal(saidTo([{ name: "first" }, { name: "second" }]), "claude-multi login second");
  assert.equal(
    saidTo([{ name: "first", identity }, { name: "second", identity }]),
    "claude-multi remove second",
  );
  assert.equal(
    saidTo([{ name: "second" }, { name: "first", identity }]),
    "claude-multi login second",
    "the one whose owner is known keeps its login",
  );
  assert.equal(await run.run(context, { ...input, values: {} }), 0);
  assert.equal(
    context.processes.launched[0]?.set["CLAUDE_CONFIG_DIR"],
    `${context.layout.accounts}/first`,
  );
});

const IDE = "/opt/claude-multi/claude-multi-ide";
const CODE = "/home/ann/.config/Code/User/settings.json";
const CURSOR = "/home/ann/.cursor-server/data/Machine/settings.json";
const EDITORS = /Should .* also start claude on the account with the most room\? /;

Deno.test("setup offers the editors here, changes none on Enter, and asks no more once they are set", async () => {
  const options = {
    config: { accounts: [{ name: "work" }] },
    logins: { work: {} },
    programs: ["/usr/bin/claude", IDE],
  };
  const files = { [CODE]: "{}", [CURSOR]: "{\n" };
  const enter = await answered([], { ...options, files });
  assert.match(
    enter.terminal.stderr,
    /\nShould VS Code and Cursor also start claude on the account with the most room\? \[y\/N\]/,
  );
  assert.equal(enter.files.readText(CODE), "{}");
  // No more accounts, the shell, then yes.
  const yes = await answered(["", "", "y"], { ...options, files });
  assert.match(yes.files.readText(CODE) ?? "", /claude-multi-ide/);
  assert.match(yes.terminal.stdout, /editor {4}~\/\.config\/Code\/User\/settings\.json now has/);
  assert.match(yes.terminal.stderr, /settings\.json:2:1: the settings aren't valid\ntry: add it/);
  assert.equal(yes.files.readText(CURSOR), "{\n");
  const again = await answered([], {
    ...options,
    files: { [CODE]: yes.files.readText(CODE) ?? "" },
  });
  assert.doesNotMatch(again.terminal.stderr, EDITORS);
});

Deno.test("setup doesn't ask about editors that never ran, or without claude-multi-ide", async () => {
  const config = { accounts: [{ name: "work" }] };
  const none = await answered([], { config, programs: ["/usr/bin/claude", IDE] });
  assert.doesNotMatch(none.terminal.stderr, EDITORS);
  const missing = await answered([], { config, files: { [CODE]: "{}" } });
  assert.doesNotMatch(missing.terminal.stderr, EDITORS);
});

/** "first" belongs to its owner and nobody is logged in to "second"; the login that comes is first's. */
const WRONG_LOGIN: FakeContextOptions & { before(context: FakeContext): void } = {
  config: { accounts: [{ name: "first", identity: fakeIdentity("first") }, { name: "second" }] },
  logins: { first: {} },
  before: (context) => logsIn(context, "first"),
};

Deno.test("after a login as the owner of another account, setup offers a second try", async () => {
  const before = (context: FakeContext) => {
    WRONG_LOGIN.before(context);
    logsIn(context, "bob");
  };
  const context = await answered(["", "y", "y"], { ...WRONG_LOGIN, before });
  const { stderr, stdout } = context.terminal;
  assert.match(
    stderr,
    /"second" can't use this login: "first@example\.test" .* is the account "first"\nLog in again\? \[Y\/n\] /,
  );
  assert.equal(context.processes.launched.length, 2);
  assert.match(stdout, /"second" is logged in as "bob@example\.test"/);
  assert.match(stdout, /\nall set\nnext: /);
});

Deno.test("login offers another try, too, and after a no says what to type", async () => {
  const input = { switches: new Set<string>(), values: {}, positionals: ["second"], rest: [] };
  const tried = async (answers: string[], options: FakeContextOptions = { interactive: true }) => {
    const context = fakeContext({ ...WRONG_LOGIN, ...options });
    WRONG_LOGIN.before(context);
    logsIn(context, "bob");
    context.terminal.answers.push(...answers);
    return { context, code: await login.run(context, input) };
  };
  const again = await tried([""]);
  assert.equal(again.code, 0);
  assert.match(again.context.terminal.stderr, /can't use this login: .*\nLog in again\? \[Y\/n\] /);
  assert.match(again.context.terminal.stdout, /"second" is logged in as "bob@example\.test"/);
  const no = await tried(["n"]);
  assert.equal(no.code, 5);
  assert.match(no.context.terminal.stderr, /\[Y\/n\] try: claude-multi login second\n$/);
  await assert.rejects(tried([], {}), { hint: "claude-multi login second", exit: 5 });
});

Deno.test("setup never calls the login of another account all set, nor reads a plan from it", async () => {
  const context = await answered(["", "y", "n"], WRONG_LOGIN);
  const isUnfinished = (stdout: string) => {
    assert.match(
      stdout,
      /\nnot finished: "second" is logged in as "first@example\.test" of .*, which is the account "first"\n\nnext: [^]*\bclaude-multi login second\n(if this terminal .*\n)?$/,
    );
    assert.doesNotMatch(stdout, /all set|plan {6}second/);
    assert.match(stdout, /plan {6}first: /);
  };
  isUnfinished(context.terminal.stdout);
  // Another run offers the login again, and so does the flag.
  context.terminal.stdout = context.terminal.stderr = "";
  const answers = ["", "n"];
  context.terminal.ask = (question) => {
    context.terminal.stderr += question;
    return Promise.resolve(answers.shift() ?? "");
  };
  await setUp(context, null);
  isUnfinished(context.terminal.stdout);
  assert.match(
    context.terminal.stderr,
    /"second" is logged in as .*, which is the account "first"\. Log in again\? \[Y\/n\] /,
  );
  logsIn(context, "bob");
  const nothing = { inPlace: null, add: [], shells: [], editors: [], statusline: null };
  await setUp(context, { ...nothing, login: ["second"], refresh: null });
  assert.match(context.terminal.stdout, /"second" is logged in as "bob@example\.test"/);
});

Deno.test("before a login, each person who may still be signed in is named once", async () => {
  const identity = fakeIdentity("first");
  const context = fakeContext({
    interactive: true,
    config: {
      accounts: [
        { name: "first", identity },
        { name: "team", identity: { ...identity, organizationUuid: "another" } },
        { name: "twin" },
        { name: "new" },
      ],
    },
    logins: { first: {} },
  });
  const dir = `${context.layout.accounts}/twin`;
  putLogin(context.files, { dir, name: "first", nowMs: context.clock.nowMs() });
  logsIn(context, "bob");
  const account = context.configFile.read().accounts[3] as Account;
  await logIn(context, { account, args: [] });
  assert.match(
    context.terminal.stderr,
    /signed in as "first@example\.test" \("first", "team"\): log in as somebody else for "new"/,
  );
});

Deno.test("with two accounts and no group, setup says how to keep conversations apart", async () => {
  const logins = { first: {}, second: {} };
  const config = { accounts: [{ name: "first" }, { name: "second" }] };
  for (const columns of [100, 40]) {
    const { stdout } = (await answered([], { config, logins, columns })).terminal;
    const [all = "", line = ""] =
      /^groups [^]*"second"\s+apart,\s+for\s+example:\n {2}\S*claude-multi (.*)\n/m.exec(stdout) ??
        [];
    assert.equal(line, "config set accounts.second.group office");
    const [, ...before] = all.trimEnd().split("\n").toReversed();
    assert.ok(before.every((text) => text.length <= Math.min(columns, 80)), all);
  }
  const one = { accounts: [{ name: "first" }] };
  const grouped = { accounts: [{ name: "first" }, { name: "second", group: "office" }] };
  for (const config of [one, grouped]) {
    assert.doesNotMatch((await answered([], { config, logins })).terminal.stdout, /^groups/m);
  }
});
