// The mock of the service: it answers the real client, on this machine only.
import type { FakeIdentity } from "../helpers/identity.ts";
import { fakeIdentity, nameInToken, refreshedTokens } from "../helpers/identity.ts";
import { makeCertificates } from "./certificate.ts";
import { startConnectProxy } from "./connect_proxy.ts";
import { profileOf, usageOf, windowHeaders } from "./mock_bodies.ts";
import type { Treatment } from "./mock_bodies.ts";
import type { Json } from "./mock_replies.ts";
import { answerTo, asEvents, asJson, lastUserText } from "./mock_replies.ts";

/** A request that arrived. Its token is not kept, only the name inside it. */
export interface MockRequest {
  atMs: number;
  /** `proxy`: it was meant for another host, and answered here. */
  via: "direct" | "proxy";
  host: string;
  method: string;
  path: string;
  /** The name inside the bearer token; null if it is not one of ours. */
  account: string | null;
  body: unknown;
}

/** Hosts that the client is known to contact; requests to all of them are answered here. */
const HOSTS = [
  "api.anthropic.com",
  "*.anthropic.com",
  "platform.claude.com",
  "claude.ai",
  "*.claude.ai",
  "claude.com",
  "*.claude.com",
  "storage.googleapis.com",
  "github.com",
  "*.githubusercontent.com",
  "*.datadoghq.com",
  "*.logs.us5.datadoghq.com",
  "*.sentry.io",
];

/** The mock service: `await using api = await MockApi.start()`. */
export class MockApi implements AsyncDisposable {
  /** Every request, in order of arrival. */
  readonly requests: MockRequest[] = [];
  /** How each account is treated, by name; `*` for all others. */
  readonly accounts: Record<string, Treatment> = {};
  /** Feature flags by name; null: the flag service answers 404. */
  features: Record<string, unknown> | null = null;
  /** The refusal of the token endpoint; null: it grants tokens. */
  tokenError: { status: number; body: Json } | null = null;
  #messages = 0;
  #refreshes = 0;

  private constructor(
    private readonly dir: string,
    private readonly servers: AsyncDisposable[],
    private readonly ports: { http: number; proxy: number },
  ) {}

  /** Starts the service on random ports of the loopback address. */
  static async start(): Promise<MockApi> {
    const dir = await Deno.realPath(await Deno.makeTempDir({ prefix: "claude-multi-mock-" }));
    const certificates = await makeCertificates(HOSTS);
    await Deno.writeTextFile(`${dir}/ca.pem`, certificates.caPem);
    const address = { hostname: "127.0.0.1", port: 0, onListen: () => {} };
    let api: MockApi | null = null;
    const handler = (via: MockRequest["via"]) => (request: Request): Promise<Response> =>
      api === null
        ? Promise.resolve(new Response(null, { status: 503 }))
        : api.#handle(request, via);
    const http = Deno.serve(address, handler("direct"));
    const { certificatePem: cert, keyPem: key } = certificates;
    const https = Deno.serve({ ...address, cert, key }, handler("proxy"));
    const proxy = startConnectProxy(https.addr.port);
    const servers = [proxy, disposable(http), disposable(https)];
    return api = new MockApi(dir, servers, { http: http.addr.port, proxy: proxy.port });
  }

  /**
   * Variables that make the real client talk to this mock and to nothing else: its base URL, and a
   * proxy for the hosts that are hard-coded in the client (CONTRACT §0).
   */
  env(): Record<string, string> {
    return {
      ANTHROPIC_BASE_URL: `http://127.0.0.1:${this.ports.http}`,
      HTTPS_PROXY: `http://127.0.0.1:${this.ports.proxy}`,
      HTTP_PROXY: "",
      NO_PROXY: "127.0.0.1,localhost",
      NODE_EXTRA_CA_CERTS: `${this.dir}/ca.pem`,
    };
  }

  /**
   * Conversation turns that arrived, each with its account and the user's last text. The probe at
   * an interactive start (CONTRACT §8) and the request for a title don't count: they offer no tools.
   */
  turns(): Array<{ account: string | null; text: string }> {
    return this.requests.filter((r) => r.method === "POST" && r.path === "/v1/messages")
      .map((r) => ({ account: r.account, body: r.body as Json }))
      .filter(({ body }) => Array.isArray(body["tools"]) && body["tools"].length > 0)
      .map(({ account, body }) => ({ account, text: lastUserText(body) ?? "" }));
  }

  /** Holds back an account's answers until the returned function is called. */
  hold(account: string): () => void {
    let release = (): void => {};
    const hold = new Promise<void>((resolve) => release = resolve);
    this.accounts[account] = { ...this.accounts[account], hold };
    return () => {
      delete this.accounts[account]?.hold;
      release();
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const server of this.servers) await server[Symbol.asyncDispose]();
    await Deno.remove(this.dir, { recursive: true });
  }

  async #handle(request: Request, via: MockRequest["via"]): Promise<Response> {
    const url = new URL(request.url);
    const account = nameInToken(request.headers.get("authorization"));
    const text = await request.text();
    const host = request.headers.get("host") ?? url.host;
    const body = parsed(text);
    const { method } = request;
    const path = url.pathname;
    this.requests.push({ atMs: Date.now(), via, host, method, path, account, body });
    const identity = fakeIdentity(account ?? "nobody");
    const route = `${method} ${path}`;
    if (route === "POST /v1/messages") return await this.#messagesAnswer(body as Json, identity);
    if (path.endsWith("/v1/messages/count_tokens")) return json({ input_tokens: 1234 });
    if (path.endsWith("/v1/oauth/token")) return this.#token(body);
    if (path.endsWith("/api/oauth/profile")) return json(profileOf(identity));
    if (path.endsWith("/api/oauth/usage")) return await this.#usageAnswer(identity);
    if (path.startsWith("/api/eval/")) return this.#flags();
    if (path.endsWith("/v1/models")) return json({ data: [], has_more: false });
    if (path.endsWith("/hello") || path.endsWith("/health")) return json({ message: "hello" });
    return json(errorBody("not_found_error", "mock: no such path"), { status: 404 });
  }

  async #messagesAnswer(body: Json, identity: FakeIdentity): Promise<Response> {
    const id = String(++this.#messages).padStart(4, "0");
    const given = this.#treatment(identity.name);
    const isProbe = !(Array.isArray(body["tools"]) && body["tools"].length > 0);
    const treatment = isProbe && given.answersProbes ? {} as Treatment : given;
    if (treatment.delayMs) await new Promise((done) => setTimeout(done, treatment.delayMs));
    await treatment.hold;
    const headers = {
      "request-id": `req_mock_${id}`,
      "anthropic-organization-id": identity.organizationUuid,
      ...windowHeaders(treatment),
      ...treatment.headers,
    };
    if (treatment.error) {
      const { status, type, message = `mock: ${type}` } = treatment.error;
      return json(errorBody(type, message), { status, headers });
    }
    if (treatment.rejected) {
      const message = "This request would exceed your account rate limit.";
      return json(errorBody("rate_limit_error", message), { status: 429, headers });
    }
    const answer = answerTo(body, { id, usage: treatment.usage ?? {} });
    if (body["stream"] !== true) return json(asJson(answer), { headers });
    return new Response(asEvents(answer), {
      headers: { "content-type": "text/event-stream", "cache-control": "no-cache", ...headers },
    });
  }

  async #usageAnswer(identity: FakeIdentity): Promise<Response> {
    const treatment = this.#treatment(identity.name);
    await treatment.hold;
    const { usageAnswer } = treatment;
    if (usageAnswer === undefined) return json(usageOf(treatment));
    const { status, body } = usageAnswer;
    return new Response(body, { status, headers: { "content-type": "application/json" } });
  }

  #treatment(account: string): Treatment {
    return this.accounts[account] ?? this.accounts["*"] ?? {};
  }

  #token(body: unknown): Response {
    if (this.tokenError) return json(this.tokenError.body, { status: this.tokenError.status });
    const request = typeof body === "object" && body !== null ? body as Json : {};
    const name = nameInToken(String(request["refresh_token"] ?? request["code"] ?? "")) ??
      "nobody";
    const identity = fakeIdentity(name);
    const tokens = refreshedTokens(name, ++this.#refreshes);
    return json({
      token_type: "Bearer",
      access_token: tokens.access,
      refresh_token: tokens.refresh,
      expires_in: 28_800,
      scope: "user:inference user:profile user:sessions:claude_code user:mcp_servers",
      account: { uuid: identity.accountUuid, email_address: identity.email },
      organization: { uuid: identity.organizationUuid, name: identity.organizationName },
    });
  }

  #flags(): Response {
    if (this.features === null) return json({}, { status: 404 });
    return json({
      features: Object.fromEntries(
        Object.entries(this.features).map(([name, value]) => [name, { defaultValue: value }]),
      ),
    });
  }
}

function errorBody(type: string, message: string): Json {
  return { type: "error", error: { type, message } };
}

function json(
  value: unknown,
  init: { status?: number; headers?: Record<string, string> } = {},
): Response {
  return new Response(JSON.stringify(value), {
    status: init.status ?? 200,
    headers: { "content-type": "application/json", ...init.headers },
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text.slice(0, 4000);
  }
}

/** A server that shuts down when disposed, even if clients keep connections open. */
function disposable(server: Deno.HttpServer): AsyncDisposable {
  return {
    async [Symbol.asyncDispose]() {
      const closed = server.shutdown().catch(() => {});
      let timer = 0;
      const patience = new Promise<void>((resolve) => timer = setTimeout(resolve, 500));
      await Promise.race([closed, patience]);
      clearTimeout(timer);
    },
  };
}
