// Tests of what sends requests or the login elsewhere, by source, as the client puts settings together.
import assert from "node:assert/strict";
import type { Detour } from "../../lib/claude/in_force.ts";
import {
  allowedOrganizations,
  detours,
  effectOf,
  otherConfigDir,
} from "../../lib/claude/in_force.ts";
import type { Settings } from "../../lib/claude/settings.ts";
import { fakeContext } from "../helpers/context.ts";

type Fake = ReturnType<typeof fakeContext>;

const CWD = "/home/u/project";

function write(context: Fake, path: string, value: unknown): void {
  context.files.makePrivateDirectory(path.slice(0, path.lastIndexOf("/")));
  context.files.writeText(path, typeof value === "string" ? value : JSON.stringify(value));
}

const found = (context: Fake, callers: Settings = {}) =>
  detours(context, { cwd: CWD, callers }).map(({ key, to, from }) => `${key} ${to} ${from.name}`);
const user = (context: Fake, value: unknown) =>
  write(context, `${context.layout.shared}/settings.json`, value);
const baseUrl = (value: unknown) => ({ env: { ANTHROPIC_BASE_URL: value } });

Deno.test("a base URL is found in the environment and in every source of settings", () => {
  const gate = "http://127.0.0.1:15721";
  const cases: Array<[string, (context: Fake) => void]> = [
    ["settings.json", (context) => user(context, baseUrl(gate))],
    [
      `"${CWD}/.claude/settings.json"`,
      (c) => write(c, `${CWD}/.claude/settings.json`, baseUrl(gate)),
    ],
    [
      `"${CWD}/.claude/settings.local.json"`,
      (c) => write(c, `${CWD}/.claude/settings.local.json`, baseUrl(gate)),
    ],
    [
      '"/etc/claude-code/managed-settings.json"',
      (c) => write(c, "/etc/claude-code/managed-settings.json", baseUrl(gate)),
    ],
    [
      '"/etc/claude-code/managed-settings.d/10-net.json"',
      (c) => write(c, "/etc/claude-code/managed-settings.d/10-net.json", baseUrl(gate)),
    ],
  ];
  for (const [name, prepare] of cases) {
    const context = fakeContext();
    prepare(context);
    const shown = name.replace(`"${context.layout.home}/`, '"~/');
    assert.deepEqual(found(context), [`env.ANTHROPIC_BASE_URL ${gate} ${shown}`]);
  }
  assert.deepEqual(found(fakeContext(), baseUrl(gate)), [
    `env.ANTHROPIC_BASE_URL ${gate} your --settings`,
  ]);
  const context = fakeContext({ env: { ANTHROPIC_BASE_URL: gate } });
  assert.deepEqual(found(context), [`ANTHROPIC_BASE_URL ${gate} the environment`]);
});

Deno.test("of one key the strongest source counts, also if it leads back", () => {
  const context = fakeContext({ env: { ANTHROPIC_BASE_URL: "http://env" } });
  user(context, baseUrl("http://user"));
  assert.deepEqual(found(context), ["env.ANTHROPIC_BASE_URL http://user settings.json"]);
  write(context, `${CWD}/.claude/settings.json`, baseUrl("https://api.anthropic.com"));
  assert.deepEqual(found(context), []);
});

Deno.test("proxies, sockets and addresses by names of tomorrow are found, switches are not", () => {
  const context = fakeContext();
  user(context, {
    env: {
      HTTPS_PROXY: "http://me:secret@proxy:3128",
      http_proxy: "proxy:3128",
      ANTHROPIC_UNIX_SOCKET: "/run/gate.sock",
      CLAUDE_CODE_NEXT_BASE_URL: "https://gate.test/v1",
      CLAUDE_CODE_ENABLE_PROXY: "1",
      NO_PROXY: "localhost",
      OTEL_EXPORTER_OTLP_ENDPOINT: "http://metrics",
    },
  });
  assert.deepEqual(found(context), [
    "env.HTTPS_PROXY http://proxy:3128 settings.json",
    "env.http_proxy http://proxy:3128 settings.json",
    "env.ANTHROPIC_UNIX_SOCKET /run/gate.sock settings.json",
    "env.CLAUDE_CODE_NEXT_BASE_URL https://gate.test settings.json",
  ]);
});

Deno.test("an exported proxy is found by each of its names, without its password", () => {
  for (const name of ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY"]) {
    const context = fakeContext({ env: { [name]: "http://me:secret@proxy:3128/?token=secret" } });
    assert.deepEqual(found(context), [`${name} http://proxy:3128 the environment`]);
    const [detour] = detours(context, { cwd: CWD, callers: {} });
    assert.doesNotMatch(effectOf(detour as Detour), /secret/);
    assert.equal(/unencrypted/.test(effectOf(detour as Detour)), name === "ALL_PROXY");
  }
});

Deno.test("a proxy that the service is exempt from leads nowhere, whoever exempts it", () => {
  const HTTPS_PROXY = "http://proxy:3128";
  for (
    const list of ["*", "localhost,.anthropic.com", "api.anthropic.com:443", "*.anthropic.com"]
  ) {
    assert.deepEqual(found(fakeContext({ env: { HTTPS_PROXY, NO_PROXY: list } })), []);
    assert.deepEqual(found(fakeContext({ env: { HTTPS_PROXY } }), { env: { no_proxy: list } }), []);
  }
  for (const list of ["localhost", "anthropic.co", "thropic.com", "127.0.0.1 ::1"]) {
    const env = { HTTPS_PROXY, NO_PROXY: list, ANTHROPIC_BASE_URL: "http://127.0.0.1:1" };
    assert.equal(found(fakeContext({ env })).length, 2, list);
  }
});

Deno.test("unchecked certificates are told, and additional ones if a proxy could use them", () => {
  const NODE_EXTRA_CA_CERTS = "/etc/corporate.pem";
  assert.deepEqual(found(fakeContext({ env: { NODE_EXTRA_CA_CERTS } })), []);
  const env = { NODE_EXTRA_CA_CERTS, https_proxy: "proxy:3128" };
  assert.deepEqual(found(fakeContext({ env })), [
    "https_proxy http://proxy:3128 the environment",
    "NODE_EXTRA_CA_CERTS null the environment",
  ]);
  const [, added] = detours(fakeContext({ env }), { cwd: CWD, callers: {} });
  assert.equal(
    effectOf(added as Detour),
    "claude trusts an extra certificate authority, whose owner could read your requests",
  );
  const careless = fakeContext({ env: { NODE_TLS_REJECT_UNAUTHORIZED: "0" } });
  assert.deepEqual(found(careless), ["NODE_TLS_REJECT_UNAUTHORIZED null the environment"]);
  user(careless, { env: { NODE_TLS_REJECT_UNAUTHORIZED: "1" } });
  assert.deepEqual(found(careless), []);
});

Deno.test("custom headers count as another login only if they carry one", () => {
  const headers = (value: string) => fakeContext({ env: { ANTHROPIC_CUSTOM_HEADERS: value } });
  assert.deepEqual(found(headers("x-team: a\nx-trace: 1")), []);
  for (const value of ["x-team: a\nAuthorization: Bearer secret", "X-Api-Key : secret"]) {
    const [detour] = detours(headers(value), { cwd: CWD, callers: {} });
    assert.equal(detour?.kind, "login");
    assert.doesNotMatch(JSON.stringify(detour), /secret/);
  }
});

Deno.test("a login of a project or an administrator overrides the account like one of the user", () => {
  const context = fakeContext();
  write(context, "/etc/claude-code/managed-settings.json", { apiKeyHelper: "key" });
  write(context, `${CWD}/.claude/settings.json`, {
    env: { CLAUDE_CODE_USE_VERTEX: "0", ANTHROPIC_API_KEY: "" },
  });
  assert.deepEqual(found(context), ['apiKeyHelper null "/etc/claude-code/managed-settings.json"']);
});

Deno.test("organisations that an administrator allows are one or a list", () => {
  const context = fakeContext();
  assert.equal(allowedOrganizations(context), null);
  for (const forced of ["org-1", ["org-1"]]) {
    write(context, "/etc/claude-code/managed-settings.json", { forceLoginOrgUUID: forced });
    assert.deepEqual(allowedOrganizations(context)?.allowed, ["org-1"]);
  }
});

Deno.test("another config dir is named with what lies there, but not one of our own", () => {
  const other = fakeContext({ env: { CLAUDE_CONFIG_DIR: "/home/u/.claude-work/" } });
  write(other, "/home/u/.claude-work/.credentials.json", "{}");
  write(other, "/home/u/.claude-work/settings.json", "{}");
  assert.deepEqual(otherConfigDir(other, []), {
    path: "/home/u/.claude-work",
    has: ["a login", "settings"],
  });
  const own = fakeContext();
  for (const path of [own.layout.shared, `${own.layout.accounts}/a`]) {
    const context = fakeContext({ env: { CLAUDE_CONFIG_DIR: path } });
    const account = { folder: "a", inPlace: false };
    assert.equal(
      otherConfigDir(context, [account as Parameters<typeof otherConfigDir>[1][0]]),
      null,
    );
  }
  assert.equal(otherConfigDir(own, []), null);
});
