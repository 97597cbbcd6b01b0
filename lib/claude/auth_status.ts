// Asks the official client whether an account is logged in, on systems where no file says so.
import type { Account } from "../config/account.ts";
import type { Layout } from "../config/paths.ts";
import { accountVariables } from "./environment.ts";
import type { ClaudeHome, LoginState, Processes } from "../ports/mod.ts";

/**
 * The login state from `claude auth status`, for systems that keep logins in a keychain (CONTRACT §4).
 * The client runs with the variables of a launch, and uses no network for this. If there is no client,
 * the account counts as not logged in.
 */
export function authStatus(options: {
  processes: Pick<Processes, "capture">;
  layout: Layout;
  client: () => string | null;
}): (account: Account) => LoginState {
  return (account) => {
    const program = options.client();
    if (program === null) return "missing";
    const { set, unset } = accountVariables(account, options.layout);
    const words = [
      ...unset.flatMap((name) => ["-u", name]),
      ...Object.entries(set).map(([name, value]) => `${name}=${value}`),
      ...[program, "auth", "status", "--json"],
    ];
    try {
      const { stdout } = options.processes.capture("/usr/bin/env", words);
      const answer = JSON.parse(stdout) as { loggedIn?: unknown };
      return answer.loggedIn === true ? "present" : "missing";
    } catch {
      return "unreadable";
    }
  };
}

/** The same home, but the client is asked, once, about each account without a credentials file. */
export function keychainHome(
  home: ClaudeHome,
  askClient: (account: Account) => LoginState,
): ClaudeHome {
  const asked = new Map<string, LoginState>();
  const stateOf = (account: Account, byFile: LoginState): LoginState => {
    if (byFile !== "missing") return byFile;
    const key = account.inPlace ? "" : account.folder;
    const state = asked.get(key) ?? askClient(account);
    asked.set(key, state);
    return state;
  };
  return {
    ...home,
    login: (account) => stateOf(account, home.login(account)),
    loginFacts(account) {
      const facts = home.loginFacts(account);
      return { ...facts, state: stateOf(account, facts.state) };
    },
    forget() {
      asked.clear();
      home.forget();
    },
  };
}
