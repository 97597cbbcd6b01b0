// `doctor`: what is wrong and how to mend it, and the rights this program really has.
import type { Context } from "../ports/context.ts";
import { EXIT, messageOf } from "../text/errors.ts";
import { tildePath } from "../config/paths.ts";
import type { Terminal } from "../ports/mod.ts";
import { cleanText, loadWidths } from "../text/cells.ts";
import { SHELLS } from "../setup/shells.ts";
import { prepareFolder, restoreTargets } from "../accounts/folder.ts";
import { findClient } from "../claude/executable.ts";
import type { Command } from "../cli/command.ts";
import { examine } from "../setup/checks.ts";
import { wrapped } from "../cli/columns.ts";
import type { Finding } from "../setup/folder_checks.ts";
import { looseModes } from "../setup/folder_checks.ts";
import { writeShellFiles } from "../setup/shell_files.ts";
import { isInStartFile } from "../setup/rc_files.ts";
import type { Style } from "../cli/table.ts";
import { paint } from "../cli/table.ts";

/** The declaration of `doctor`. */
export const doctor: Command = {
  name: "doctor",
  group: "more",
  summary: "Look for what is wrong, and say how to mend it",
  flags: [
    { name: "fix", summary: "mend file modes, folders, links and shell files" },
    { name: "json", summary: "print JSON: version, ok, permissions, findings" },
  ],
  details: [
    "Looks at the client, the configuration, logins, links, file modes and settings that defeat the choice of account. Shows which rights this program really has: never the network. Exit code 1 when an error was found. --fix never touches a login, nor anything in ~/.claude but what is missing there and the mode of its login.",
  ],
  examples: [
    ["claude-multi doctor", "a check-up"],
    ["claude-multi doctor --fix", "… and mend what can be mended without a question"],
  ],
  async run(context, input) {
    const fixed = input.switches.has("fix") ? mend(context, examine(context)) : null;
    const findings = examine(context);
    const permissions = context.permissions();
    const ok = findings.every((finding) => finding.severity !== "error");
    const { terminal } = context;
    if (input.switches.has("json")) {
      const shown = findings.map(({ id, severity, message, fix }) => ({
        id,
        severity,
        message,
        fix,
      }));
      const done = fixed === null ? {} : { fixed };
      terminal.print(JSON.stringify({ version: 1, ok, permissions, findings: shown, ...done }));
      return ok ? EXIT.ok : EXIT.failed;
    }
    const say = (style: Style, word: string, text: string) =>
      terminal.print(hanging(terminal, { style, word, text }));
    await loadWidths(JSON.stringify([fixed, findings]));
    say("dim", "rights", rightsText(permissions));
    for (const line of fixed ?? []) say("green", "fixed", line);
    // Errors come first: they are why nothing works.
    const errors = findings.filter((finding) => finding.severity === "error");
    const warnings = findings.filter((finding) => finding.severity === "warning");
    for (const { severity, message, fix } of [...errors, ...warnings]) {
      say(severity === "error" ? "red" : "yellow", severity, message);
      // One line, however long: it is there to be copied.
      if (fix !== null) {
        terminal.print(`${INDENT}${paint(terminal, "dim", "try:")} ${cleanText(fix)}`);
      }
    }
    if (findings.length === 0) say("dim", "checked", checkedText(context));
    if (findings.length === 0) terminal.print(paint(terminal, "green", "all is well"));
    else {terminal.print(
        `\n${counted(errors.length, "error")}, ${counted(warnings.length, "warning")}`,
      );}
    if (fixed === null && findings.some((finding) => finding.mends)) {
      terminal.print("claude-multi doctor --fix mends what needs no question");
    }
    return ok ? EXIT.ok : EXIT.failed;
  },
};

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? "" : "s"}`;
}

/** Where the text of a finding begins. */
const INDENT = " ".repeat(10);

/** A word in colour and a text beside it, over as many lines as the terminal needs. */
function hanging(
  terminal: Terminal,
  { style, word, text }: { style: Style; word: string; text: string },
): string {
  const [first = "", ...more] = wrapped(cleanText(text), terminal.columns - INDENT.length);
  const begin = paint(terminal, style, word) + " ".repeat(INDENT.length - word.length) + first;
  return [begin, ...more.map((line) => INDENT + line)].join("\n");
}

/** The rights in plain words. */
const RIGHTS: Readonly<Record<string, string>> = {
  net: "network",
  ffi: "native libraries",
  sys: "facts of the system",
  import: "code from elsewhere",
  run: "running programs",
  read: "reading files",
  write: "writing files",
  env: "variables of the environment",
};

/** The rights by their state: the network, which we do not have, and then the others. */
function rightsText({ net = "unknown", ...others }: Record<string, string>): string {
  const states = [...new Set(Object.values(others))].toSorted();
  const rest = states.map((state) => {
    const names = Object.keys(others).filter((name) => others[name] === state);
    const words = names.map((name) => RIGHTS[name] ?? name).join(", ");
    return `${words}: ${state === "named" ? "only those it names" : state}`;
  });
  return [`${RIGHTS["net"]}: ${net}`, ...rest].join("; ");
}

/** What was looked at and found to be right. */
function checkedText(context: Context): string {
  const config = context.configFile.read();
  const client = tildePath(findClient(context, config), context.layout.home);
  const shells = SHELLS.filter((shell) => isInStartFile(context, shell));
  return [
    client,
    `${counted(config.accounts.length, "account")} with logins, links and file modes`,
    ...shells.length === 0 ? [] : [`cl in ${shells.join(", ")}`],
  ].join("; ");
}

/** Mends what needs no question; returns what was done. */
function mend(context: Context, findings: readonly Finding[]): string[] {
  const { files, layout, terminal } = context;
  if (!findings.some((finding) => finding.mends)) return [];
  const config = context.configFile.read();
  const done: string[] = [];
  const attempt = (what: string, action: () => void) => {
    try {
      action();
    } catch (error) {
      terminal.warn(`${what} cannot be mended: ${messageOf(error)}`);
    }
  };
  for (const { path, wanted } of looseModes(context, config)) {
    const shown = tildePath(path, layout.home);
    attempt(shown, () => {
      files.setMode(path, wanted);
      done.push(`mode of ${shown}`);
    });
  }
  for (const account of config.accounts) {
    attempt(`account "${account.name}"`, () => {
      for (const name of restoreTargets(context, account)) {
        done.push(`folder ${name} in ${tildePath(layout.shared, layout.home)}`);
      }
      const report = prepareFolder(context, account);
      for (const name of report.linked) done.push(`link to ${name} in "${account.name}"`);
      for (const name of report.adopted) {
        done.push(`${name} of "${account.name}" is merged and shared again`);
      }
    });
  }
  attempt("the shell files", () => {
    for (const path of writeShellFiles(context, config)) {
      done.push(`written ${tildePath(path, layout.home)}`);
    }
  });
  return done;
}
