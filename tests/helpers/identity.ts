// Made-up people: everything about a fake account follows from its name.

/** A made-up login, valid nowhere. */
export interface FakeIdentity {
  name: string;
  email: string;
  accountUuid: string;
  organizationUuid: string;
  organizationName: string;
  accessToken: string;
  refreshToken: string;
}

const ACCESS_TOKEN = "sk-ant-oat01-FAKE-";
const REFRESH_TOKEN = "sk-ant-ort01-FAKE-";

/** The identity of a name (a-z, 0-9 and -); the same name always gives the same one. */
export function fakeIdentity(name: string): FakeIdentity {
  const tail = hash48(name);
  return {
    name,
    email: `${name}@example.test`,
    accountUuid: `00000000-0000-4000-8000-${tail}`,
    organizationUuid: `00000000-0000-4000-9000-${tail}`,
    organizationName: `${name} org`,
    accessToken: `${ACCESS_TOKEN}${name}`,
    refreshToken: `${REFRESH_TOKEN}${name}`,
  };
}

/** Tokens as the service returns them at the nth refresh, with the name readable in them. */
export function refreshedTokens(name: string, n: number): { access: string; refresh: string } {
  return { access: `${ACCESS_TOKEN}${name}.r${n}`, refresh: `${REFRESH_TOKEN}${name}.r${n}` };
}

/** The name inside a fake token or `Authorization` value; null for any other. */
export function nameInToken(token: string | null): string | null {
  return token?.match(/sk-ant-o[ar]t01-FAKE-([a-z0-9-]+)/)?.[1] ?? null;
}

/** What the client stores as `oauthAccount` in `.claude.json` (CONTRACT §1). */
export function oauthAccountOf(identity: FakeIdentity): Record<string, unknown> {
  return {
    accountUuid: identity.accountUuid,
    emailAddress: identity.email,
    organizationUuid: identity.organizationUuid,
    organizationName: identity.organizationName,
    organizationRole: "admin",
    displayName: identity.name,
    fullName: identity.name,
    billingType: "stripe_subscription",
    hasExtraUsageEnabled: false,
  };
}

/** What the client stores in `.credentials.json` (CONTRACT §4). */
export function credentialsOf(
  identity: FakeIdentity,
  options: { expiresAtMs: number; blank?: boolean },
): Record<string, unknown> {
  const blank = options.blank ?? false;
  return {
    claudeAiOauth: {
      accessToken: blank ? "" : identity.accessToken,
      refreshToken: blank ? "" : identity.refreshToken,
      expiresAt: blank ? 0 : options.expiresAtMs,
      scopes: ["user:inference", "user:profile", "user:sessions:claude_code", "user:mcp_servers"],
      subscriptionType: "max",
      rateLimitTier: "default_claude_max_5x",
    },
  };
}

/** Two FNV-1a passes joined to 12 hexadecimal digits. */
function hash48(text: string): string {
  const fnv = (seed: number): number => {
    let h = seed >>> 0;
    for (const c of text) h = Math.imul(h ^ (c.codePointAt(0) ?? 0), 0x01000193) >>> 0;
    return h;
  };
  return fnv(0x811c9dc5).toString(16).padStart(8, "0") +
    (fnv(0x1234567) & 0xffff).toString(16).padStart(4, "0");
}
