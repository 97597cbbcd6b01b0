// Tests of the built status line in adverse conditions: odd starts, odd files, races.
import assert from "node:assert/strict";
import { SEGMENTS } from "../../lib/statusline/segments/mod.ts";
import type { RunResult } from "../helpers/binaries.ts";
import { binary, runStatusline, startProgram } from "../helpers/binaries.ts";
import { fixturePath, readFixture } from "../helpers/paths.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { callLine, promptLine } from "./lines.ts";
import { oracleTotals } from "./oracle.ts";

const PLAIN = { NO_COLOR: "1", COLUMNS: "400" };

/** A payload with parts replaced, and windows that end in 2 hours and in 3 days. */
function payload(parts: Record<string, unknown> = {}): string {
  const inSeconds = (hours: number): number => Math.floor(Date.now() / 1000) + hours * 3600;
  return JSON.stringify({
    ...JSON.parse(
      readFixture("statusline-03-fresh-named-worktree-vim-1m-outputstyle-ratelimits.json"),
    ),
    rate_limits: {
      five_hour: { used_percentage: 80, resets_at: inSeconds(2) },
      seven_day: { used_percentage: 17.1, resets_at: inSeconds(72) },
    },
    ...parts,
  });
}

/** A home with two accounts, all segments, and a transcript of the first account. */
async function madeHome(): Promise<{ home: TempHome; transcript: string }> {
  const home = await TempHome.create();
  home.seedAccount("personal");
  home.writeConfig({
    accounts: [{ name: "work" }, { name: "personal" }],
    statusline: { segments: SEGMENTS.map((segment) => segment.name) },
  });
  const folder = `${home.accountDir("work")}/projects/p`;
  Deno.mkdirSync(`${folder}/s/subagents`, { recursive: true });
  Deno.writeTextFileSync(`${folder}/s.jsonl`, promptLine() + callLine({ output: 42 }));
  return { home, transcript: `${folder}/s.jsonl` };
}

async function line(home: TempHome, stdin: string): Promise<string> {
  const result = await runStatusline([], { home, stdin, env: PLAIN });
  assert.deepEqual([result.code, result.stderr], [0, ""]);
  assert.match(result.stdout, /^[^\n]+\n$/);
  return result.stdout.trimEnd();
}

async function explain(home: TempHome, stdin: string): Promise<Record<string, unknown>> {
  const result = await runStatusline(["--explain"], { home, stdin });
  assert.deepEqual([result.code, result.stderr], [0, ""]);
  return JSON.parse(result.stdout) as Record<string, unknown>;
}

/** Runs it in a line of shell, in which `$LINE` is the program and `$PAYLOAD` a file. */
function byShell(home: TempHome, script: string): Promise<RunResult> {
  return startProgram("/bin/sh", ["-c", script], {
    home,
    env: {
      ...PLAIN,
      LINE: binary("claude-multi-statusline"),
      PAYLOAD: fixturePath("statusline-05-after-turn-with-ratelimits.json"),
    },
    timeoutMs: 20_000,
  }).ended;
}

Deno.test("the built program draws every segment", async () => {
  const made = await madeHome();
  await using home = made.home;
  const worktree = `${home.project}/wt`;
  const gitFolder = `${home.project}/repo/.git/worktrees/wt`;
  Deno.mkdirSync(gitFolder, { recursive: true });
  Deno.mkdirSync(worktree);
  Deno.writeTextFileSync(`${worktree}/.git`, `gitdir: ${gitFolder}\n`);
  Deno.writeTextFileSync(`${gitFolder}/HEAD`, "ref: refs/heads/fix/größe\n");
  const drawn = await line(
    home,
    payload({
      transcript_path: made.transcript,
      cost: { total_cost_usd: 1.5 },
      effort: { level: "high" },
      workspace: { current_dir: worktree, git_worktree: "wt" },
    }),
  );
  // 80 % in three hours of the window: the rest lasts 45 minutes.
  for (
    const part of [
      /^● work │ Sonnet 4\.5 high │ –\/1M │ in 1\.11k \+1\.1k out 42 \+42 │/,
      / │ 5h 80% (2h00m|1h59m) │ 7d 17% (3d0h|2d23h) │ full in 4[456]m │ → personal │ /,
      / │ \$1\.50 │ cache 90% │ ⎇ fix\/größe │ wt wt1 │ mysession │ INSERT │ Pirate$/,
    ]
  ) assert.match(drawn, part);
});

Deno.test("a branch is read from every kind of .git, and only from regular files", async () => {
  const made = await madeHome();
  await using home = made.home;
  const repo = `${home.project}/repo`;
  Deno.mkdirSync(`${repo}/.git`, { recursive: true });
  Deno.mkdirSync(`${repo}/deep/er`, { recursive: true });
  const head = `${repo}/.git/HEAD`;
  const branch = async (): Promise<string | null> => {
    const stdin = payload({ workspace: { current_dir: `${repo}/deep/er` }, worktree: null });
    return / │ ⎇ (.*?) │ /.exec(await line(home, stdin))?.[1] ?? null;
  };
  Deno.writeTextFileSync(head, "ref: refs/heads/main\n");
  assert.equal(await branch(), "main");
  Deno.writeTextFileSync(head, "0123456789abcdef0123456789abcdef01234567\n");
  assert.equal(await branch(), "0123456");
  Deno.writeTextFileSync(head, `ref: refs/heads/${"x\u001b[31m\u202e".repeat(20)}\n`);
  assert.equal(await branch(), "x".repeat(20));
  Deno.writeFileSync(head, new Uint8Array(3_000_000));
  assert.equal(await branch(), null);
  Deno.removeSync(head);
  assert.ok(new Deno.Command("mkfifo", { args: [head] }).outputSync().success);
  assert.equal(await branch(), null);
  Deno.removeSync(`${repo}/.git`, { recursive: true });
  Deno.writeTextFileSync(`${repo}/.git`, "gitdir: .git\n");
  assert.equal(await branch(), null);
});

Deno.test("there is a line however the program is started", async () => {
  await using home = await TempHome.create();
  const cases: ReadonlyArray<readonly [string, RegExp]> = [
    ['"$LINE" <&-', /^claude-multi\n$/],
    ['"$LINE" </', /^claude-multi\n$/],
    ['"$LINE" <"$PAYLOAD" 2>&-', /Haiku 4\.5.*\n$/],
    ['"$LINE" <"$PAYLOAD" >&-', /^$/],
    ['"$LINE" <"$PAYLOAD" | :', /^$/],
    ['head -c 9000000 /dev/zero | "$LINE"', /^claude-multi\n$/],
    ['(printf "\\357\\273\\277"; cat "$PAYLOAD") | "$LINE"', /Haiku 4\.5.*\n$/],
    ['(cat "$PAYLOAD"; sleep 0.2; echo) | "$LINE"', /Haiku 4\.5.*\n$/],
    ['yes "[" | head -c 6000000 | "$LINE"', /^claude-multi\n$/],
    ['head -c 50000 /dev/urandom | "$LINE"', /^[^\n]+\n$/],
    ['"$LINE" --nonsense -- "$PAYLOAD" <"$PAYLOAD"', /Haiku 4\.5.*\n$/],
  ];
  for (const [script, expected] of cases) {
    const { code, stdout } = await byShell(home, script);
    assert.equal(code, 0, script);
    assert.match(stdout, expected, script);
  }
});

Deno.test("settings and a ledger that are pipes, loops or folders are skipped", async () => {
  const made = await madeHome();
  await using home = made.home;
  const { transcript } = made;
  for (const name of ["config.json", "ledger.db", "ledger.db-wal"]) {
    const path = `${home.multi}/${name}`;
    const makers: ReadonlyArray<() => void> = [
      () => void new Deno.Command("mkfifo", { args: [path] }).outputSync(),
      () => Deno.symlinkSync(path, path),
      () => Deno.symlinkSync("/dev/zero", path),
      () => Deno.mkdirSync(path),
    ];
    for (const make of makers) {
      for (const old of [path, `${home.multi}/ledger.db`, `${home.multi}/ledger.db-wal`]) {
        await Deno.remove(old, { recursive: true }).catch(() => {});
      }
      make();
      assert.match(await line(home, payload({ transcript_path: transcript })), /work .*out 42 /);
    }
  }
});

Deno.test("pipes, loops, devices and folders in place of subagents' files are skipped", async () => {
  const made = await madeHome();
  await using home = made.home;
  const folder = made.transcript.replace(".jsonl", "/subagents");
  new Deno.Command("mkfifo", { args: [`${folder}/agent-pipe.jsonl`] }).outputSync();
  Deno.symlinkSync(`${folder}/agent-loop.jsonl`, `${folder}/agent-loop.jsonl`);
  Deno.symlinkSync("/dev/zero", `${folder}/agent-zero.jsonl`);
  Deno.mkdirSync(`${folder}/agent-folder.jsonl`);
  Deno.writeTextFileSync(`${folder}/agent-real.jsonl`, callLine({ id: "s", output: 8 }));
  const stdin = payload({ transcript_path: made.transcript });
  const { tokens, files } = await explain(home, stdin) as {
    tokens: { output: number; complete: boolean };
    files: unknown[];
  };
  assert.deepEqual([tokens.output, tokens.complete, files.length], [50, true, 2]);
});

Deno.test("--explain has its keys for every input", async () => {
  const made = await madeHome();
  await using home = made.home;
  const sums = { freshInput: 0, cacheWrite: 0, cacheRead: 0, output: 0, apiCalls: 0 };
  for (const stdin of ["", "nonsense", "{}", "[]", payload({ transcript_path: "/nowhere" })]) {
    const { elapsedMs, ...rest } = await explain(home, stdin);
    assert.ok(typeof elapsedMs === "number" && elapsedMs >= 0);
    assert.deepEqual(rest, {
      version: 1,
      account: null,
      tokens: { ...sums, complete: true, subagents: sums },
      turn: { input: 0, output: 0 },
      files: [],
    });
  }
});

Deno.test("a transcript that grows and is rewritten while it is read is counted exactly once it is quiet", async () => {
  const made = await madeHome();
  await using home = made.home;
  const { transcript } = made;
  const stdin = payload({ transcript_path: transcript });
  const text = (round: number, calls: number): string =>
    Array.from(
      { length: calls },
      (_, i) =>
        callLine({ id: `${round}-${i}`, output: i + 1, content: ["x".repeat(i * 37 % 9000)] }),
    ).join(
      "",
    );
  let writing = true;
  const runs = (async () => {
    while (writing) await Promise.all([line(home, stdin), line(home, stdin)]);
  })();
  for (let round = 0; round < 8; round++) {
    // In place and renamed in turn, then in pieces that end anywhere.
    if (round % 2 === 0) Deno.writeTextFileSync(transcript, text(round, 40));
    else {
      Deno.writeTextFileSync(`${transcript}.new`, text(round, 60));
      Deno.renameSync(`${transcript}.new`, transcript);
    }
    const more = new TextEncoder().encode(text(100 + round, 90));
    for (let at = 0; at < more.length; at += 41_003) {
      Deno.writeFileSync(transcript, more.subarray(at, at + 41_003), { append: true });
      await new Promise((resolve) => setTimeout(resolve, 3));
    }
  }
  writing = false;
  await runs;
  const { tokens } = await explain(home, stdin);
  const expected = oracleTotals(Deno.readFileSync(transcript), new Map());
  assert.deepEqual(tokens, { ...expected.all, complete: true, subagents: expected.subagents });
});

Deno.test("a session whose name and model are invisible still has a line", async () => {
  await using home = await TempHome.create();
  for (const blank of ["\u2800\u3164", "\u200d\ufe0f", "\u0301"]) {
    const stdin = JSON.stringify({
      session_name: blank,
      model: { display_name: blank, id: blank },
    });
    assert.equal(await line(home, stdin), "claude-multi");
  }
});
