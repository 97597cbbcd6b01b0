// The ClaudeHome port: what the client keeps in config dirs. Tokens never leave this file.
import type { Account, Plan } from "../config/account.ts";
import { identityKey } from "../config/account.ts";
import type { Layout } from "../config/paths.ts";
import { configDirOf } from "../config/paths.ts";
import type { ClaudeHome, Files, Hashing, LoginFacts, LoginState } from "../ports/mod.ts";
import { objectIn, objectOf, textOf } from "../text/json_object.ts";
import { readObject } from "./json_files.ts";
import { unusedResetUntilMs } from "./limit_reset.ts";
import { globalConfigOf, identityIn } from "./logged_in.ts";
import { planIn } from "./login_plan.ts";
import { fingerprintOf } from "./login_fingerprint.ts";
import { parseCachedUsage } from "./usage_answer.ts";

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
      const login = loginOf(account, { layout, files });
      const state = loginStateOf(login);
      if (typeof login === "string") {
        return { state, accountUuid: null, fingerprint: null };
      }
      const token = textOf(login["refreshToken"]) ?? textOf(login["accessToken"]);
      return {
        state,
        accountUuid: textOf(login["accountUuid"]),
        fingerprint: token === null ? null : fingerprintOf(token, { root, files, hashing }),
      };
    },
  };
}

/** A {@link ClaudeHome} that knows nothing about a login except whether it is there. */
export function configDirs(
  layout: Layout,
  files: Pick<Files, "readText">,
): Omit<ClaudeHome, "loginFacts"> {
  const globals = new Map<string, Json | null>();
  /** The plans that the credentials name, by account, as last read. */
  const plans = new Map<string, Plan | null>();

  function globalConfig(account: Account): Json | null {
    const path = globalConfigOf(account, layout);
    const known = globals.get(path);
    if (known !== undefined) return known;
    const value = readObject({ files }, path);
    globals.set(path, value);
    return value;
  }

  function login(account: Account): LoginState {
    const found = loginOf(account, { layout, files });
    plans.set(account.name, typeof found === "string" ? null : planIn(found));
    return loginStateOf(found);
  }

  return {
    login,
    forget() {
      globals.clear();
      plans.clear();
    },
    globalConfig,
    identity: (account) => identityIn(globalConfig(account)),
    plan(account) {
      const named = planIn(objectOf(globalConfig(account)?.["oauthAccount"]));
      if (named !== null) return named;
      if (!plans.has(account.name)) login(account);
      return plans.get(account.name) ?? null;
    },
    cachedUsage(account) {
      const config = globalConfig(account);
      return parseCachedUsage(config?.["cachedUsageUtilization"], {
        account: account.name,
        loggedIn: identityKey(identityIn(config)),
      });
    },
    unusedResetUntilMs(account) {
      const config = globalConfig(account);
      const accountUuid = identityIn(config)?.accountUuid ?? null;
      return unusedResetUntilMs(config?.["unusedLimitResetStatusCache"], accountUuid);
    },
    sharedSettings: () => readObject({ files }, `${layout.shared}/settings.json`),
  };
}

/** The path of an account's credentials file (CONTRACT §4). */
export function credentialsOf(
  account: Pick<Account, "inPlace" | "folder">,
  layout: Layout,
): string {
  return `${configDirOf(account, layout)}/.credentials.json`;
}

/** The login in an account's credentials file, or why there is none. */
function loginOf(
  account: Account,
  { layout, files }: { layout: Layout; files: Pick<Files, "readText"> },
): Json | "missing" | "unreadable" {
  try {
    const content = files.readText(credentialsOf(account, layout));
    if (content === null) return "missing";
    const whole = objectIn(content);
    return whole === null ? "unreadable" : objectOf(whole["claudeAiOauth"]);
  } catch {
    return "unreadable";
  }
}

/** After a refused refresh the client keeps the login but blanks its tokens (CONTRACT §4). */
function loginStateOf(login: ReturnType<typeof loginOf>): LoginState {
  if (typeof login === "string") return login;
  return textOf(login["accessToken"]) === null ? "blank" : "present";
}
