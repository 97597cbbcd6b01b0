// The ClaudeHome port: what the client keeps in config dirs. Tokens never leave this file.
import type { Account, Identity } from "../config/account.ts";
import type { Layout } from "../config/paths.ts";
import { configDirOf, globalConfigOf } from "../config/paths.ts";
import { parseCachedUsage } from "../balance/windows.ts";
import type { ClaudeHome, Files, Hashing, LoginFacts, LoginState } from "../ports/mod.ts";
import { fingerprintOf } from "./login_fingerprint.ts";

type Json = Record<string, unknown>;

/** Config dirs as the client lays them out (CONTRACT §1, §4). */
export function claudeHome(
  layout: Layout,
  { files, hashing }: { files: Files; hashing: Hashing },
): ClaudeHome {
  const { root } = layout;
  return {
    ...configDirs(layout, files),
    loginFacts(account): LoginFacts {
      const oauth = credentialsOf(account, { layout, files });
      const state = loginStateOf(oauth);
      if (typeof oauth === "string") {
        return { state, accountUuid: null, organizationUuid: null, fingerprint: null };
      }
      const token = text(oauth["refreshToken"]) ?? text(oauth["accessToken"]);
      return {
        state,
        accountUuid: text(oauth["accountUuid"]),
        organizationUuid: text(oauth["organizationUuid"]),
        fingerprint: token === null ? null : fingerprintOf(token, { root, files, hashing }),
      };
    },
  };
}

/** All of a {@link ClaudeHome} that needs nothing of a login but whether it is there. */
export function configDirs(
  layout: Layout,
  files: Pick<Files, "readText">,
): Omit<ClaudeHome, "loginFacts"> {
  const globals = new Map<string, Json | null>();

  function globalConfig(account: Account): Json | null {
    const path = globalConfigOf(account, layout);
    const known = globals.get(path);
    if (known !== undefined) return known;
    const value = readJson(path);
    globals.set(path, value);
    return value;
  }

  function readJson(path: string): Json | null {
    try {
      const text = files.readText(path);
      return text === null ? null : record(JSON.parse(text));
    } catch {
      return null;
    }
  }

  function identity(account: Account): Identity | null {
    const oauth = record(globalConfig(account)?.["oauthAccount"]);
    const uuid = text(oauth?.["accountUuid"]);
    if (oauth === null || uuid === null) return null;
    return {
      accountUuid: uuid,
      organizationUuid: text(oauth["organizationUuid"]),
      email: text(oauth["emailAddress"]),
      organizationName: text(oauth["organizationName"]),
    };
  }

  return {
    login: (account) => loginStateOf(credentialsOf(account, { layout, files })),
    forget: () => globals.clear(),
    globalConfig,
    identity,
    cachedUsage(account) {
      const owner = identity(account)?.accountUuid ?? null;
      const cached = globalConfig(account)?.["cachedUsageUtilization"];
      return parseCachedUsage(cached, { account: account.name, accountUuid: owner });
    },
    sharedSettings: () => readJson(`${layout.shared}/settings.json`),
  };
}

/** The OAuth record of an account's credentials file, or why there is none. */
function credentialsOf(
  account: Account,
  { layout, files }: { layout: Layout; files: Pick<Files, "readText"> },
): Json | "missing" | "unreadable" {
  try {
    const content = files.readText(`${configDirOf(account, layout)}/.credentials.json`);
    if (content === null) return "missing";
    const whole = record(JSON.parse(content));
    return whole === null ? "unreadable" : record(whole["claudeAiOauth"]) ?? {};
  } catch {
    return "unreadable";
  }
}

/** After a refused refresh the client keeps the record and blanks its tokens (CONTRACT §4). */
function loginStateOf(oauth: ReturnType<typeof credentialsOf>): LoginState {
  if (typeof oauth === "string") return oauth;
  return text(oauth["accessToken"]) === null ? "blank" : "present";
}

function record(value: unknown): Json | null {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? value as Json
    : null;
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}
