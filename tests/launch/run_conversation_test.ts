// Tests of hand-offs in this process: what the user sees, where the client runs, what is recorded.
import assert from "node:assert/strict";
import { renameAccount } from "../../lib/accounts/entry_changes.ts";
import { identityKey } from "../../lib/config/account.ts";
import { credentialsOf, fakeIdentity } from "../helpers/identity.ts";
import type { Script } from "./stage.ts";
import { answers, FakeClient, hitsLimit, HOUR_MS, MINUTE_MS, PROJECTS, Stage } from "./stage.ts";

const THREE = [{ name: "a" }, { name: "b" }, { name: "c" }];

/** A client that waits at its limit until it is ended. */
const waitsAtLimit: Script = async (client) => {
  await client.starts();
  await client.hitsLimit();
  await client.sits(10 * HOUR_MS);
};

/** The launcher and its client were killed at the limit, a minute ago. */
async function interrupted(options: ConstructorParameters<typeof Stage>[0] = {}): Promise<Stage> {
  const stage = new Stage({ ...options, clients: [hitsLimit, ...options.clients ?? []] });
  const { processes } = stage.context;
  const launch = processes.launch.bind(processes);
  processes.launch = (plan, how) => ({ ...launch(plan, how), ended: new Promise(() => {}) });
  void stage.run();
  await stage.context.clock.sleep(2 * MINUTE_MS);
  processes.launch = launch;
  return stage;
}

Deno.test("ask: Enter continues the same conversation on the other account", async () => {
  const stage = new Stage({ clients: [hitsLimit, answers] });
  stage.context.terminal.answers.push("");
  const ended = await stage.run(["--", "--verbose", "the first prompt"]);
  assert.equal(ended.code, 0);
  assert.match(
    ended.stderr,
    /^\n"a" is limited until \S+, in 1h59m\.\nAfter a move, claude has to read [^\n]*\n/,
  );
  assert.match(
    ended.stderr,
    /Continue this conversation on "b" \(20 % of 5h used\)\? \[Y\/n, s = yes, and send it again\] continuing on "b" instead of "a"\n$/,
  );
  assert.deepEqual(stage.accounts, ["a", "b"]);
  const [first, second] = stage.plans;
  assert.equal(second?.cwd, first?.cwd);
  const [newest, oldest] = stage.ledger.recentSessions(9);
  const id = oldest?.clientSessionId ?? "";
  assert.deepEqual(second?.args.slice(2), ["--resume", id, "--verbose"], "no prompt is sent twice");
  assert.deepEqual(
    [newest?.account, newest?.handedFrom, newest?.clientSessionId, newest?.endedHow],
    ["b", oldest?.id, id, "exit"],
  );
  assert.equal(stage.ledger.limitMetBy(newest?.id ?? 0, stage.context.clock.nowMs()), null);
});

/** A client that hits a limit of one model and exits. */
const hitsModelLimit = (type: string): Script => async (client) => {
  await client.starts();
  await client.hitsLimit({ type, model: "claude-opus-5-5" });
  await client.sits(MINUTE_MS);
  return client.leaves();
};

/** A client whose first prompt is refused by a limit of its model, before any reply. */
const hitsModelLimitAtOnce: Script = async (client) => {
  await client.starts();
  await client.hitsLimit({ type: "seven_day_opus" });
  await client.sits(MINUTE_MS);
  return client.leaves();
};

Deno.test("at the limit of a model, the same account is offered with another model", async () => {
  const stage = new Stage({ clients: [hitsModelLimit("seven_day_opus"), answers] });
  stage.context.terminal.answers.push("m");
  const ended = await stage.run(["--", "--model=opus", "--verbose"]);
  assert.equal(ended.code, 0);
  assert.match(ended.stderr, /^\n"a" is limited for opus until \S+, in 1h59m\.\n/);
  assert.match(ended.stderr, /Type m to stay on "a" with sonnet, or ms to send it again there\.\n/);
  assert.match(
    ended.stderr,
    /on "b" \(20 % of 5h used\)\? \[Y\/n\/m, s = yes, and send it again\] continuing on "a" with sonnet\n$/,
  );
  assert.deepEqual(stage.accounts, ["a", "a"]);
  const [newest, oldest] = stage.ledger.recentSessions(9);
  assert.equal(newest?.handedFrom, oldest?.id);
  const words = ["--model", "sonnet", "--resume", oldest?.clientSessionId, "--verbose"];
  assert.deepEqual(stage.plans[1]?.args.slice(2), words);
});

Deno.test("at the limit of a model, a model that is limited as well isn't offered", async () => {
  const stage = new Stage({ clients: [hitsModelLimit("seven_day_opus"), answers] });
  const nowMs = stage.context.clock.nowMs();
  stage.ledger.addLimit({
    account: "a",
    window: "seven_day_sonnet",
    model: "sonnet",
    untilMs: nowMs + 9 * HOUR_MS,
    kind: "limit",
    recordedAtMs: nowMs,
    session: null,
  });
  stage.context.terminal.answers.push("m");
  await stage.run(["--", "--model=opus"]);
  assert.deepEqual(stage.plans[1]?.args.slice(2, 4), ["--model", "haiku"]);
});

Deno.test("at the limit of a model, ms sends the refused prompt again with another model", async () => {
  const stage = new Stage({ clients: [hitsModelLimitAtOnce, answers] });
  stage.context.terminal.answers.push("ms");
  await stage.run(["--", "--model=opus"]);
  assert.deepEqual(stage.accounts, ["a", "a"]);
  assert.deepEqual(stage.plans[1]?.args.slice(2, 4), ["--model", "sonnet"]);
  assert.deepEqual(stage.plans[1]?.args.slice(-2), ["--", "hello"]);
});

Deno.test("at the limit of a model, Enter goes to another account with the same model", async () => {
  const stage = new Stage({ clients: [hitsModelLimit("seven_day_opus"), answers] });
  stage.context.terminal.answers.push("");
  await stage.run(["--", "--model", "opus"]);
  assert.deepEqual(stage.accounts, ["a", "b"]);
  assert.deepEqual(stage.plans[1]?.args.slice(4), ["--model", "opus"]);
});

Deno.test("at the limit of a model, one account is enough to go on, with the model of the settings", async () => {
  const stage = new Stage({
    accounts: [{ name: "a" }],
    files: { "/home/ann/.claude/settings.json": JSON.stringify({ model: "haiku" }) },
    clients: [hitsModelLimit("overage"), answers],
  });
  stage.context.terminal.answers.push("");
  const ended = await stage.run(["--", "--model", "opus"]);
  assert.match(ended.stderr, /^\n"a" is limited for opus \(overage\) until /);
  assert.match(ended.stderr, /Continue this conversation on "a" with haiku .*\? \[Y\/n, s = /);
  assert.deepEqual(stage.plans[1]?.args.slice(2, 4), ["--model", "haiku"]);
});

Deno.test("auto: at the limit of a model it moves to another account, and never changes the model", async () => {
  const script = hitsModelLimit("seven_day_opus");
  const stage = new Stage({ settings: { handoff: "auto" }, clients: [script, answers] });
  await stage.run(["--", "--model", "opus"]);
  assert.deepEqual(stage.accounts, ["a", "b"]);
  const alone = new Stage({
    accounts: [{ name: "a" }],
    settings: { handoff: "auto" },
    clients: [script, answers],
  });
  await alone.run(["--", "--model", "opus"]);
  assert.deepEqual(alone.accounts, ["a"]);
});

for (const answer of ["n", "no", null]) {
  Deno.test(`ask: ${answer ?? "the end of input"} ends as claude ended`, async () => {
    const stage = new Stage({
      clients: [async (client) => {
        await hitsLimit(client);
        return client.leaves(7);
      }],
    });
    stage.context.terminal.answers.push(answer);
    const ended = await stage.run();
    assert.equal(ended.code, 7);
    assert.match(
      ended.stderr,
      answer === null
        ? /\[Y\/n[^\]]*\] \nto continue it later: .*\n$/
        : /\[Y\/n[^\]]*\] to continue it later: .*\n$/,
    );
    assert.deepEqual(stage.accounts, ["a"]);
  });
}

for (const [answer, accounts] of [["", ["a"]], ["n", ["a"]], ["y", ["a", "b"]]] as const) {
  Deno.test(`a reset in a few minutes: ${JSON.stringify(answer)} launches ${accounts}`, async () => {
    const soon: Script = async (client) => {
      await client.starts();
      await client.hitsLimit({ inMs: 5 * MINUTE_MS });
      await client.sits(1);
      return client.leaves();
    };
    const stage = new Stage({ clients: [soon, answers] });
    stage.context.terminal.answers.push(answer);
    const ended = await stage.run();
    assert.equal(ended.code, 0);
    assert.match(
      ended.stderr,
      /in 5m\.\nWaiting is cheaper: after a move, claude has to read the whole conversation again\.\n/,
    );
    assert.match(ended.stderr, /\[y\/N\b/);
    assert.deepEqual(stage.accounts, accounts);
  });
}

Deno.test("a limit that no hook reported is found in the transcript when the client ends", async () => {
  const silent: Script = async (client) => {
    await client.starts();
    await client.hitsLimit({ hook: false });
    await client.sits(1);
    return client.leaves();
  };
  const stage = new Stage({ clients: [silent, answers] });
  stage.context.terminal.answers.push("");
  assert.equal((await stage.run()).code, 0);
  assert.deepEqual(stage.accounts, ["a", "b"]);
});

Deno.test("a refusal without a limit is an overloaded server, and nothing is offered", async () => {
  const overloaded: Script = async (client) => {
    await client.starts();
    await client.hook("StopFailure", { error: "rate_limit" });
    return client.leaves();
  };
  const stage = new Stage({ clients: [overloaded] });
  assert.deepEqual(await stage.run(), { code: 0, error: null, stdout: "", stderr: "" });
  const nowMs = stage.context.clock.nowMs();
  assert.equal(stage.ledger.limitMetBy(1, nowMs)?.kind, "cooldown");
});

Deno.test("a limit of days ago, in the transcript that is resumed, is not this session's", async () => {
  const stage = new Stage({ clients: [hitsLimit, answers], settings: { handoff: "auto" } });
  stage.context.terminal.answers.push("");
  await stage.run();
  assert.deepEqual(stage.accounts, ["a", "b"], "b ends behind the refusal of a");
});

Deno.test('"off" never asks, even if it was set while claude ran', async () => {
  for (const settings of [{ handoff: "off" }, {}]) {
    const stage = new Stage({
      settings,
      clients: [async (client) => {
        await hitsLimit(client);
        client.stage.configure({ accounts: [{ name: "a" }, { name: "b" }], handoff: "off" });
      }],
    });
    assert.deepEqual(await stage.run(), { code: 0, error: null, stdout: "", stderr: "" });
  }
});

Deno.test("without a terminal nothing is asked, and no client is ended", async () => {
  for (const handoff of ["ask", "auto"]) {
    const stage = new Stage({ interactive: false, settings: { handoff }, clients: [hitsLimit] });
    assert.deepEqual(await stage.run(), { code: 0, error: null, stdout: "", stderr: "" });
  }
});

Deno.test("if the answer is no, the signal that ended claude ends the launcher", async () => {
  const stage = new Stage({
    clients: [async (client) => {
      await client.starts();
      await client.hitsLimit();
      return { code: 137, signal: "SIGKILL" };
    }],
  });
  stage.context.terminal.answers.push("n");
  assert.equal((await stage.run()).code, 137);
  assert.deepEqual(stage.context.processes.deaths, ["SIGKILL"]);
  assert.equal(stage.ledger.session(1)?.endedHow, "signal");
});

Deno.test("an unknown answer to the offer is asked again, and a no is told how to continue", async () => {
  const stage = new Stage({ clients: [hitsLimit] });
  stage.context.terminal.answers.push("maybe", "yess", "n");
  const { stderr } = await stage.run();
  const id = stage.ledger.session(1)?.clientSessionId;
  assert.deepEqual(stage.accounts, ["a"]);
  const question = 'Continue this conversation on "b" \\(20 % of 5h used\\)\\? \\[Y/n[^\\]]*\\] ';
  const told = "  type y, n or s, or just Enter\n";
  assert.match(
    stderr,
    new RegExp(
      `(${question}${told}){2}${question}to continue it later: claude-multi resume ${id}\n$`,
    ),
  );
  assert.equal(stderr.match(/"a" is limited/g)?.length, 1);
  const yes = new Stage({ clients: [hitsLimit, answers] });
  yes.context.terminal.answers.push("maybe", "y");
  await yes.run();
  assert.deepEqual(yes.accounts, ["a", "b"]);
});

const OFFICE = [{ name: "a", group: "office" }, { name: "b" }];
const IN_OFFICE =
  /^claude-multi: this conversation belongs to the group "office", and "a" is limited until 14:00 \(in (2h|1h59m)\)$/m;

Deno.test("a conversation never leaves its group, even if that was set while claude ran", async () => {
  for (const accounts of [OFFICE, [{ name: "a" }, { name: "b" }]]) {
    const stage = new Stage({
      accounts,
      clients: [async (client) => {
        await hitsLimit(client);
        client.stage.configure({ accounts: OFFICE });
      }],
    });
    const ended = await stage.run();
    assert.equal(ended.code, 3);
    assert.match(ended.stderr, IN_OFFICE);
    assert.deepEqual(stage.accounts, ["a"]);
  }
});

Deno.test("a limit in a group of one account shows the reset and how to wait, and --wait waits", async () => {
  for (const handoff of ["ask", "auto"]) {
    const stage = new Stage({ accounts: OFFICE, settings: { handoff }, clients: [hitsLimit] });
    const { code, stderr } = await stage.run();
    assert.equal(code, 3);
    assert.match(stderr, /^a .*limited until[^]*opens first, in (2h|1h59m)/m);
    assert.match(stderr, IN_OFFICE);
    const id = stage.ledger.session(1)?.clientSessionId;
    const sends = handoff === "auto" ? " -- hello" : "";
    assert.match(
      stderr,
      new RegExp(`^try: claude-multi run --wait -- --resume ${id}${sends}$`, "m"),
    );
    const waits = new Stage({
      accounts: OFFICE,
      settings: { handoff },
      clients: [hitsLimit, answers],
    });
    waits.context.terminal.answers.push("");
    const { stderr: said } = await waits.run(["--wait"]);
    assert.deepEqual(waits.accounts, ["a", "a"], handoff);
    assert.equal(/Wait until \d\d:\d\d, and then continue.*\? \[Y/.test(said), handoff === "ask");
    assert.doesNotMatch(said, /After a move|Continue this conversation on/);
    const resume = `claude-multi resume ${waits.ledger.session(1)?.clientSessionId}`;
    assert.ok(said.includes(`after Ctrl-C, this continues it later: ${resume}\n`), said);
  }
});

Deno.test("auto: a prompt that can't be pasted is left out of the line that waits", async () => {
  for (const prompt of ["two\nlines", "x".repeat(300)]) {
    const refused: Script = async (client) => {
      await client.hook("SessionStart", {});
      client.write({ type: "user", message: { content: prompt }, cwd: client.run.plan.cwd });
      await client.hitsLimit();
      await client.sits(MINUTE_MS);
      return client.leaves();
    };
    const settings = { handoff: "auto" };
    const stage = new Stage({ settings, clients: [refused] });
    stage.limit("b");
    const { stderr } = await stage.run(["--", "--verbose"]);
    assert.match(stderr, /^try: claude-multi run --wait -- --resume \S+ --verbose$/m);
  }
});

Deno.test("--wait asks whether to wait, yes even if the reset is near, and names the account that opens first", async () => {
  const near: Script = async (client) => {
    await client.starts();
    await client.hitsLimit({ inMs: 5 * MINUTE_MS });
    await client.sits(MINUTE_MS);
    return client.leaves();
  };
  const same = /Wait until 12:05, and then continue this conversation\? \[Y\/n/;
  const other =
    /After a move, .*\nWait for "b", open from 14:00, in 1h59m, and continue this conversation there\? \[Y\/n/;
  const later: Script = async (client) => {
    await client.starts();
    await client.hitsLimit({ inMs: 180 * MINUTE_MS });
    await client.sits(MINUTE_MS);
    return client.leaves();
  };
  for (const [client, said, then] of [[near, same, "a"], [later, other, "b"]] as const) {
    const stage = new Stage({ used: { b: 100 }, clients: [client, answers] });
    stage.context.terminal.answers.push("");
    assert.match((await stage.run(["--wait"])).stderr, said);
    assert.deepEqual(stage.accounts, ["a", then]);
  }
});

Deno.test("a limit in a folder that is pinned to another group shows the reset and how to go on, and exits with 3", async () => {
  const accounts = [
    { name: "a", group: "home" },
    { name: "b", group: "work" },
    { name: "c", group: "home" },
  ];
  const settings = { pins: [{ path: "/home/ann/project", group: "work" }] };
  for (const isFull of [true, false]) {
    for (const handoff of ["ask", "auto"]) {
      const stage = new Stage({
        accounts,
        settings: { ...settings, handoff },
        clients: [hitsLimit, answers],
      });
      if (isFull) stage.limit("c");
      const { code, stderr } = await stage.run(["--account", "a"]);
      assert.equal(code, 3, stderr);
      assert.match(stderr, /pinned to the group "work".*, and "a" is limited until 14:00 \(in /);
      const id = stage.ledger.session(1)?.clientSessionId;
      const line = isFull
        ? `claude-multi run --wait --account a -- --resume ${id}`
        : `claude-multi resume ${id} --account c`;
      assert.ok(stderr.endsWith(`try: ${line}\n`), stderr);
      if (!isFull) continue;
      const waited = await stage.run(["--wait", "--account", "a", "--", "--resume", String(id)]);
      assert.equal(waited.code, 0, waited.stderr);
      assert.deepEqual(stage.accounts, ["a", "a"]);
    }
  }
});

Deno.test("with one account nothing is said; if no other one is logged in, that is said", async () => {
  const alone = new Stage({ accounts: [{ name: "a" }], clients: [hitsLimit] });
  assert.deepEqual(await alone.run(), { code: 0, error: null, stdout: "", stderr: "" });
  const waits = new Stage({
    accounts: [{ name: "a" }],
    settings: { handoff: "auto" },
    clients: [hitsLimit, answers],
  });
  await waits.run(["--wait"]);
  assert.deepEqual(waits.accounts, ["a", "a"]);
  const stage = new Stage({
    accounts: [{ name: "a" }, { name: "b", disabled: true }],
    clients: [hitsLimit],
  });
  const { code, stderr } = await stage.run();
  assert.equal(code, 3);
  assert.match(stderr, /no other account is logged in and enabled, and "a" is limited until/);
});

Deno.test("at a limit of an account that was disabled meanwhile, and that its folder is pinned to, a line says what continues it", async () => {
  const stage = new Stage({
    clients: [async (client) => {
      await hitsLimit(client);
      client.stage.configure({
        accounts: [{ name: "a", disabled: true }, { name: "b" }],
        pins: [{ path: "/home/ann/project", account: "a" }],
      });
    }],
  });
  const { stderr } = await stage.run();
  const id = stage.ledger.session(1)?.clientSessionId;
  assert.ok(
    stderr.endsWith(
      `is pinned to the account "a"; to continue it later: claude-multi resume ${id}\n`,
    ),
    stderr,
  );
});

for (const handoff of ["ask", "auto"]) {
  Deno.test(`${handoff}: every account limited shows the resets and exits with 3`, async () => {
    const stage = new Stage({
      settings: { handoff },
      clients: [async (client) => {
        client.stage.limit("b");
        return await hitsLimit(client);
      }],
    });
    const ended = await stage.run(["--", "--verbose"]);
    assert.equal(ended.code, 3);
    assert.match(ended.stderr, /^a .*limited until[^]*^b .*limited until/m);
    assert.match(ended.stderr, /^claude-multi: every account is limited$/m);
    const id = stage.ledger.session(1)?.clientSessionId;
    const sends = handoff === "auto" ? " -- hello" : "";
    assert.match(
      ended.stderr,
      new RegExp(`^try: claude-multi run --wait -- --resume ${id} --verbose${sends}$`, "m"),
    );
    assert.deepEqual(stage.accounts, ["a"]);
  });
}

Deno.test("auto: the idle client is ended, through a chain of accounts and never in a circle", async () => {
  const stage = new Stage({
    accounts: THREE,
    settings: { handoff: "auto" },
    clients: [waitsAtLimit, waitsAtLimit, async (client) => {
      client.stage.ledger.clearLimits("a", client.stage.context.clock.nowMs());
      await client.starts();
      await client.hitsLimit();
      await client.sits(MINUTE_MS);
      return client.leaves();
    }],
  });
  const ended = await stage.run();
  assert.deepEqual(stage.accounts, ["a", "b", "c"]);
  assert.match(
    ended.stderr,
    /^continuing on "b" instead of "a"\ncontinuing on "c" instead of "b"\n/,
  );
  const rows = stage.ledger.recentSessions(9);
  assert.deepEqual(rows.map((row) => row.handedFrom), [2, 1, null]);
  assert.deepEqual(rows.map((row) => row.exitCode), [0, 143, 143]);
  assert.equal(new Set(rows.map((row) => row.clientSessionId)).size, 1);
  assert.match(ended.stderr, /every account is limited/, "a is open again, and was left already");
});

Deno.test("auto: a refusal that no hook could record is found while the client waits", async () => {
  const stage = new Stage({
    settings: { handoff: "auto" },
    clients: [async (client) => {
      await client.starts();
      await client.hitsLimit({ hook: false });
      await client.sits(10 * HOUR_MS);
    }, answers],
  });
  assert.equal((await stage.run()).stderr, 'continuing on "b" instead of "a"\n');
});

Deno.test("auto: a client is ended once another account opens", async () => {
  const stage = new Stage({
    settings: { handoff: "auto" },
    clients: [async (client) => {
      client.stage.limit("b", 30 * MINUTE_MS);
      await waitsAtLimit(client);
    }, answers],
  });
  const startMs = stage.context.clock.nowMs();
  const ended = await stage.run();
  assert.equal(ended.stderr, 'continuing on "b" instead of "a"\n');
  const second = stage.ledger.session(2)?.startedAtMs ?? 0;
  assert.ok(second >= startMs + 30 * MINUTE_MS && second < startMs + 31 * MINUTE_MS);
});

/** What keeps an automatic launch from ending its client. */
const KEPT: ReadonlyArray<readonly [name: string, then: Script]> = [
  ["is busy again", (client) => client.record("busy")],
  ["is left at once", () => {}],
  ["has a background task that only its hook counts", async (client) => {
    await client.hook("Stop", { background_tasks: [{ id: "t", status: "running" }] });
  }],
  ["is typed into", async (client) => {
    const { clock, terminal } = client.stage.context;
    for (let second = 0; second < 3600; second++) {
      terminal.typed = clock.nowMs();
      await client.sits(1000);
    }
  }],
  ["has a conversation that is open elsewhere, too", (client) => {
    const { files, layout, processes } = client.stage.context;
    processes.alive.set(4321, { start: null });
    const record = { pid: 4321, sessionId: client.id };
    files.put(`${layout.accounts}/b/sessions/4321.json`, JSON.stringify(record));
  }],
  ["is set to ask meanwhile", (client) => {
    client.stage.configure({ accounts: [{ name: "a" }, { name: "b" }], handoff: "ask" });
  }],
];
for (const [name, then] of KEPT) {
  Deno.test(`auto: a client that ${name} is not ended`, async () => {
    const stage = new Stage({
      settings: { handoff: "auto" },
      clients: [async (client) => {
        await client.starts();
        await client.hitsLimit();
        await then(client);
        await client.sits(/^is (left at once|typed into)$/.test(name) ? 0 : HOUR_MS);
        return client.leaves(7);
      }],
    });
    stage.context.terminal.answers.push("n");
    await stage.run();
    assert.equal(stage.ledger.session(1)?.exitCode, 7);
  });
}

Deno.test("auto: who has paused for half a minute at the limit has left", async () => {
  const stage = new Stage({
    settings: { handoff: "auto" },
    clients: [async (client) => {
      await client.starts();
      await client.hitsLimit();
      const { clock, terminal } = client.stage.context;
      for (let second = 0; second < 60; second++) {
        terminal.typed = clock.nowMs();
        await client.sits(1000);
      }
      await client.sits(10 * HOUR_MS);
    }, answers],
  });
  await stage.run();
  assert.deepEqual(stage.accounts, ["a", "b"]);
  const { startedAtMs = 0, endedAtMs } = stage.ledger.session(1) ?? {};
  const lastedMs = (endedAtMs ?? 0) - startedAtMs;
  assert.ok(lastedMs >= 89_000 && lastedMs < 100_000, `${lastedMs}`);
});

Deno.test("at a limit of somebody else, who logged in since, that is said, and their account isn't offered", async () => {
  const accounts = ["a", "b", "c"].map((name) => ({ name, identity: fakeIdentity(name) }));
  const stage = new Stage({
    accounts,
    clients: [async (client) => {
      const { context } = client.stage;
      await client.starts();
      const config = { oauthAccount: fakeIdentity("b") };
      context.files.put(`${context.layout.accounts}/a/.claude.json`, JSON.stringify(config));
      context.claudeHome.forget();
      await client.hitsLimit();
      await client.sits(MINUTE_MS);
      return client.leaves();
    }, answers],
  });
  stage.context.terminal.answers.push("");
  const { stderr } = await stage.run(["--account", "a"]);
  assert.match(stderr, /^\n"a", logged in as .* of "b org", is limited until/);
  assert.deepEqual(stage.accounts, ["a", "c"]);
});

Deno.test("auto: background tasks that have ended, by the client's own record, don't stop the move", async () => {
  const stage = new Stage({
    settings: { handoff: "auto" },
    clients: [async (client) => {
      await client.starts();
      client.record("shell");
      await client.hook("Stop", { background_tasks: [{ id: "t", status: "running" }] });
      await client.sits(5 * MINUTE_MS);
      await client.hitsLimit();
      await client.sits(10 * HOUR_MS);
    }, answers],
  });
  assert.equal((await stage.run()).stderr, 'continuing on "b" instead of "a"\n');
});

Deno.test("with handoffTitle the title names the offer while the client waits, and is cleared", async () => {
  const stage = new Stage({ settings: { handoffTitle: true }, clients: [hitsLimit] });
  stage.context.terminal.answers.push("n");
  await stage.run();
  assert.deepEqual(stage.context.terminal.titles, ["a is limited → b (20 % of 5h used)", ""]);
  const alone = new Stage({
    accounts: [{ name: "a" }],
    settings: { handoffTitle: true },
    clients: [hitsLimit],
  });
  await alone.run();
  assert.match(alone.context.terminal.titles[0] ?? "", /^a is limited until \d/);
  const unwanted = new Stage({ clients: [hitsLimit] });
  await unwanted.run();
  assert.deepEqual(unwanted.context.terminal.titles, []);
});

/** What happens to the account offered while the question stands. */
const MEANWHILE: Readonly<Record<string, (stage: Stage) => void>> = {
  "is limited": (stage) => stage.limit("b"),
  "is disabled": (stage) => {
    stage.configure({ accounts: [{ name: "a" }, { name: "b", disabled: true }, { name: "c" }] });
  },
  "is logged out": ({ context: { files, layout } }) =>
    files.remove(`${layout.accounts}/b/.credentials.json`),
  "gets another login": ({ context: { files, layout, clock } }) => {
    const mallory = credentialsOf(fakeIdentity("mallory"), {
      expiresAtMs: clock.nowMs() + HOUR_MS,
    });
    const path = `${layout.accounts}/b/.claude.json`;
    files.put(`${layout.accounts}/b/.credentials.json`, JSON.stringify(mallory));
    files.put(path, files.readText(path)?.replaceAll(fakeIdentity("b").accountUuid, "x") ?? "");
  },
};
for (const [name, happens] of Object.entries(MEANWHILE)) {
  Deno.test(`the offered account ${name} during the question: the next best is chosen`, async () => {
    const { accountUuid } = fakeIdentity("b");
    const stage = new Stage({
      accounts: [{ name: "a" }, { name: "b", identity: { accountUuid } }, { name: "c" }],
      clients: [hitsLimit, answers],
    });
    stage.context.terminal.answers.push(() => {
      happens(stage);
      return "";
    });
    const ended = await stage.run();
    assert.match(ended.stderr, /Continue this conversation on "b"/);
    assert.match(
      ended.stderr,
      /"b" is no longer the best choice\ncontinuing on "c" instead of "a"\n$/,
    );
    assert.deepEqual(stage.accounts, ["a", "c"]);
  });
}

Deno.test("if the last account gets limited during the question, the resets are shown and the code is 3", async () => {
  const stage = new Stage({ clients: [hitsLimit] });
  stage.context.terminal.answers.push(() => {
    stage.limit("b");
    return "";
  });
  const ended = await stage.run(["--", "--verbose"]);
  assert.equal(ended.code, 3);
  const id = stage.ledger.session(1)?.clientSessionId;
  assert.match(ended.stderr, /^b .*limited until/m);
  // "a" is open again after 2 hours, "b" after 3.
  assert.match(ended.stderr, /^a .*limited until/m);
  assert.match(ended.stderr, /every account is limited; a opens first, in 1h59m/);
  assert.ok(ended.stderr.includes(`try: claude-multi run --wait -- --resume ${id} --verbose`));
  assert.deepEqual(stage.accounts, ["a"]);
});

for (const when of ["before", "while"] as const) {
  Deno.test(`a conversation that is opened elsewhere ${when} the question is asked stays there`, async () => {
    const stage = new Stage({ clients: [hitsLimit] });
    const { files, layout, processes, terminal } = stage.context;
    const opens = () => {
      const sessionId = stage.ledger.session(1)?.clientSessionId;
      processes.alive.set(4321, { start: null });
      files.put(
        `${layout.accounts}/b/sessions/4321.json`,
        JSON.stringify({ pid: 4321, sessionId }),
      );
      return "";
    };
    if (when === "while") terminal.answers.push(opens);
    else {
      processes.programs.unshift(async (run) => {
        await hitsLimit(new FakeClient(stage, run));
        opens();
        return { code: 0, signal: null };
      });
    }
    const ended = await stage.run();
    assert.equal(ended.code, 0);
    assert.match(
      ended.stderr,
      /claude-multi: cannot move this conversation: it is open on \w+( for \w+)?, in process 4321; leave claude there first, and then: claude-multi resume [\w-]+\n$/,
    );
    assert.equal(/\[Y\/n\b/.test(ended.stderr), when === "while");
    assert.deepEqual(stage.accounts, ["a"]);
  });
}

Deno.test("a transcript that has moved is found, as after a worktree", async () => {
  const stage = new Stage({
    clients: [async (client) => {
      const outcome = await hitsLimit(client);
      const { files } = client.stage.context;
      files.put(`${PROJECTS}/-elsewhere/.keep`, "");
      files.rename(client.transcript, `${PROJECTS}/-elsewhere/${client.id}.jsonl`);
      return outcome;
    }, answers],
  });
  stage.context.terminal.answers.push("");
  await stage.run();
  assert.deepEqual(stage.accounts, ["a", "b"]);
});

Deno.test("a missing transcript is reported, and cl ends as claude did", async () => {
  const stage = new Stage({
    clients: [async (client) => {
      await hitsLimit(client);
      client.stage.context.files.remove(client.transcript);
      return { code: 137, signal: "SIGKILL" };
    }],
  });
  const ended = await stage.run();
  assert.equal(ended.code, 137);
  assert.equal(
    ended.stderr,
    'claude-multi: cannot move this conversation: "b" can\'t see it: its transcript is missing or not shared; try: claude-multi setup\n',
  );
  assert.deepEqual(stage.accounts, ["a"]);
});

Deno.test("a conversation can't move to an account that doesn't share the transcript", async () => {
  const stage = new Stage({ accounts: THREE, clients: [hitsLimit] });
  const { files, layout } = stage.context;
  files.remove(`${layout.accounts}/b/projects`);
  assert.match((await stage.run()).stderr, /"b" can't see it: /);
});

Deno.test("config.json is read again, with comments too; a broken one is ignored", async () => {
  const others = '[{ "name": "a" }, { "name": "b", "disabled": true }, { "name": "c" }]';
  for (
    const [text, account] of [[`{ "accounts": ${others} } // c`, "c"], ["{ broken", "b"]] as const
  ) {
    const stage = new Stage({
      accounts: THREE,
      clients: [async (client) => {
        await hitsLimit(client);
        const { files, layout } = client.stage.context;
        files.put(layout.configFile, text);
      }, answers],
    });
    stage.context.terminal.answers.push("");
    await stage.run();
    assert.deepEqual(stage.accounts, ["a", account]);
  }
});

Deno.test("the folder is gone by the time of the answer, and every account is limited", async () => {
  for (const isLimited of [true, false]) {
    const stage = new Stage({ clients: [hitsLimit] });
    const { files, processes, terminal } = stage.context;
    terminal.answers.push(() => {
      if (isLimited) stage.limit("b");
      files.removeTree("/home/ann/project");
      processes.launch = (plan) => {
        throw new Deno.errors.NotFound(plan.cwd);
      };
      return "";
    });
    const ended = await stage.run();
    assert.equal(ended.code, isLimited ? 3 : 1);
    if (isLimited) continue;
    assert.match(
      ended.stderr,
      /claude-multi: cannot start "\/usr\/bin\/claude": the folder "\/home\/ann\/project" is gone\ntry: cd\n$/,
    );
    assert.deepEqual(stage.ledger.recentSessions(1).map((row) => row.endedHow), ["failed"]);
  }
});

Deno.test("a conversation whose launcher was killed at the limit is offered once", async () => {
  const stage = await interrupted({ clients: [answers, answers] });
  const before = stage.accounts.length;
  stage.context.terminal.answers.push("");
  const ended = await stage.run();
  assert.equal(ended.code, 0);
  assert.match(
    ended.stderr,
    /was interrupted: "a" is limited until \S+\.\nContinue it on another account\? \[Y\/n\] $/,
  );
  assert.equal(before, 1);
  assert.deepEqual(stage.accounts, ["a", "b"]);
  const [newest, lost] = stage.ledger.recentSessions(2);
  assert.deepEqual([newest?.handedFrom, lost?.endedHow], [lost?.id, "lost"]);
  assert.ok(stage.plans[1]?.args.includes(lost?.clientSessionId ?? "none"));
  stage.context.terminal.stderr = "";
  assert.equal((await stage.run()).stderr, "");
  assert.equal(stage.plans.at(-1)?.args.includes("--resume"), false);
});

Deno.test("if a group keeps the offered account out by the time of the answer, the hint continues it later", async () => {
  const stage = new Stage({ clients: [hitsLimit, answers] });
  stage.context.terminal.answers.push(() => {
    stage.configure({ accounts: [{ name: "a" }, { name: "b", group: "office" }] });
    return "y";
  });
  const ended = await stage.run();
  assert.match(
    ended.stderr,
    /\nclaude-multi: this conversation belongs to no group, and "a" is limited until \S+ \(in 1h59m\)\n/,
  );
  assert.equal(stage.accounts.length, 1);
  const [, hint = ""] = /try: (.*)\n$/.exec(ended.stderr) ?? [];
  const id = stage.ledger.recentSessions(1)[0]?.clientSessionId;
  assert.equal(hint, `claude-multi run --wait -- --resume ${id}`, ended.stderr);
  stage.context.clock.advance(3 * HOUR_MS);
  assert.equal((await stage.command(hint.split(" ").slice(1))).code, 0);
  assert.deepEqual(stage.accounts, ["a", "a"]);
});

Deno.test("what was configured while the question about an interrupted conversation was open counts", async () => {
  const accounts = [{ name: "a" }, { name: "b" }, { name: "c" }];
  const stage = await interrupted({ accounts });
  stage.context.terminal.answers.push(() => {
    stage.configure({ accounts, pins: [{ path: "/home/ann/project", account: "c" }] });
    return "y";
  });
  const ended = await stage.run();
  assert.equal(ended.code, 0, ended.stderr);
  assert.deepEqual(stage.accounts, ["a", "c"]);
});

Deno.test("an interrupted conversation that is declined: a new one starts", async () => {
  const stage = await interrupted({ clients: [answers] });
  stage.context.terminal.answers.push("n");
  assert.equal((await stage.run()).code, 0);
  assert.equal(stage.plans[1]?.args.includes("--resume"), false);
  assert.deepEqual(stage.accounts, ["a", "b"]);
});

/** Launches that are not asked about an interrupted conversation. */
const UNASKED: ReadonlyArray<
  readonly [name: string, words: string[], then: (stage: Stage) => void]
> = [
  ["with a prompt", ["--", "hello"], () => {}],
  ["with a conversation", ["--", "--continue"], () => {}],
  ["that only prints", ["--", "-p"], () => {}],
  ["on a named account", ["--account", "b"], () => {}],
  [
    "with hand-offs off",
    [],
    (stage) => stage.configure({ accounts: [{ name: "a" }, { name: "b" }], handoff: "off" }),
  ],
  [
    "whose transcript is gone",
    [],
    (stage) => stage.context.files.removeTree(`${PROJECTS}/-home-ann-project`),
  ],
  ["after the reset", [], (stage) => stage.context.clock.advance(3 * HOUR_MS)],
  ["while it is open", [], ({ context: { files, layout, processes }, ledger }) => {
    const record = { pid: 4321, sessionId: ledger.session(1)?.clientSessionId };
    processes.alive.set(4321, { start: null });
    files.put(`${layout.accounts}/b/sessions/4321.json`, JSON.stringify(record));
  }],
];
for (const [name, words, then] of UNASKED) {
  Deno.test(`an interrupted conversation is not offered to a launch ${name}`, async () => {
    const stage = await interrupted({ clients: [answers] });
    then(stage);
    // With --continue, it is asked as ever whether the conversation may leave its account.
    stage.context.terminal.answers.push("");
    assert.doesNotMatch((await stage.run(words)).stderr, /was interrupted/);
    assert.equal(stage.accounts.length, 2);
  });
}

Deno.test("two conversations at the same time move to different accounts", async () => {
  const works: Script = async (client) => {
    await client.starts();
    await client.sits(HOUR_MS);
  };
  const clients = [hitsLimit, hitsLimit, works, works];
  const stage = new Stage({ accounts: THREE, used: { c: 20 }, clients });
  stage.context.terminal.answers.push("", "");
  await Promise.all([stage.run(["--account", "a"]), stage.run(["--account", "a"])]);
  assert.deepEqual(stage.accounts.slice(0, 2), ["a", "a"]);
  assert.deepEqual(stage.accounts.slice(2).sort(), ["b", "c"]);
});

Deno.test("two terminals had the same conversation open: only one of them continues it", async () => {
  const both = () => [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const [begun, refused] = [both(), both()];
  const leavesWithTheOther = (own: number): Script => async (client) => {
    await client.starts();
    begun[own]?.resolve();
    await Promise.all(begun.map(({ promise }) => promise));
    await client.hitsLimit();
    refused[own]?.resolve();
    await Promise.all(refused.map(({ promise }) => promise));
    return client.leaves();
  };
  // It takes a while until a client records what it has open.
  const starts: Script = (client) => client.sits(HOUR_MS);
  const clients = [leavesWithTheOther(0), leavesWithTheOther(1), starts, starts];
  const [stage, words] = resumed({}, clients);
  stage.context.terminal.answers.push("y", "s", "s");
  const later = async () => {
    await stage.context.clock.sleep(MINUTE_MS);
    return await stage.run(words);
  };
  await Promise.all([stage.run(words), later()]);
  assert.deepEqual(stage.accounts, ["a", "a", "b"]);
  assert.match(
    stage.context.terminal.stderr,
    /claude-multi: cannot move this conversation: process \d+ already continues it\n/,
  );
});

/** Arguments of a launch after our own settings. */
const argsOf = (stage: Stage, launch: number) => stage.plans[launch]?.args.slice(2);

/** A client with a prompt of its own that waits at its limit until it is ended. */
const refuses = (prompt: unknown): Script => async (client) => {
  await client.hook("SessionStart", { source: "startup" });
  client.write({ type: "user", message: { content: prompt }, cwd: client.run.plan.cwd });
  client.record("idle");
  await client.hitsLimit();
  await client.sits(10 * HOUR_MS);
};

/** What was refused, what the other account is asked, and what is said. */
const REFUSED: ReadonlyArray<
  readonly [what: string, prompt: unknown, sent: readonly string[], said: string]
> = [
  ["a prompt", "fix it", ["--", "fix it"], ""],
  ["one that looks like a flag", "--model opus", ["--", "--model opus"], ""],
  ["work under way", [{ type: "tool_result" }], ["--", "go on"], ""],
  ["a command", "/review", [], "the refused prompt was not sent again: it is a command\n"],
  [
    "a word that is a command of the client",
    "install",
    [],
    "the refused prompt was not sent again: claude would take it for a command\n",
  ],
];
for (const [what, prompt, sent, said] of REFUSED) {
  Deno.test(`auto sends again ${what}: ${JSON.stringify(sent.at(-1) ?? "nothing")}`, async () => {
    const settings = { handoff: "auto", handoffPrompt: "go on" };
    const stage = new Stage({ settings, clients: [refuses(prompt), answers] });
    const ended = await stage.run(["--", "--verbose", "the first prompt"]);
    assert.equal(ended.stderr, `continuing on "b" instead of "a"\n${said}`);
    const id = stage.ledger.session(1)?.clientSessionId;
    assert.deepEqual(argsOf(stage, 1), ["--resume", id, "--verbose", ...sent]);
  });
}

/** Arguments, the mode that the user has switched to, and the arguments of the continuation. */
const MODES: ReadonlyArray<readonly [args: string[], mode: string, then: string[]]> = [
  [["--permission-mode", "acceptEdits"], "plan", ["--permission-mode", "plan"]],
  [["--permission-mode=plan"], "acceptEdits", ["--permission-mode", "acceptEdits"]],
  [["--permission-mode", "plan"], "default", []],
  [["--permission-mode", "plan"], "plan", ["--permission-mode", "plan"]],
  [["--dangerously-skip-permissions"], "plan", [
    "--permission-mode",
    "plan",
    "--allow-dangerously-skip-permissions",
  ]],
  [["--dangerously-skip-permissions"], "bypassPermissions", ["--dangerously-skip-permissions"]],
  [[], "plan", []],
];
for (const [args, permissionMode, then] of MODES) {
  Deno.test(`auto: a prompt typed in the mode ${permissionMode}, after ${args[0]}, is sent in that mode`, async () => {
    const switches: Script = async (client) => {
      await client.starts();
      client.write({ type: "permission-mode", permissionMode });
      await client.hitsLimit();
      await client.sits(10 * HOUR_MS);
    };
    const stage = new Stage({ settings: { handoff: "auto" }, clients: [switches, answers] });
    await stage.run(["--", ...args]);
    const id = stage.ledger.session(1)?.clientSessionId;
    const sent = argsOf(stage, 1)?.filter((word) => word !== "--resume" && word !== id);
    assert.deepEqual(sent, [...then, "--", "hello"]);
  });
}

Deno.test("an empty handoffPrompt: a hand-off sends nothing", async () => {
  for (const handoffPrompt of ["", " "]) {
    const settings = { handoff: "auto", handoffPrompt };
    const stage = new Stage({ settings, clients: [refuses("fix it"), answers] });
    await stage.run();
    assert.deepEqual(argsOf(stage, 1)?.slice(2), []);
  }
});

for (
  const [handoffPrompt, why] of [
    ["x".repeat(1_000_000), "handoffPrompt is too long"],
    ["a\0b", "handoffPrompt has a zero byte"],
    ["update", "claude would take handoffPrompt for a command"],
  ] as const
) {
  Deno.test(`a handoffPrompt that can't be sent: ${why}`, async () => {
    const settings = { handoff: "auto", handoffPrompt };
    const stage = new Stage({ settings, clients: [refuses([{ type: "tool_result" }]), answers] });
    const { stderr } = await stage.run();
    assert.equal(
      stderr,
      `continuing on "b" instead of "a"\nthe refused prompt was not sent again: ${why}\n`,
    );
    assert.deepEqual(argsOf(stage, 1)?.slice(2), []);
  });
}

Deno.test("auto: a prompt is found before megabytes that the client wrote after it", async () => {
  const stage = new Stage({
    settings: { handoff: "auto" },
    clients: [async (client) => {
      await client.starts();
      client.write({ type: "attachment", attachment: { content: "x".repeat(3_000_000) } });
      await client.hitsLimit();
      await client.sits(10 * HOUR_MS);
    }, answers],
  });
  await stage.run();
  assert.deepEqual(argsOf(stage, 1)?.slice(2), ["--", "hello"]);
});

Deno.test("auto: a refusal that was only half written is left to the person, with one line", async () => {
  const stage = new Stage({
    settings: { handoff: "auto" },
    clients: [async (client) => {
      await client.starts();
      await client.hitsLimit();
      const { files } = client.stage.context;
      files.put(client.transcript, files.readText(client.transcript)?.slice(0, -20) ?? "");
      await client.sits(10 * HOUR_MS);
    }, answers],
  });
  const { stderr } = await stage.run();
  assert.match(
    stderr,
    /^the refused prompt was not sent again: the conversation doesn't end with it$/m,
  );
});

Deno.test("ask: whoever leaves with /exit can have the refused prompt sent again, too", async () => {
  const stage = new Stage({
    clients: [async (client) => {
      await client.starts();
      await client.hitsLimit();
      const exit = "<command-name>/exit</command-name>";
      client.write({ type: "user", message: { content: exit } });
      return client.leaves();
    }, answers],
  });
  stage.context.terminal.answers.push("s");
  await stage.run();
  assert.deepEqual(argsOf(stage, 1)?.slice(2), ["--", "hello"]);
});

Deno.test("ask: s continues and sends the refused prompt again, y and Enter don't", async () => {
  for (const [answer, sent] of [["s", ["--", "hello"]], ["y", []], ["", []]] as const) {
    const stage = new Stage({ clients: [hitsLimit, answers] });
    stage.context.terminal.answers.push(answer);
    await stage.run();
    assert.deepEqual(stage.accounts, ["a", "b"]);
    assert.deepEqual(argsOf(stage, 1)?.slice(2), sent);
  }
});

Deno.test("ask: a prompt that can't be sent again isn't offered", async () => {
  const leaves: Script = async (client) => {
    await client.hook("SessionStart", {});
    client.write({ type: "user", message: { content: "/review" }, cwd: client.run.plan.cwd });
    await client.hitsLimit();
    await client.sits(MINUTE_MS);
    return client.leaves();
  };
  const stage = new Stage({ clients: [leaves, answers] });
  stage.context.terminal.answers.push("");
  assert.match((await stage.run()).stderr, /\? \[Y\/n\] continuing/);
});

Deno.test("ask: the question says how much has to be read again, after what is free", async () => {
  const worked: Script = async (client) => {
    await client.starts();
    const usage = { input_tokens: 1_000, cache_read_input_tokens: 140_500, output_tokens: 100 };
    client.write({ type: "assistant", message: { model: "opus", usage } });
    await client.hitsLimit({ offersLowPriority: true });
    await client.sits(MINUTE_MS);
    return client.leaves();
  };
  const stage = new Stage({ clients: [worked, answers] });
  stage.context.terminal.answers.push("n");
  assert.match(
    (await stage.run()).stderr,
    /\n[^\n]*\/low-priority[^\n]*\nAfter a move, [^\n]* \(about 142k tokens\)\.\n/,
  );
});

Deno.test("auto: after handoffMoves moves without a finished turn, the client is left alone", async () => {
  const accounts = ["a", "b", "c", "d"].map((name) => ({ name }));
  const clients = [waitsAtLimit, waitsAtLimit, waitsAtLimit, waitsAtLimit];
  const settings = { handoff: "auto", handoffMoves: 2 };
  const stage = new Stage({ accounts, settings, clients });
  await stage.run();
  assert.deepEqual(stage.accounts, ["a", "b", "c"]);
});

Deno.test("auto: a finished turn starts the count of moves anew", async () => {
  const accounts = ["a", "b", "c"].map((name) => ({ name }));
  const works: Script = async (client) => {
    await client.starts();
    client.write({
      type: "assistant",
      timestamp: new Date(client.stage.context.clock.nowMs()).toISOString(),
      message: { model: "opus", stop_reason: "end_turn" },
    });
    await client.hitsLimit();
    await client.sits(10 * HOUR_MS);
  };
  const settings = { handoff: "auto", handoffMoves: 1 };
  const stage = new Stage({ accounts, settings, clients: [works, works, answers] });
  await stage.run();
  assert.deepEqual(stage.accounts, ["a", "b", "c"]);
});

/** A client that continues a conversation on a full account, and sends nothing: it opens its dialog. */
const opensDialog = (sits: number): Script => async (client) => {
  await client.hook("SessionStart", { source: "resume" });
  fill(client);
  client.record("waiting", { waitingFor: "dialog open" });
  await client.sits(sits);
};

/** Its status line shows a full window. */
function fill({ stage, account }: FakeClient): void {
  const nowMs = stage.context.clock.nowMs();
  stage.ledger.addReadings([{
    account: stage.ledger.recentSessions(1)[0]?.account ?? account,
    window: "five_hour",
    model: null,
    percentUsed: 100,
    resetsAtMs: nowMs + HOUR_MS,
    measuredAtMs: nowMs + 1,
    source: "statusline",
    identity: identityKey(fakeIdentity(account)),
  }]);
}

/** A stage with a conversation that has already run. */
function resumed(settings: Record<string, unknown>, clients: Script[]): [Stage, string[]] {
  const stage = new Stage({ settings, clients });
  const id = "00000000-0000-4000-8000-000000000001";
  stage.context.files.put(`${PROJECTS}/-home-ann-project/${id}.jsonl`, "{}\n");
  return [stage, ["--", "--resume", id]];
}

Deno.test("auto: a client that finds its account full at its start moves on with the same prompt", async () => {
  const settings = { handoff: "auto" };
  const stage = new Stage({
    accounts: THREE,
    settings,
    clients: [refuses("fix it"), opensDialog(10 * HOUR_MS), answers],
  });
  await stage.run();
  assert.deepEqual(stage.accounts, ["a", "b", "c"]);
  assert.deepEqual(argsOf(stage, 2)?.slice(2), ["--", "fix it"]);
});

Deno.test("auto: a prompt of the user's that the client couldn't send goes to the next account", async () => {
  const [stage, words] = resumed({ handoff: "auto" }, [opensDialog(10 * HOUR_MS), answers]);
  await stage.run([...words, "fix it"]);
  assert.deepEqual(stage.accounts, ["a", "b"]);
  assert.deepEqual(argsOf(stage, 1)?.slice(2), ["--", "fix it"]);
});

Deno.test("auto: a dialog of a client that had nothing to send is the user's", async () => {
  const [stage, words] = resumed({ handoff: "auto" }, [opensDialog(MINUTE_MS)]);
  await stage.run(words);
  assert.deepEqual(stage.accounts, ["a"]);
});

/** A client whose account is full, and that works all the same. */
const worksOn: Script = async (client) => {
  await client.starts();
  client.write({
    type: "assistant",
    timestamp: new Date(client.stage.context.clock.nowMs()).toISOString(),
    message: { model: "opus", stop_reason: "end_turn" },
  });
  fill(client);
};

Deno.test("ask: whoever leaves a client whose account is full is offered another, refused or not", async () => {
  const [stage, words] = resumed({}, [opensDialog(MINUTE_MS), answers]);
  stage.context.terminal.answers.push("");
  await stage.run(words);
  assert.deepEqual(stage.accounts, ["a", "b"]);
  const working = new Stage({ clients: [worksOn, answers] });
  working.context.terminal.answers.push("");
  await working.run();
  assert.deepEqual(working.accounts, ["a", "b"]);
  assert.deepEqual(argsOf(working, 1)?.slice(2), []);
});

Deno.test("an account that is renamed while its session runs is offered a move all the same", async () => {
  for (const [handoff, client] of [["ask", worksOn], ["auto", waitsAtLimit]] as const) {
    const stage = new Stage({
      settings: { handoff },
      clients: [async (first) => {
        const { context } = first.stage;
        const account = context.configFile.read().accounts[0];
        assert.ok(account);
        renameAccount(context, { account, to: "office" });
        return await client(first);
      }, answers],
    });
    stage.context.terminal.answers.push("");
    const { stderr } = await stage.run();
    assert.match(stderr, /continuing on "b" instead of "office"/);
    assert.deepEqual(stage.accounts, ["a", "b"]);
    const [newest, oldest] = stage.ledger.recentSessions(2);
    assert.deepEqual([newest?.account, oldest?.account], ["b", "office"]);
  }
});

for (
  const [first, later, asks, accounts] of [
    ["auto", "ask", true, ["a", "b"]],
    ["off", "ask", true, ["a", "b"]],
    ["off", "auto", true, ["a", "b"]],
    ["ask", "auto", true, ["a", "b"]],
    ["auto", "auto", true, ["a", "b"]],
    ["auto", "off", false, ["a"]],
    ["ask", "off", false, ["a"]],
  ] as const
) {
  Deno.test(`${first}, and ${later} while it runs: whoever leaves a full account ends on ${accounts.at(-1)}, ${asks ? "asked" : "not asked"}`, async () => {
    const stage = new Stage({
      settings: { handoff: first },
      clients: [async (client) => {
        await worksOn(client);
        client.stage.configure({ accounts: [{ name: "a" }, { name: "b" }], handoff: later });
      }, answers],
    });
    stage.context.terminal.answers.push("");
    await stage.run();
    assert.deepEqual(stage.accounts, accounts);
    assert.equal(stage.context.terminal.answers.length, asks ? 0 : 1);
  });
}

Deno.test("ask: a session in which nothing was typed but /exit has no conversation to continue", async () => {
  const leaves: Script = async (client) => {
    await client.hook("SessionStart", { source: "startup" });
    client.write({ type: "user", message: { content: "<command-name>/exit</command-name>" } });
    fill(client);
  };
  const stage = new Stage({ clients: [leaves] });
  assert.deepEqual(await stage.run(), { code: 0, error: null, stdout: "", stderr: "" });
  assert.equal(stage.ledger.limitMetBy(1, stage.context.clock.nowMs()), null);
});

Deno.test("ask: whoever only looks at a conversation of a full account is told nothing if no other has room", async () => {
  const looks: Script = async (client) => {
    fill(client);
    client.stage.limit("b");
    await client.hook("SessionStart", { source: "resume" });
    client.record("idle");
    await client.sits(MINUTE_MS);
    return client.leaves();
  };
  const [stage, words] = resumed({}, [looks]);
  assert.deepEqual(await stage.run(words), { code: 0, error: null, stdout: "", stderr: "" });
  assert.equal(stage.ledger.limitMetBy(1, stage.context.clock.nowMs()), null);
});

Deno.test("an account that is only too full for a move isn't said to be limited, and the hint names it", async () => {
  for (const group of [null, "office"]) {
    const accounts = THREE.map((one) => group === null ? one : { ...one, group });
    const other = group === null ? [] : [{ name: "d", group: "private" }];
    const stage = new Stage({
      accounts: [...accounts, ...other],
      used: { c: 92 },
      clients: [hitsLimit, answers],
    });
    stage.limit("b");
    const ended = await stage.run(["--account", "a"]);
    assert.equal(ended.code, 3);
    assert.match(ended.stderr, /^c .* 92 % .* too full for a move$/m);
    assert.match(ended.stderr, /is limited or too full for a move; c opens first, in 1h59m/);
    assert.match(
      ended.stderr,
      group === null
        ? /: no account has enough room for a move: "c" has some \(5h at 92 %, no move here from 90 %\), and .*; to wait for room: claude-multi run --wait -- --resume \S+\n/
        : /: this conversation belongs to the group "office", and none of its accounts has enough room/,
    );
    const [, hint = ""] = /try: (.*)\n$/.exec(ended.stderr) ?? [];
    assert.match(hint, /^claude-multi resume \S+ --account c$/);
    assert.equal((await stage.command(hint.split(" ").slice(1))).code, 0);
    assert.deepEqual(stage.accounts, ["a", "c"]);
  }
});

Deno.test("what asks the model nothing runs although every account is limited", async () => {
  for (const words of [["--version"], ["mcp", "list"], ["doctor"]]) {
    const stage = new Stage({ clients: [() => {}] });
    for (const name of ["a", "b"]) stage.limit(name);
    const ended = await stage.run(["--", ...words]);
    assert.deepEqual([ended.code, ended.stderr], [0, ""], words.join(" "));
    assert.equal(stage.accounts.length, 1);
  }
});

Deno.test("ask: a full window with no room elsewhere is no reason to say anything", async () => {
  const works: Script = async (client) => {
    await worksOn(client);
    client.stage.limit("b");
  };
  const stage = new Stage({ clients: [works] });
  assert.deepEqual(await stage.run(), { code: 0, error: null, stdout: "", stderr: "" });
});

for (const [organization, goesTo] of [["a", "c"], ["nobody", null]] as const) {
  Deno.test(`a conversation that the organization of ${organization} keeps to itself goes to ${goesTo}`, async () => {
    const kept: Script = async (client) => {
      await client.starts();
      const { accountUuid, organizationUuid } = fakeIdentity(organization);
      client.write({ type: "session-owner", accountUuid, organizationUuid, restricted: ["ldr"] });
      await client.hitsLimit();
      await client.sits(MINUTE_MS);
      return client.leaves(7);
    };
    for (const handoff of ["ask", "auto"]) {
      const stage = new Stage({ accounts: THREE, settings: { handoff }, clients: [kept, answers] });
      const { organizationUuid } = fakeIdentity("a");
      const config = `${stage.context.layout.accounts}/c/.claude.json`;
      const before = JSON.parse(stage.context.files.readText(config) ?? "{}");
      const oauthAccount = { ...before.oauthAccount, organizationUuid };
      stage.context.files.put(config, JSON.stringify({ ...before, oauthAccount }));
      stage.context.terminal.answers.push("");
      const { stderr } = await stage.run();
      assert.deepEqual(stage.accounts, goesTo === null ? ["a"] : ["a", goesTo]);
      if (goesTo === null) {
        assert.match(
          stderr,
          /cannot move this conversation: only its own organization may open it\n$/,
        );
      }
    }
  });
}

Deno.test("--wait: if every account is limited, the conversation goes on when one opens", async () => {
  const leaves: Script = async (client) => {
    client.stage.limit("b", HOUR_MS);
    await hitsLimit(client);
  };
  const stage = new Stage({ settings: { handoff: "auto" }, clients: [leaves, answers] });
  await stage.run(["--wait"]);
  assert.deepEqual(stage.accounts, ["a", "b"]);
  assert.deepEqual(argsOf(stage, 1)?.slice(2), ["--", "hello"]);
});

Deno.test("--wait: a conversation that waits for its own account isn't said to move", async () => {
  const leaves: Script = async (client) => {
    client.stage.limit("b", HOUR_MS);
    await client.starts();
    await client.hitsLimit({ inMs: 30 * MINUTE_MS });
  };
  const settings = { handoff: "auto", notify: "osc" };
  const stage = new Stage({ settings, clients: [leaves, answers] });
  const { stderr } = await stage.run(["--wait"]);
  assert.deepEqual(stage.accounts, ["a", "a"]);
  assert.match(stderr, /^continuing on "a"$/m);
  assert.deepEqual(stage.context.terminal.alerts, ["osc: a has room again"]);
  assert.deepEqual(argsOf(stage, 1)?.slice(2), ["--", "hello"]);
});

Deno.test("a conversation returns to an account once its limit is over", async () => {
  const settings = { handoff: "auto" };
  const soon: Script = async (client) => {
    await client.starts();
    await client.hitsLimit({ inMs: 20 * MINUTE_MS });
    await client.sits(10 * HOUR_MS);
  };
  const later: Script = async (client) => {
    await client.starts();
    await client.sits(30 * MINUTE_MS);
    await client.hitsLimit();
    await client.sits(10 * HOUR_MS);
  };
  const stage = new Stage({ settings, clients: [soon, later, answers] });
  await stage.run();
  assert.deepEqual(stage.accounts, ["a", "b", "a"]);
});

/** How notices are given, and what arrives when a conversation moves from "a" to "b". */
const NOTICES: ReadonlyArray<
  readonly [notify: unknown, alerts: readonly string[], ran: readonly string[][]]
> = [
  ["off", [], []],
  ["bell", ["bell", "bell"], []],
  ["osc", ["osc: a is limited until 14:00", "osc: moved from a to b"], []],
  [["say", "-v"], [], [["say", "-v", "a is limited until 14:00"], [
    "say",
    "-v",
    "moved from a to b",
  ]]],
];
for (const [how, alerts, ran] of NOTICES) {
  Deno.test(`notify ${JSON.stringify(how)}`, async () => {
    const settings = { handoff: "auto", notify: how };
    const stage = new Stage({ settings, clients: [waitsAtLimit, answers] });
    await stage.run();
    assert.deepEqual(stage.context.terminal.alerts, alerts);
    assert.deepEqual(stage.context.processes.ranInBackground, ran);
  });
}

Deno.test("notify: a command that fails is told once", async () => {
  const settings = { handoff: "auto", notify: ["say"] };
  const stage = new Stage({
    accounts: THREE,
    settings,
    clients: [waitsAtLimit, waitsAtLimit, answers],
  });
  stage.context.processes.backgroundCode = 7;
  const { stderr } = await stage.run();
  assert.equal(stderr.match(/cannot run "say" of notify: it exited with 7\n/g)?.length, 1);
});
