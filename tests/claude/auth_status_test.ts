// Tests of logins in a keychain, with a fake client and a fake `security`.
import assert from "node:assert/strict";
import { authStatus } from "../../lib/claude/auth_status.ts";
import { systemProcesses } from "../../lib/system/processes.ts";
import { SHARED_HOME_ACCOUNT } from "../../lib/config/account.ts";
import { layoutOf } from "../../lib/config/paths.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { contextOf, runHere } from "../commands/context_of.ts";

/**
 * Puts a `security` and a `claude` on PATH that keep logins the macOS way (CONTRACT §4): one entry per
 * config dir as spelled, without a suffix if the variable is unset.
 */
function installKeychain(home: TempHome): { entries(): string[]; add(dir: string | null): void } {
  const keychain = `${home.path}/keychain`;
  Deno.mkdirSync(keychain);
  const write = (name: string, lines: string[]) =>
    Deno.writeTextFileSync(`${home.bin}/${name}`, `#!/bin/sh\n${lines.join("\n")}\n`, {
      mode: 0o755,
    });
  write("security", [
    `while [ $# -gt 0 ]; do [ "$1" = -s ] && service=$2; shift; done`,
    `[ -f "${keychain}/$service" ] || exit 44`,
  ]);
  write("claude", [
    `service='Claude Code-credentials'`,
    `if [ -n "\${CLAUDE_CONFIG_DIR+set}" ]; then`,
    `  hash=$(printf %s "$CLAUDE_CONFIG_DIR" | sha256sum | cut -c1-8)`,
    `  service="$service-$hash"`,
    `fi`,
    `[ -n "$ANTHROPIC_API_KEY" ] && { echo '{"loggedIn":true,"authMethod":"api_key"}'; exit 0; }`,
    `if '${home.bin}/security' find-generic-password -a tester -w -s "$service"; then`,
    `  echo '{"loggedIn":true,"authMethod":"claude.ai"}'`,
    `else echo '{"loggedIn":false,"authMethod":"none"}'; exit 1; fi`,
  ]);
  return {
    entries: () => [...Deno.readDirSync(keychain)].map((entry) => entry.name),
    add(dir) {
      let suffix = "";
      if (dir !== null) {
        const { stdout } = new Deno.Command("sh", {
          args: ["-c", `printf %s "$1" | sha256sum | cut -c1-8`, "sh", dir],
        }).outputSync();
        suffix = `-${new TextDecoder().decode(stdout).trim()}`;
      }
      Deno.writeTextFileSync(`${keychain}/Claude Code-credentials${suffix}`, "");
    },
  };
}

Deno.test("each account is asked about with its own spelling, the in-place one without the variable", async () => {
  await using home = await TempHome.create();
  const keychain = installKeychain(home);
  const layout = layoutOf({ home: home.path, root: `${home.multi}//` });
  const processes = systemProcesses({ get: (name) => home.env()[name] ?? null });
  const state = authStatus({ processes, layout, client: () => `${home.bin}/claude` });
  const work = { ...SHARED_HOME_ACCOUNT, name: "work", folder: "work", inPlace: false };
  assert.equal(state(work), "missing");
  assert.equal(state(SHARED_HOME_ACCOUNT), "missing");
  keychain.add(home.accountDir("work"));
  assert.equal(state(work), "present");
  assert.equal(state(SHARED_HOME_ACCOUNT), "missing");
  keychain.add(null);
  assert.equal(state(SHARED_HOME_ACCOUNT), "present");
});

Deno.test("a variable that would show another login doesn't reach the client", async () => {
  await using home = await TempHome.create();
  installKeychain(home);
  const layout = layoutOf({ home: home.path, root: home.multi });
  Deno.env.set("ANTHROPIC_API_KEY", "sk-of-somebody");
  try {
    const processes = systemProcesses({ get: () => null });
    const state = authStatus({ processes, layout, client: () => `${home.bin}/claude` });
    assert.equal(state(SHARED_HOME_ACCOUNT), "missing");
  } finally {
    Deno.env.delete("ANTHROPIC_API_KEY");
  }
});

Deno.test("a client that is missing or prints nonsense doesn't count as a login", async () => {
  await using home = await TempHome.create();
  const layout = layoutOf({ home: home.path, root: home.multi });
  const processes = { capture: () => ({ code: 0, stdout: "Segmentation fault" }) };
  assert.equal(
    authStatus({ processes, layout, client: () => "/x" })(SHARED_HOME_ACCOUNT),
    "unreadable",
  );
  assert.equal(
    authStatus({ processes, layout, client: () => null })(SHARED_HOME_ACCOUNT),
    "missing",
  );
});

Deno.test("on macOS the client decides which accounts are logged in, and uninstall leaves the logins", async () => {
  await using home = await TempHome.create();
  const keychain = installKeychain(home);
  home.seedAccount("work", { login: "none" });
  home.writeConfig({ accounts: [{ name: "work" }, { name: "personal", inPlace: true }] });
  const context = () => contextOf(home, { processes: { system: "darwin" } });
  const states = async () => {
    const here = context();
    await runHere(here, "status", "--json");
    return JSON.parse(here.printed.at(-1) ?? "").accounts.map((a: { state: string }) => a.state);
  };
  assert.deepEqual(await states(), ["login", "login"]);
  keychain.add(home.accountDir("work"));
  keychain.add(null);
  assert.deepEqual(await states(), ["open", "open"]);
  const before = keychain.entries().sort();
  await assert.rejects(() => runHere(context(), "uninstall", "--restore", "work"), /Keychain/);
  assert.equal(await runHere(context(), "uninstall", "--yes"), 0);
  assert.deepEqual(keychain.entries().sort(), before);
});

Deno.test("on macOS doctor reports another spelling of our folder", async () => {
  await using home = await TempHome.create();
  installKeychain(home);
  home.writeConfig({ accounts: [{ name: "work" }] });
  await runHere(contextOf(home, { processes: { system: "darwin" } }), "setup");
  Deno.writeTextFileSync(`${home.multi}/spelling`, "/private/elsewhere\n");
  const context = contextOf(home, { processes: { system: "darwin" } });
  await runHere(context, "doctor", "--json");
  const { findings } = JSON.parse(context.printed.at(-1) ?? "");
  assert.ok(findings.some((f: { id: string }) => f.id === "spelling"), JSON.stringify(findings));
});
