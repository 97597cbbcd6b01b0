// Tests of resume: the list of all accounts' conversations, the choice, the owner, and what is refused.
import assert from "node:assert/strict";
import { binary, runMulti, startMulti, startProgram } from "../helpers/binaries.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { needs } from "../helpers/needs.ts";
import { Pty } from "../helpers/pty.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { findAccount } from "../../lib/config/account.ts";
import { harmless } from "../../lib/text/escape.ts";
import type { Script } from "../launch/stage.ts";
import { PROJECTS, Stage } from "../launch/stage.ts";
import { waitUntil } from "../helpers/waiting.ts";

interface Listed {
  conversations: Array<
    { id: string; path: string; title: string; folder: string; owner: string; bytes: number }
  >;
}

/** Two accounts with one conversation each: "about apples" on a, then "about pears" on b. */
async function stage() {
  const home = await TempHome.create();
  home.writeConfig({ accounts: [{ name: "a" }, { name: "b" }] });
  for (const name of ["a", "b"]) {
    home.seedAccount(name);
    home.seedCachedUsage(name, { fiveHour: name === "a" ? 10 : 20, sevenDay: 0 });
  }
  const claude = installFakeClaude(home);
  assert.equal((await runMulti(["setup", "--yes"], { home })).code, 0);
  for (const [name, prompt] of [["a", "about apples"], ["b", "about pears"]] as const) {
    const run = await runMulti(["run", "--account", name, "--", "-p", prompt], { home });
    assert.equal(run.code, 0, run.stderr);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const listed = JSON.parse((await runMulti(["resume", "--json"], { home })).stdout) as Listed;
  return { home, claude, listed: listed.conversations };
}

/** The same two conversations in this process, 1 s apart. */
async function stageHere(): Promise<{ stage: Stage; listed: Listed["conversations"] }> {
  const says = (title: string): Script => async (client) => {
    client.write({ type: "user", message: { content: title }, cwd: "/home/ann/project" });
    await client.starts();
    await client.sits(1000);
  };
  const clients = [says("about apples"), says("about pears")];
  const stage = new Stage({ interactive: false, columns: 80, clients });
  for (const name of ["a", "b"]) await stage.run(["--account", name, "--", "-p", "x"]);
  const { stdout } = await stage.command(["resume", "--json"]);
  stage.context.terminal.stdout = "";
  return { stage, listed: (JSON.parse(stdout) as Listed).conversations };
}

Deno.test("resume lists the conversations of all accounts, newest first", async () => {
  const { listed } = await stageHere();
  assert.deepEqual(listed.map(({ title, owner, folder }) => [title, owner, folder]), [
    ["about pears", "b", "/home/ann/project"],
    ["about apples", "a", "/home/ann/project"],
  ]);
  assert.ok(listed.every((conversation) => conversation.bytes > 0));
});

Deno.test("a conversation with nothing to continue isn't listed, and its whole id is still found", async () => {
  const { stage, listed } = await stageHere();
  const summary = "33333333-2222-4333-8444-555555555555";
  const left = "33333333-2222-4333-8444-666666666666";
  const put = (id: string, line: Record<string, unknown>) =>
    stage.context.files.put(
      `${PROJECTS}/-home-ann-project/${id}.jsonl`,
      `${JSON.stringify(line)}\n`,
    );
  stage.context.clock.advance(60_000);
  put(summary, { type: "summary", summary: "the old days", leafUuid: "x" });
  const exit = "<command-name>/exit</command-name>";
  put(left, { type: "user", cwd: "/home/ann/project", message: { content: exit } });
  const { stdout } = await stage.command(["resume", "--json"]);
  assert.deepEqual((JSON.parse(stdout) as Listed).conversations, listed);
  const last = await stage.command(["resume", "--last", "--", "-p", "more"]);
  assert.equal(last.code, 0, last.stderr);
  assert.deepEqual(stage.plans.at(-1)?.args.slice(2, 4), ["--resume", listed[0]?.id]);
  const again = await stage.command(["resume", left, "--", "-p", "more"]);
  assert.equal(again.code, 0, again.stderr);
  assert.deepEqual(stage.plans.at(-1)?.args.slice(2, 4), ["--resume", left]);
  const refused = await stage.command(["resume", summary]);
  assert.equal(refused.code, 1);
  assert.match(refused.stderr, /cannot continue this conversation: only its summary is left/);
});

Deno.test("a conversation of plain claude is listed with the only account of its person, and stays there", async () => {
  const { stage } = await stageHere();
  const { clock, claudeHome, configFile, files } = stage.context;
  const b = findAccount(configFile.read().accounts, "b");
  const id = "33333333-2222-4333-8444-555555555555";
  const listed = async (owner: Record<string, unknown>) => {
    const prompt = { type: "user", cwd: "/home/ann/project", message: { content: "of old" } };
    const lines = [prompt, { type: "session-owner", ...owner }].map((one) => JSON.stringify(one));
    clock.advance(60_000);
    files.put(`${PROJECTS}/-home-ann-project/${id}.jsonl`, `${lines.join("\n")}\n`);
    stage.context.terminal.stdout = "";
    const { stdout } = await stage.command(["resume", "--json"]);
    return (JSON.parse(stdout) as Listed).conversations.find((one) => one.id === id)?.owner;
  };
  assert.equal(await listed({ accountUuid: "another" }), null);
  // "a" has more room, so that it would be chosen.
  assert.equal(await listed({ ...claudeHome.identity(b) }), "b");
  await stage.command(["resume", id]);
  assert.equal(stage.accounts.at(-1), "b");
});

Deno.test("with groups, the list of resume shows them, and which folder is pinned to another one", async () => {
  const { stage } = await stageHere();
  const listed = async (config: Record<string, unknown>) => {
    stage.configure(config);
    const { context } = stage;
    context.terminal.stdout = "";
    await stage.command(["resume"]);
    const { stdout } = context.terminal;
    assert.ok(stdout.split("\n").every((line) => line.length <= 80), stdout);
    return stdout;
  };
  const accounts = [{ name: "a", group: "office" }, { name: "b", group: "home-and-garden" }];
  const pinnedTo = (pin: Record<string, string>) => [{ path: "/home/ann/project", ...pin }];
  assert.match(
    await listed({ accounts }),
    /^1 .* b +home-and-garden +by -p +\d[^]*^2 .* a +office +by -p +\d/m,
  );
  assert.match(
    await listed({ accounts, pins: pinnedTo({ account: "a" }) }),
    /^1 .* b +home\S+ +folder pinned to a +[^]*^2 .* a +office +by -p +(?:\d|~|$)/m,
  );
  assert.match(
    await listed({ accounts, pins: pinnedTo({ group: "office" }) }),
    /^1 .* b +home\S+ +folder pinned to office +[^]*^2 .* a +office +by -p +(?:\d|~|$)/m,
  );
  const free = { accounts: [{ name: "a" }, { name: "b" }], pins: pinnedTo({ account: "a" }) };
  assert.doesNotMatch(await listed(free), /group|pinned/);
});

Deno.test("with --account, resume lists only what that account may continue", async () => {
  const { stage } = await stageHere();
  stage.configure({ accounts: [{ name: "a", group: "office" }, { name: "b", group: "home" }] });
  const { terminal } = stage.context;
  const said = async (...words: string[]) => {
    terminal.stdout = terminal.stderr = "";
    return await stage.command(["resume", ...words]);
  };
  const list = await said("--account", "a");
  assert.match(list.stdout, /^.*\n1 +about apples .*\n$/);
  const across = await said("about", "--account", "a", "--across-groups");
  assert.match(across.stdout, /about pears[^]*about apples/);
  stage.configure({ accounts: [{ name: "a" }, { name: "b" }, { name: "c", group: "home" }] });
  const none = await said("about", "--account", "c");
  assert.equal(none.code, 5);
  assert.match(
    none.stderr,
    /"c" can't continue one about "about": all of them belong to another group\ntry: claude-multi resume about\n$/,
  );
});

Deno.test("what was typed first isn't marked as begun by -p, whatever has continued it", async () => {
  const { stage, listed } = await stageHere();
  const id = listed[0]?.id ?? "";
  const path = `${PROJECTS}/-home-ann-project/${id}.jsonl`;
  const line = { type: "user", cwd: "/home/ann/project", message: { content: "about pears" } };
  const put = (entrypoint: string) =>
    stage.context.files.put(path, `${JSON.stringify({ ...line, entrypoint })}\n`);
  const marks = async () => {
    stage.context.terminal.stdout = "";
    await stage.command(["resume"]);
    return stage.context.terminal.stdout.split("\n").map((row) => row.includes("by -p"));
  };
  put("sdk-cli");
  assert.deepEqual((await marks()).slice(1, 2), [true]);
  put("cli");
  assert.deepEqual((await marks()).slice(1, 2), [false]);
});

Deno.test("resume ID continues in the conversation's folder, on its last account", async () => {
  const { stage, listed } = await stageHere();
  const id = listed[0]?.id ?? "";
  stage.context.processes.cwd = () => "/home/ann";
  const ended = await stage.command(["resume", id, "--", "-p", "more"]);
  assert.equal(ended.code, 0, ended.stderr);
  const plan = stage.plans.at(-1);
  assert.equal(stage.accounts.at(-1), "b");
  assert.equal(plan?.cwd, "/home/ann/project");
  assert.deepEqual(plan?.args.slice(2), ["--resume", id, "-p", "more"]);
});

Deno.test("resume --last takes the newest, --account any account, and a limited account is left", async () => {
  const { stage, listed } = await stageHere();
  stage.limit("b");
  await stage.command(["resume", "--last", "--", "-p", "more"]);
  assert.equal(stage.accounts.at(-1), "a");
  assert.ok(stage.plans.at(-1)?.args.includes(listed[0]?.id ?? ""));
  await stage.command(["resume", "--last", "--account", "b", "--", "-p", "more"]);
  assert.equal(stage.accounts.at(-1), "b");
});

Deno.test("resume --across-groups needs an account, before it lists anything", async () => {
  const { stage } = await stageHere();
  const ended = await stage.command(["resume", "--across-groups"]);
  assert.equal(ended.code, 2);
  assert.match(ended.stderr, /"--across-groups" needs "--account"/);
});

Deno.test("resume --last passes over what -p began, if there is anything else", async () => {
  const { stage, listed } = await stageHere();
  const printed = "33333333-2222-4333-8444-777777777777";
  const put = () => {
    stage.context.clock.advance(60_000);
    const line = { type: "user", cwd: "/home/ann/project", entrypoint: "sdk-cli" };
    stage.context.files.put(
      `${PROJECTS}/-home-ann-project/${printed}.jsonl`,
      `${JSON.stringify({ ...line, message: { content: "nightly" } })}\n`,
    );
  };
  put();
  await stage.command(["resume", "--last", "--", "-p", "more"]);
  assert.ok(stage.plans.at(-1)?.args.includes(listed[0]?.id ?? ""));
  for (const { path } of listed) stage.context.files.remove(path);
  await stage.command(["resume", "--last", "--", "-p", "more"]);
  assert.ok(stage.plans.at(-1)?.args.includes(printed));
});

Deno.test("resume shows no control character of a title or folder", async () => {
  const { stage } = await stageHere();
  const { files } = stage.context;
  const line = {
    type: "user",
    cwd: "/x\u001b[2J\u202e",
    message: { role: "user", content: "t\u001b]0;title\u0007" },
  };
  const folder = "/home/ann/.claude/projects/-x";
  files.put(`${folder}/00000000-0000-4000-8000-000000000001.jsonl`, `${JSON.stringify(line)}\n`);
  files.makeLink("/home/ann/.claude/projects/loop", "loop");
  const ended = await stage.command(["resume"]);
  assert.equal(ended.code, 0, ended.stderr);
  // The real terminal does this to all that it shows.
  // deno-lint-ignore no-control-regex
  assert.doesNotMatch(harmless(ended.stdout), /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e]/);
});

Deno.test("resume: an unknown or ambiguous id is refused", async () => {
  const { stage } = await stageHere();
  const unknown = await stage.command(["resume", "ffffffff-none"]);
  assert.equal(unknown.code, 2);
  assert.match(unknown.stderr, /no conversation is about "ffffffff-none"/);
  const ambiguous = await stage.command(["resume", "00000000"]);
  assert.equal(ambiguous.code, 2);
  assert.match(ambiguous.stderr, /"00000000" matches several conversations/);
});

/** {@link stageHere} in a terminal, where these answers are given. */
async function asked(...answers: string[]) {
  const staged = await stageHere();
  const { terminal } = staged.stage.context;
  Object.defineProperty(terminal, "interactive", { value: true });
  terminal.answers.push(...answers);
  return staged;
}

Deno.test("resume in a terminal: Enter continues none, and after a wrong number it asks again", async () => {
  const { stage } = await asked("", "3", "2");
  assert.equal((await stage.command(["resume"])).code, 130);
  assert.equal(stage.plans.length, 2);
  const { stderr } = await stage.command(["resume"]);
  assert.match(stderr, /3 is not in the list: type a number from 1 to 2\nWhich one\?/);
  assert.doesNotMatch(stderr, /\[1/, "what Enter means is said in words");
  assert.equal(stage.accounts.at(-1), "a");
});

Deno.test("resume takes q for none, not for a word to search for", async () => {
  const { stage } = await asked("q");
  const { stderr } = await stage.command(["resume"]);
  assert.doesNotMatch(stderr, /no conversation is about/);
});

Deno.test("resume goes by the configuration as it is after the answer", async () => {
  const { stage } = await stageHere();
  const { terminal } = stage.context;
  Object.defineProperty(terminal, "interactive", { value: true });
  const accounts = [{ name: "a", group: "office" }, { name: "b", group: "home" }];
  stage.configure({ accounts, pins: [{ path: "/home/ann/project", account: "a" }] });
  terminal.answers.push(() => {
    stage.configure({ accounts });
    return "about pears";
  }, "1");
  const { code, stdout, stderr } = await stage.command(["resume"]);
  assert.equal(code, 0, stderr);
  assert.equal(stage.accounts.at(-1), "b");
  assert.equal(
    stdout.match(/folder pinned to a/g)?.length,
    1,
    "the second list is without the pin",
  );
});

Deno.test("resume takes a word to search for, at the question and on the command line", async () => {
  const { stage, listed } = await asked("plums", "APPLE", "1");
  const { stdout, stderr } = await stage.command(["resume"]);
  assert.match(stderr, /no conversation is about "plums"/);
  assert.match(stdout, /\n1 +about apples [^\n]*\n$|\n1 +about apples[^\n]*\n.*\n?$/);
  assert.ok(stage.plans.at(-1)?.args.includes(listed[1]?.id ?? "?"));
  await stage.command(["resume", "pear"]);
  assert.ok(stage.plans.at(-1)?.args.includes(listed[0]?.id ?? "?"));
  await stage.command(["resume", "about", "apples"]);
  assert.ok(stage.plans.at(-1)?.args.includes(listed[1]?.id ?? "?"));
  await stage.command(["resume", "project", "pears"]);
  assert.ok(stage.plans.at(-1)?.args.includes(listed[0]?.id ?? "?"), "each word anywhere");
});

Deno.test("resume finds a conversation by its first prompt, though its title is a later one", async () => {
  const stage = new Stage({
    interactive: false,
    clients: [async (client) => {
      for (const content of ["hello three", "now write the parser of dates"]) {
        client.write({ type: "user", message: { content }, cwd: "/home/ann/project" });
      }
      await client.starts();
    }],
  });
  await stage.run(["--", "-p", "x"]);
  const { stdout } = await stage.command(["resume", "three", "--json"]);
  const { conversations } = JSON.parse(stdout) as Listed;
  assert.deepEqual(conversations.map(({ title }) => title), ["now write the parser of dates"]);
});

Deno.test("a search that leaves one conversation: Enter continues it, and the question says so", async () => {
  const { stage, listed } = await asked("APPLE", "", "APPLE", "n");
  const { stderr } = await stage.command(["resume"]);
  assert.match(stderr, /Just Enter to continue this one, n for none, or another word/);
  assert.ok(stage.plans.at(-1)?.args.includes(listed[1]?.id ?? "?"));
  const launches = stage.plans.length;
  assert.equal((await stage.command(["resume"])).code, 130);
  assert.equal(stage.plans.length, launches, "none was wanted");
});

Deno.test("resume marks what is open elsewhere, where and for how long, and asks for another one", async () => {
  const { stage, listed } = await asked("1", "2");
  const { files, layout, clock, processes } = stage.context;
  processes.alive.set(77, { start: "770" });
  files.put(
    `${layout.accounts}/b/sessions/77.json`,
    JSON.stringify({
      pid: 77,
      procStart: "770",
      sessionId: listed[0]?.id,
      startedAt: clock.nowMs() - 2 * 3_600_000,
    }),
  );
  const { stdout, stderr } = await stage.command(["resume"]);
  assert.match(stdout, /about pears .* open on b for 2h /);
  stage.context.terminal.stdout = "";
  const json = JSON.parse((await stage.command(["resume", "--json"])).stdout);
  assert.deepEqual(
    json.conversations.map(({ open }: { open: { account: string } | null }) => open?.account),
    ["b", undefined],
  );
  assert.match(stderr, /that one is open on b for 2h: leave claude there first\nWhich one\?/);
  assert.equal(stage.accounts.at(-1), "a");
  const last = await stage.command(["resume", "--last", "--account", "b"]);
  const refused = last.code === 5 ? last : await stage.command(["resume", listed[0]?.id ?? ""]);
  assert.equal(refused.code, 5);
  assert.match(
    refused.stderr,
    /it is open on b for 2h\w*, in process 77; leave claude there first/,
  );
  assert.doesNotMatch(refused.stderr, /kill/);
  const named = await stage.command(["resume", listed[0]?.id ?? "", "--account", "a"]);
  assert.ok(named.stderr.includes(`${listed[0]?.id} --account a -- --fork-session`), named.stderr);
  const copy = await stage.command(["resume", listed[0]?.id ?? "", "--", "--fork-session"]);
  assert.equal(copy.code, 0, copy.stderr);
  assert.ok(stage.plans.at(-1)?.args.includes("--fork-session"));
});

Deno.test("resume: a conversation that is still open is refused with its process", async () => {
  const { home, claude } = await stage();
  await using _home = home;
  claude.order({ sleepMs: 60_000 });
  const open = startMulti(["run", "--", "-p", "a long one"], { home });
  await waitUntil("the client runs", { holds: () => claude.launches().length === 3 });
  await new Promise((resolve) => setTimeout(resolve, 500));
  const pid = claude.launches().at(-1)?.pid;
  const result = await runMulti(["resume", "--last"], { home });
  open.kill("SIGTERM");
  await open.ended;
  assert.equal(result.code, 5, result.stderr);
  assert.match(
    result.stderr,
    new RegExp(
      `, in process ${pid}; leave claude there first, or continue a copy of it\ntry: claude-multi resume `,
    ),
  );
});

Deno.test({
  name: "resume in a terminal asks, and a number continues",
  ...needs("tmux"),
  async fn() {
    const { home, claude } = await stage();
    await using _home = home;
    const command = [binary("claude-multi"), "resume", "--", "-p", "more"];
    await using pty = await Pty.start(command, { env: home.env(), cwd: home.path });
    await pty.waitFor(/about pears[^]*about apples[^]*Which one\?/);
    await pty.enter("2");
    assert.equal(await pty.ended(), 0);
    assert.equal(claude.launches().at(-1)?.login, "a");
  },
});

Deno.test("resume: with every account limited the hint waits with the conversation, and works", async () => {
  const { home, claude, listed } = await stage();
  await using _home = home;
  for (const name of ["a", "b"]) await runMulti(["limit", name, "--until", "4s"], { home });
  const id = listed[0]?.id ?? "";
  const refused = await runMulti(["resume", "--last", "--", "-p", "more"], {
    home,
    cwd: home.path,
  });
  assert.equal(refused.code, 3);
  const [, line = ""] = refused.stderr.match(/^try: (.*)$/m) ?? [];
  assert.equal(line, `cd ${home.project} && claude-multi run --wait -- --resume ${id} -p more`);
  const env = home.env({ PATH: `${binary("claude-multi").replace(/\/[^/]+$/, "")}:/usr/bin:/bin` });
  env["CLAUDE_MULTI_CLAUDE"] = claude.path;
  const waited = await startProgram("/bin/sh", ["-c", line], { home, onlyEnv: env }).ended;
  assert.equal(waited.code, 0, waited.stderr);
  assert.ok(claude.launches().at(-1)?.argv.includes(id));
  assert.equal(claude.launches().at(-1)?.cwd, home.project);
});

Deno.test("resume: pipes among the files of claude are passed over", async () => {
  const { home, claude } = await stage();
  await using _home = home;
  const pipes = [
    `${home.path}/.claude/projects/-x/00000000-0000-4000-8000-000000000001.jsonl`,
    `${home.accountDir("a")}/sessions/1.json`,
    `${home.accountDir("b")}/daemon.status.json`,
    `${home.path}/.claude.json`,
  ];
  await Deno.mkdir(`${home.path}/.claude/projects/-x`);
  await Deno.mkdir(`${home.accountDir("a")}/sessions`, { recursive: true });
  for (const pipe of pipes) {
    await Deno.remove(pipe).catch(() => {});
    assert.ok((await new Deno.Command("mkfifo", { args: [pipe] }).output()).success);
  }
  const list = await runMulti(["resume", "--json"], { home, timeoutMs: 15_000 });
  assert.equal((JSON.parse(list.stdout) as Listed).conversations.length, 2);
  const last = await runMulti(["resume", "--last", "--", "-p", "more"], {
    home,
    timeoutMs: 15_000,
  });
  assert.equal(last.code, 0, last.stderr);
  assert.equal(claude.launches().length, 3);
});
