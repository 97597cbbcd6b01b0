// Tests of asking a program without a terminal, with real processes.
import assert from "node:assert/strict";
import { systemProcesses } from "../../lib/system/processes.ts";
import { TempHome } from "../helpers/temp_home.ts";

const processes = systemProcesses({ get: () => null });

function ask(
  home: TempHome,
  options: { program?: string; script: string; unset?: string[]; input?: string },
) {
  return processes.ask({
    program: options.program ?? "/bin/sh",
    args: ["-c", options.script],
    set: { ADDED: "yes" },
    unset: options.unset ?? [],
    cwd: home.project,
  }, {
    input: options.input ?? "",
    isAnswer: (line) => line.startsWith("answer "),
    mostBytes: 100_000,
  });
}

Deno.test("the answer arrives before the program has ended, and what it complains about afterwards", async () => {
  await using home = await TempHome.create();
  const script =
    `read -r line; echo noise; echo "answer $line $ADDED"; sleep 0.2; echo bad >&2; exit 3`;
  const asked = ask(home, { script, input: "question\n" });
  assert.equal(await asked.answer, "answer question yes");
  assert.deepEqual(await asked.ended, { code: 3, complaint: "bad\n" });
});

Deno.test("a variable is removed for the program, not for this process", async () => {
  await using home = await TempHome.create();
  Deno.env.set("CLAUDE_MULTI_TEST_VARIABLE", "1");
  try {
    const script = 'echo "answer ${CLAUDE_MULTI_TEST_VARIABLE-removed}"';
    const asked = ask(home, { script, unset: ["CLAUDE_MULTI_TEST_VARIABLE"] });
    assert.equal(await asked.answer, "answer removed");
    assert.equal(Deno.env.get("CLAUDE_MULTI_TEST_VARIABLE"), "1");
    await asked.ended;
  } finally {
    Deno.env.delete("CLAUDE_MULTI_TEST_VARIABLE");
  }
});

Deno.test("a program is asked whose path contains =", async () => {
  await using home = await TempHome.create();
  const program = `${home.bin}/a=b`;
  Deno.writeTextFileSync(program, '#!/bin/sh\necho "answer $*"\n', { mode: 0o755 });
  const asked = ask(home, { program, script: "x y", unset: ["CLAUDE_MULTI_TEST_VARIABLE"] });
  assert.equal(await asked.answer, "answer -c x y");
  await asked.ended;
});

Deno.test("what a program leaves running when it ends is ended too", async () => {
  await using home = await TempHome.create();
  const asked = ask(home, { script: 'sleep 600 & echo $! >pid; echo "answer 1"' });
  assert.equal(await asked.answer, "answer 1");
  await asked.ended;
  const child = Number(Deno.readTextFileSync(`${home.project}/pid`));
  while (processes.facts([child]).size > 0) await new Promise((done) => setTimeout(done, 10));
});

Deno.test("without an answer it is null, even if a child of the program keeps its output open", async () => {
  await using home = await TempHome.create();
  const asked = ask(home, { script: "trap '' TERM; sleep 600 & echo $! >pid; echo nothing" });
  assert.equal(await asked.answer, null);
  assert.equal((await asked.ended).code, 0);
  const child = Number(Deno.readTextFileSync(`${home.project}/pid`));
  asked.signal("SIGKILL");
  while (processes.facts([child]).size > 0) await new Promise((done) => setTimeout(done, 10));
  // The end of the pipes arrives a moment later.
  await new Promise((done) => setTimeout(done, 100));
});

Deno.test("a program that ignores TERM is killed together with what it started", async () => {
  await using home = await TempHome.create();
  const script = `trap '' TERM; sleep 600 & echo $! >pid; echo "answer $$"; wait; sleep 600`;
  const asked = ask(home, { script });
  const pid = Number((await asked.answer)?.split(" ")[1]);
  const child = Number(Deno.readTextFileSync(`${home.project}/pid`));
  asked.signal("SIGTERM");
  assert.equal(processes.facts([pid, child]).size, 2);
  asked.signal("SIGKILL");
  assert.equal((await asked.ended).code, 137);
  // Whoever adopts the orphan reaps it at some time; a zombie doesn't count as running.
  while (processes.facts([child]).size > 0) await new Promise((done) => setTimeout(done, 10));
  asked.signal("SIGKILL");
});
