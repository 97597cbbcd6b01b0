// The checks of doctor: configuration, accounts, pins, shells and settings.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { isSameIdentity, personText, twinFix } from "../config/account.ts";
import type { Config } from "../config/config.ts";
import { OVERRIDING_VARIABLES } from "../claude/environment.ts";
import type { AnsweredSettings } from "../claude/settings_request.ts";
import { messageOf, UserError } from "../text/errors.ts";
import { parentOf, tildePath } from "../config/paths.ts";
import { shellWord } from "../text/shell_quote.ts";
import { firstSpelling } from "../accounts/folder.ts";
import type { ClientVersion } from "../claude/client_version.ts";
import { versionOf } from "../claude/client_version.ts";
import { clientOffPath, findClient } from "../claude/executable.ts";
import type { Shell } from "./shells.ts";
import { initFileOf, renderShell, SHELLS } from "./shells.ts";
import { editorProblems } from "./editors.ts";
import type { Finding, Problem } from "./folder_checks.ts";
import { brokenShared, FINDINGS, leftovers, linkProblems, modeProblems } from "./folder_checks.ts";
import { ownerProblems } from "./owner_checks.ts";
import type { Source } from "../claude/in_force.ts";
import {
  allowedOrganizations,
  detours,
  effectOf,
  otherConfigDir,
  whereHooksAreOff,
} from "../claude/in_force.ts";
import { isInStartFile, loginShell } from "./rc_files.ts";
import { readLogins } from "../accounts/logins.ts";
import { missingLoginFix } from "./unfinished_logins.ts";

/**
 * All problems, those of the configuration first. Changes nothing. `answered` is what the client said
 * about its settings, if it was asked.
 */
export function examine(context: Context, answered: AnsweredSettings | null = null): Finding[] {
  return [...problems(context, answered)].map((problem) => ({
    ...problem,
    severity: FINDINGS.error.includes(problem.id as never) ? "error" : "warning",
  }));
}

/** The client that cl would start, with its version; null if there is none, or no valid config.json. */
export function clientInUse(context: Context): (ClientVersion & { path: string }) | null {
  try {
    const path = findClient(context, context.configFile.read());
    return { path, ...versionOf(context, path) };
  } catch {
    return null;
  }
}

type Answered = AnsweredSettings | null;

function* problems(context: Context, answered: Answered): Generator<Problem> {
  const owners = [...ownerProblems(context)];
  yield* owners;
  let config: Config;
  try {
    config = context.configFile.read();
  } catch (error) {
    return yield problemOf("config", error);
  }
  try {
    yield* problemsOf(context, config, answered);
  } catch (error) {
    // What can't be read has been named, and the rest can't be checked before that is mended.
    if (owners.length === 0) throw error;
  }
}

function* problemsOf(
  context: Context,
  config: Config,
  answered: Answered,
): Generator<Problem> {
  try {
    findClient(context, config);
  } catch (error) {
    yield problemOf("client", error);
  }
  const offPath = clientOffPath(context, config);
  if (offPath !== null) {
    yield {
      id: "client-path",
      message: `"claude" is not on PATH; cl uses ${tildePath(offPath, context.layout.home)}`,
      fix: `claude-multi config set claudePath ${shellWord(offPath)}`,
    };
  }
  for (const { message, fix } of context.configFile.notices()) {
    yield { id: "config-key", message, fix };
  }
  yield* accountProblems(context, config);
  for (const account of config.accounts) yield* linkProblems(context, account);
  yield* brokenShared(context, config);
  yield* modeProblems(context, config);
  yield* leftovers(context, config);
  yield* pinProblems(context, config);
  yield* spellingProblems(context);
  yield* shellProblems(context);
  yield* programProblems(context);
  yield* editorProblems(context);
  yield* overrides(context, { config, answered });
}

function problemOf(id: Problem["id"], error: unknown): Problem {
  const fix = error instanceof UserError ? error.hint : null;
  return { id, message: messageOf(error), fix };
}

function* accountProblems(context: Context, config: Config): Generator<Problem> {
  if (config.accounts.length === 0) {
    const isSetUp = context.files.kind(context.layout.configFile) !== "missing";
    const fix = isSetUp ? "claude-multi add NAME" : "claude-multi setup";
    yield { id: "no-account", message: "no account is set up", fix };
  }
  for (const view of readLogins(context, config)) {
    const { name, identity: owner } = view.account;
    if (view.login !== "present") {
      const why = {
        missing: "is not logged in",
        blank: "must log in again: a refresh was refused and its tokens are now blank",
        unreadable: "has a login file that can't be read",
      }[view.login];
      const fix = missingLoginFix(context, view.account);
      yield { id: "login", message: `account "${name}" ${why}`, fix };
    }
    if (
      view.login === "present" && owner !== null && view.identity !== null &&
      !isSameIdentity(owner, view.identity)
    ) {
      yield {
        id: "drift",
        message: `account "${name}" belongs to ${personText(owner)}, but ${
          personText(view.identity)
        } is logged in, perhaps by /login in a session; cl won't use it until its owner logs in`,
        fix: `claude-multi login ${name}`,
      };
    }
    const holder = owner ?? view.identity;
    if (view.twin !== null && holder !== null) {
      yield {
        id: "duplicate",
        message: `accounts "${view.twin}" and "${name}" both belong to ${
          personText(holder)
        }, so they share one limit`,
        fix: twinFix(view.account),
      };
    }
  }
}

function* pinProblems({ files, layout }: Context, config: Config): Generator<Problem> {
  for (const { path, account, group } of config.pins) {
    const isThere = files.kind(path) !== "missing";
    const why = account !== null && !config.accounts.some((a) => a.name === account)
      ? `to the account "${account}", which doesn't exist`
      : group !== null && !config.accounts.some((a) => a.group === group)
      ? `to the group "${group}", which has no accounts`
      : isThere
      ? null
      : "but no longer exists";
    if (why === null) continue;
    yield {
      id: "pin",
      message: `the folder "${tildePath(path, layout.home)}" is pinned ${why}`,
      fix: isThere
        ? `cd ${shellWord(path)} && claude-multi pin --clear`
        : "claude-multi config edit",
    };
  }
}

/** On macOS, a config dir spelled differently is another Keychain entry, and so another login. */
function* spellingProblems(context: Context): Generator<Problem> {
  const { layout: { root }, processes } = context;
  const first = firstSpelling(context);
  if (processes.system !== "darwin" || first === null || first === root) return;
  yield {
    id: "spelling",
    message:
      `CLAUDE_MULTI_HOME is "${root}", but the logins were created as "${first}"; macOS finds them only with that spelling`,
    fix: `export CLAUDE_MULTI_HOME=${shellWord(first)}`,
  };
}

/** Shells that don't define `cl`, and shell files that are missing or outdated. */
function* shellProblems(context: Context): Generator<Problem> {
  const { files, layout, processes } = context;
  const textOf = (shell: Shell) => files.readText(initFileOf(context, shell));
  const loading = SHELLS.filter((shell) => isInStartFile(context, shell));
  const gone = loading.filter((shell) => textOf(shell) === null);
  const isOnPath = processes.find("cl", (path) => processes.isExecutable(path)) !== null;
  if (loading.length === 0 && !isOnPath) {
    const login = loginShell(context);
    yield {
      id: "shell",
      message: `new ${login === null ? "" : `${login} `}shells don't define cl`,
      fix: `claude-multi setup --shell ${login === null ? SHELLS[0] : "auto"}`,
      fixable: SHELLS.some((shell) => textOf(shell) === null),
    };
  }
  if (gone.length > 0) {
    const paths = gone.map((shell) => tildePath(initFileOf(context, shell), layout.home));
    yield {
      id: "shell",
      message: `new ${gone.join(", ")} shells don't define cl: ${paths.join(", ")} is missing`,
      fix: "claude-multi setup --shell auto",
      fixable: true,
    };
  }
  const outdated = SHELLS.filter((shell) => {
    const text = textOf(shell);
    if (text === null) return false;
    // Another path of this program is as good, such as a package manager's link to it.
    const named = /__claude_multi[= ]'([^']*)'/.exec(text)?.[1] ?? "";
    const isOurs = files.resolve(named) === files.resolve(processes.executable());
    return !isOurs || text !== renderShell(context, shell, named);
  });
  if (outdated.length === 0) return;
  yield {
    id: "shell",
    message: `the shell files for ${
      outdated.join(", ")
    } are out of date: they are of another version, or name other accounts or another program`,
    fix: "claude-multi setup",
    fixable: true,
  };
}

/** A status line of another version beside this program: an upgrade that was cut short, or half a copy. */
function* programProblems({ layout, processes, version }: Context): Generator<Problem> {
  const own = processes.executable();
  const other = `${parentOf(own)}/claude-multi-statusline`;
  const shown = tildePath(other, layout.home);
  let fault = "is missing, so there is no status line";
  if (processes.isExecutable(other)) {
    const { stdout } = processes.capture(other, ["--version"]);
    const found = stdout.trim().split(" ").at(-1) || "unknown";
    if (found === version) return;
    fault = `is version ${found}, but this program is ${version}`;
  }
  const message = `${shown} ${fault}: install claude-multi again`;
  yield { id: "programs", message, fix: null };
}

/** What removes a variable from the user's shell. */
function unsetLine(context: Context, name: string): string {
  return loginShell(context) === "fish" ? `set -e ${name}` : `unset ${name}`;
}

/** Variables and settings that override the login of an account. */
function* overrides(
  context: Context,
  { config: { accounts }, answered }: { config: Config; answered: Answered },
): Generator<Problem> {
  const { env, layout, processes } = context;
  for (const name of OVERRIDING_VARIABLES) {
    if (env.get(name) === null) continue;
    const message = `${name} is set: cl removes it, but plain claude uses it`;
    yield { id: "environment", message, fix: unsetLine(context, name) };
  }
  const place = { cwd: processes.cwd(), callers: {}, answered };
  const edit = ({ path }: Source) => path === null ? null : `edit ${shellWord(path)}`;
  const off = whereHooksAreOff(context, place);
  if (off !== null) {
    const message =
      `${off.name} has disableAllHooks: claude reports no limit, so no conversation moves, and shows no status line`;
    yield { id: "hooks", message, fix: edit(off) };
  }
  for (const detour of detours(context, place)) {
    const { kind, key, from } = detour;
    const fix = edit(from) ?? (from.isManaged ? null : unsetLine(context, key));
    if (kind === "login") {
      const message = `${from.name} has ${key}, which overrides the login of every account`;
      yield { id: "settings", message, fix };
    } else {
      yield { id: "requests", message: `${from.name} has ${key}: ${effectOf(detour)}`, fix };
    }
  }
  const other = otherConfigDir(context, accounts);
  if (other !== null) {
    const has = other.has.length === 0
      ? ""
      : `, and cl doesn't use what is there: ${other.has.join(", ")}`;
    yield {
      id: "environment",
      message: `CLAUDE_CONFIG_DIR is set: plain claude uses "${
        tildePath(other.path, layout.home)
      }"${has}`,
      fix: unsetLine(context, "CLAUDE_CONFIG_DIR"),
    };
  }
  yield* forcedLogins(context, { accounts, answered });
}

/** Accounts that the client refuses because an administrator allows other organisations only. */
function* forcedLogins(
  context: Context,
  { accounts, answered }: { accounts: readonly Account[]; answered: Answered },
): Generator<Problem> {
  const decree = allowedOrganizations(context, answered);
  if (decree === null) return;
  const { allowed, from } = decree;
  for (const account of accounts) {
    const organization = (account.identity ?? context.claudeHome.identity(account))
      ?.organizationUuid ?? null;
    if (organization === null || allowed.includes(organization)) continue;
    yield {
      id: "settings",
      message:
        `${from} restricts logins to other organisations: claude refuses account "${account.name}"`,
      fix: `claude-multi disable ${account.name}`,
    };
  }
}
