// Tests of doctor --ask: what the client says about its settings, and what doctor makes of it.
import assert from "node:assert/strict";
import { SETTINGS_QUESTION } from "../../lib/claude/settings_request.ts";
import { parseRequest } from "../../lib/cli/parse.ts";
import { COMMANDS } from "../../lib/commands/mod.ts";
import { fakeContext } from "../helpers/context.ts";

async function runCommand(context: ReturnType<typeof fakeContext>, ...words: string[]) {
  const request = parseRequest(words, COMMANDS);
  assert.equal(request.kind, "run");
  if (request.kind === "run") await request.command.run(context, request.input);
}

/** The answer of 2.1.332, shortened. */
function answer(sources: unknown): string {
  const { request_id } = JSON.parse(SETTINGS_QUESTION) as { request_id: string };
  const response = { effective: {}, sources, applied: { model: "claude-opus-5-5" } };
  return JSON.stringify({
    type: "control_response",
    response: { subtype: "success", request_id, response },
  });
}

const contextWithAccount = () =>
  fakeContext({ config: { accounts: [{ name: "work" }] }, logins: { work: {} } });

Deno.test("what an administrator decrees through the service is known only from the client", async () => {
  const context = contextWithAccount();
  const env = { HTTPS_PROXY: "http://me:secret@gate:3128" };
  const line = answer([
    { source: "userSettings", settings: { model: "opus" } },
    { source: "policySettings", settings: { env, forceLoginOrgUUID: "other" } },
  ]);
  context.processes.reply = () => ({ line });
  await runCommand(context, "doctor");
  assert.doesNotMatch(context.terminal.stdout, /managed|^asked/m);
  assert.equal(context.processes.asked.length, 0);
  await runCommand(context, "doctor", "--ask");
  const said = context.terminal.stdout.replace(/\s+/g, " ");
  assert.match(said, /asked claude said which settings are in force/);
  assert.match(said, /managed settings has env\.HTTPS_PROXY: requests go to http:\/\/gate:3128/);
  assert.match(said, /managed settings restricts logins .* claude refuses account "work"/);
  assert.doesNotMatch(said, /secret/);
  assert.equal(context.processes.asked[0]?.cwd, `${context.layout.root}/empty`);
  assert.ok(context.processes.asked[0]?.args.includes("--safe-mode"));
});

Deno.test("a client that doesn't answer costs one line, and the rest of the report stays", async () => {
  const cases = [
    [null, /claude didn't answer within 15s/],
    [{ code: 1 }, /claude exited with 1 without an answer/],
    [{ line: answer("sources") }, /its answer is not understood/],
    [{ line: answer([]).replace('"success"', '"error"') }, /its answer is not understood/],
  ] as const;
  for (const [reply, why] of cases) {
    const context = contextWithAccount();
    context.processes.reply = () => reply;
    await runCommand(context, "doctor", "--ask");
    const said = context.terminal.stdout.replace(/\s+/g, " ");
    assert.match(said, why);
    assert.match(said, /claude didn't say which settings are in force/);
    assert.match(said, /rights network/);
  }
});

Deno.test("doctor --ask --json says whether claude answered", async () => {
  const context = contextWithAccount();
  context.processes.reply = () => ({ line: answer([]) });
  await runCommand(context, "doctor", "--ask", "--json");
  const { asked } = JSON.parse(context.terminal.stdout);
  assert.deepEqual(asked, { ok: true, why: null });
  const nobody = fakeContext();
  await runCommand(nobody, "doctor", "--ask", "--json");
  assert.deepEqual(JSON.parse(nobody.terminal.stdout).asked, {
    ok: false,
    why: "no account is set up",
  });
});
