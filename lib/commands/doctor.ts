// `doctor`: what is wrong and how to mend it, and the rights this program really has.
import type { Context } from "../context.ts";
import type { Config } from "../core/config.ts";
import { OVERRIDING_SETTINGS_ENV, OVERRIDING_VARIABLES } from "../core/env_names.ts";
import { EXIT, messageOf, UserError } from "../core/errors.ts";
import { configDirOf } from "../core/paths.ts";
import { findClient } from "./client.ts";
import type { Command } from "./declaration.ts";
import { readLogins } from "./survey.ts";
import { paint } from "./table.ts";

/** Something that `doctor` found. */
interface Finding {
  id: string;
  severity: "error" | "warning";
  message: string;
  /** The command that mends it, or null. */
  fix: string | null;
}

/** The declaration of `doctor`. */
export const doctor: Command = {
  name: "doctor",
  group: "more",
  summary: "Look for what is wrong, and say how to mend it",
  flags: [{ name: "json", summary: "print JSON: version, ok, permissions, findings" }],
  details: [
    "Looks at the client, the configuration, logins, file modes and settings that defeat the choice of account. Shows which rights this program really has: never the network. Exit code 1 when an error was found.",
  ],
  examples: [["claude-multi doctor", "a check-up"]],
  run(context, input) {
    const findings = examine(context);
    const permissions = context.permissions();
    const ok = findings.every((finding) => finding.severity !== "error");
    const { terminal } = context;
    if (input.switches.has("json")) {
      terminal.print(JSON.stringify({ version: 1, ok, permissions, findings }));
    } else {
      const rights = Object.entries(permissions).map(([name, state]) => `${name} ${state}`);
      terminal.print(`rights    ${rights.join(", ")}`);
      for (const finding of findings) {
        const style = finding.severity === "error" ? "red" : "yellow";
        terminal.print(`${paint(terminal, style, finding.severity.padEnd(9))} ${finding.message}`);
        if (finding.fix !== null) terminal.print(`          try: ${finding.fix}`);
      }
      if (findings.length === 0) terminal.print(paint(terminal, "green", "all is well"));
    }
    return ok ? EXIT.ok : EXIT.failed;
  },
};

function examine(context: Context): Finding[] {
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
  for (const key of context.configFile.unknownKeys()) {
    findings.push({
      id: "config-key",
      severity: "warning",
      message: `config.json has the key "${key}", which means nothing to this version`,
      fix: null,
    });
  }
  return [...findings, ...accountFindings(context, config), ...overrideFindings(context)];
}

function accountFindings(context: Context, config: Config): Finding[] {
  const findings: Finding[] = [];
  if (config.accounts.length === 0) {
    findings.push({
      id: "no-account",
      severity: "warning",
      message: "no account is set up",
      fix: "claude-multi add personal",
    });
  }
  for (const view of readLogins(context, config)) {
    const { name } = view.account;
    if (view.state === "login") {
      findings.push({
        id: "login",
        severity: "warning",
        message: `account "${name}" is not logged in (${view.login})`,
        fix: `claude-multi login ${name}`,
      });
    }
    if (view.state === "drift") {
      findings.push({
        id: "drift",
        severity: "error",
        message: `account "${name}" is pinned to ${
          view.account.identity?.email ?? "another login"
        }, but ${view.identity?.email ?? "another"} is logged in`,
        fix: `claude-multi login ${name}`,
      });
    }
    const credentials = `${configDirOf(view.account, context.layout)}/.credentials.json`;
    const mode = context.files.mode(credentials);
    if (mode !== null && (mode & 0o077) !== 0) {
      findings.push({
        id: "credentials-mode",
        severity: "error",
        message: `others can read "${credentials}" (mode ${mode.toString(8)})`,
        fix: `chmod 600 '${credentials}'`,
      });
    }
  }
  return findings;
}

function overrideFindings(context: Context): Finding[] {
  const findings: Finding[] = [];
  for (const name of OVERRIDING_VARIABLES) {
    if (context.env.get(name) === null) continue;
    findings.push({
      id: "environment",
      severity: "warning",
      message: `${name} is set; cl leaves it out, a plain claude does not`,
      fix: `unset ${name}`,
    });
  }
  const settings = context.claudeHome.sharedSettings() ?? {};
  const env = settings["env"];
  const names = typeof env === "object" && env !== null ? Object.keys(env) : [];
  const found = [
    ...settings["apiKeyHelper"] === undefined ? [] : ["apiKeyHelper"],
    ...names.filter((name) => OVERRIDING_SETTINGS_ENV.includes(name)).map((name) => `env.${name}`),
  ];
  for (const key of found) {
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
