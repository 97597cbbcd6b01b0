// Login state as the official client tells it, for systems where no file does.
import type { Account } from "../config/account.ts";
import { OVERRIDING_VARIABLES } from "./environment.ts";
import type { Layout } from "../config/paths.ts";
import { configDirOf } from "../config/paths.ts";
import type { ClaudeHome, LoginState, Processes } from "../ports/mod.ts";

/**
 * Login state by `claude auth status`, for systems that keep logins in a keychain (CONTRACT §4). The
 * client runs as in a launch: with the config dir in its one spelling, or unset for the in-place
 * account, and without variables that would show another login. It uses no network for this.
 * Without a client the account counts as not logged in.
 */
export function authStatus(options: {
  processes: Pick<Processes, "capture">;
  layout: Layout;
  client: () => string | null;
}): (account: Account) => LoginState {
  return (account) => {
    const program = options.client();
    if (program === null) return "missing";
    const removed = [...OVERRIDING_VARIABLES, "CLAUDE_CONFIG_DIR"].flatMap((name) => ["-u", name]);
    const set = account.inPlace
      ? []
      : [`CLAUDE_CONFIG_DIR=${configDirOf(account, options.layout)}`];
    const words = [...removed, ...set, program, "auth", "status", "--json"];
    try {
      const { stdout } = options.processes.capture("/usr/bin/env", words);
      const answer = JSON.parse(stdout) as { loggedIn?: unknown };
      return answer.loggedIn === true ? "present" : "missing";
    } catch {
      return "unreadable";
    }
  };
}

/** The same home, except that the client is asked, once, about accounts without credentials file. */
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
