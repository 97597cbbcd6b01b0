// The checks of doctor: configuration, accounts, pins, shells and settings.
import type { Context } from "../ports/context.ts";
import { isSameIdentity, personText } from "../config/account.ts";
import type { Config } from "../config/config.ts";
import { OVERRIDING_VARIABLES } from "../claude/environment.ts";
import { messageOf, UserError } from "../text/errors.ts";
import { tildePath } from "../config/paths.ts";
import { shellWord } from "../text/shell_quote.ts";
import { firstSpelling } from "../accounts/folder.ts";
import { findClient } from "../claude/executable.ts";
import type { Shell } from "./shells.ts";
import { initFileOf, SHELLS } from "./shells.ts";
import type { Finding } from "./folder_checks.ts";
import { leftoverFindings, linkFindings, modeFindings } from "./folder_checks.ts";
import { overridingSettings } from "../claude/settings.ts";
import { isInStartFile, loginShell } from "./rc_files.ts";
import { readLogins } from "../accounts/standings.ts";

/** All problems, those of the configuration first. Changes nothing. */
export function examine(context: Context): Finding[] {
  let config: Config;
  try {
    config = context.configFile.read();
  } catch (error) {
    return [errorFinding("config", error)];
  }
  const findings: Finding[] = [];
  try {
    findClient(context, config);
  } catch (error) {
    findings.push(errorFinding("client", error));
  }
  for (const { message, fix } of context.configFile.notices()) {
    findings.push({ id: "config-key", severity: "warning", message, fix });
  }
  return [
    ...findings,
    ...accountFindings(context, config),
    ...config.accounts.flatMap((account) => linkFindings(context, account)),
    ...modeFindings(context, config),
    ...leftoverFindings(context, config),
    ...pinFindings(context, config),
    ...spellingFindings(context),
    ...shellFindings(context, config),
    ...overrideFindings(context),
  ];
}

function accountFindings(context: Context, config: Config): Finding[] {
  const findings: Finding[] = [];
  if (config.accounts.length === 0) {
    findings.push({
      id: "no-account",
      severity: "warning",
      message: "no account is set up",
      fix: "claude-multi setup",
    });
  }
  const views = readLogins(context, config);
  views.forEach((view, index) => {
    const { name } = view.account;
    if (view.login !== "present") {
      const why = {
        missing: "is not logged in",
        blank: "must log in again: a refresh was refused and its tokens are now blank",
        unreadable: "has a login file that can't be read",
      }[view.login];
      findings.push({
        id: "login",
        severity: "warning",
        message: `account "${name}" ${why}`,
        fix: `claude-multi login ${name}`,
      });
    }
    const owner = view.account.identity;
    if (
      view.login === "present" && owner !== null && view.identity !== null &&
      !isSameIdentity(owner, view.identity)
    ) {
      findings.push({
        id: "drift",
        severity: "error",
        message: `account "${name}" belongs to ${personText(owner)}, but ${
          personText(view.identity)
        } is logged in, perhaps by /login in a session; cl won't use it until its owner logs in`,
        fix: `claude-multi login ${name}`,
      });
    }
    // Compared by owner: someone logged in by mistake doesn't make this a duplicate of their account.
    const holder = owner ?? view.identity;
    const twin = holder === null ? undefined : views.slice(0, index).find((other) => {
      const theirs = other.account.identity ?? other.identity;
      return theirs !== null && isSameIdentity(theirs, holder);
    });
    if (twin !== undefined && holder !== null) {
      findings.push({
        id: "duplicate",
        severity: "error",
        message: `accounts "${twin.account.name}" and "${name}" both belong to ${
          personText(holder)
        }, so they share one limit`,
        fix: `claude-multi remove ${name}`,
      });
    }
  });
  return findings;
}

function pinFindings(context: Context, config: Config): Finding[] {
  return config.pins.flatMap((pin): Finding[] => {
    const shown = tildePath(pin.path, context.layout.home);
    const why = pin.account !== null && !config.accounts.some((a) => a.name === pin.account)
      ? `to the account "${pin.account}", which doesn't exist`
      : pin.group !== null && !config.accounts.some((a) => a.group === pin.group)
      ? `to the group "${pin.group}", which has no accounts`
      : context.files.kind(pin.path) === "missing"
      ? "but no longer exists"
      : null;
    if (why === null) return [];
    const isThere = context.files.kind(pin.path) !== "missing";
    return [{
      id: "pin",
      severity: "warning",
      message: `the folder "${shown}" is pinned ${why}`,
      fix: isThere
        ? `cd ${shellWord(pin.path)} && claude-multi pin --clear`
        : `edit '${context.layout.configFile}'`,
    }];
  });
}

/** On macOS, a config dir spelled differently is another Keychain entry, and so another login. */
function spellingFindings(context: Context): Finding[] {
  const first = firstSpelling(context);
  if (context.processes.system !== "darwin" || first === null || first === context.layout.root) {
    return [];
  }
  return [{
    id: "spelling",
    severity: "error",
    message:
      `CLAUDE_MULTI_HOME is "${context.layout.root}", but the logins were created as "${first}"; macOS finds them only with that spelling`,
    fix: `export CLAUDE_MULTI_HOME='${first}'`,
  }];
}

/** Shells that don't define `cl`, and shell files that are missing or outdated. */
function shellFindings(context: Context, config: Config): Finding[] {
  const { files, layout, processes } = context;
  const textOf = (shell: Shell) => files.readText(initFileOf(context, shell));
  const loading = SHELLS.filter((shell) => isInStartFile(context, shell));
  const gone = loading.filter((shell) => textOf(shell) === null);
  const isOnPath = processes.find("cl", (path) => processes.isExecutable(path)) !== null;
  const findings: Finding[] = [];
  if (loading.length === 0 && !isOnPath) {
    const login = loginShell(context);
    findings.push({
      id: "shell",
      severity: "warning",
      message: `new ${login === null ? "" : `${login} `}shells don't define cl`,
      fix: `claude-multi setup --shell ${login === null ? SHELLS[0] : "auto"}`,
      fixable: SHELLS.some((shell) => textOf(shell) === null),
    });
  }
  if (gone.length > 0) {
    const paths = gone.map((shell) => tildePath(initFileOf(context, shell), layout.home));
    findings.push({
      id: "shell",
      severity: "warning",
      message: `new ${gone.join(", ")} shells don't define cl: ${paths.join(", ")} is missing`,
      fix: "claude-multi setup --shell auto",
      fixable: true,
    });
  }
  const outdated = SHELLS.filter((shell) => {
    const text = textOf(shell);
    if (text === null) return false;
    const program = /__claude_multi[= ]'([^']*)'/.exec(text)?.[1] ?? "";
    return !processes.isExecutable(program) ||
      config.accounts.some((account) => !text.includes(`cl-${account.name} `));
  });
  if (outdated.length === 0) return findings;
  return [...findings, {
    id: "shell",
    severity: "warning",
    message: `the shell files for ${outdated.join(", ")} are for other accounts or another program`,
    fix: "claude-multi setup",
    fixable: true,
  }];
}

function overrideFindings(context: Context): Finding[] {
  const findings: Finding[] = [];
  for (const name of OVERRIDING_VARIABLES) {
    if (context.env.get(name) === null) continue;
    findings.push({
      id: "environment",
      severity: "warning",
      message: `${name} is set: cl removes it, but plain claude uses it`,
      fix: `unset ${name}`,
    });
  }
  for (const key of overridingSettings(context.claudeHome.sharedSettings() ?? {})) {
    findings.push({
      id: "settings",
      severity: "error",
      message: `settings.json has ${key}, which overrides the login of every account`,
      fix: `edit '${context.layout.shared}/settings.json'`,
    });
  }
  return findings;
}

function errorFinding(id: string, error: unknown): Finding {
  const fix = error instanceof UserError ? error.hint : null;
  return { id, severity: "error", message: messageOf(error), fix };
}
