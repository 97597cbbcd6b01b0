// The report of doctor for people: permissions, findings, and what was fixed.
import type { Context } from "../ports/context.ts";
import { tildePath } from "../config/paths.ts";
import type { Terminal } from "../ports/mod.ts";
import type { HeldBack } from "../accounts/held_back.ts";
import { counted, formatDuration } from "../text/format.ts";
import { cleanText, loadWidths } from "../text/cells.ts";
import type { ClientVersion } from "../claude/client_version.ts";
import { versionText } from "../claude/client_version.ts";
import { findClient } from "../claude/executable.ts";
import { editorLog } from "../launch/editor_log.ts";
import { wrapped } from "../cli/columns.ts";
import type { Style } from "../cli/table.ts";
import { paint } from "../cli/table.ts";
import type { Finding } from "./folder_checks.ts";
import type { AskedSettings } from "./ask_settings.ts";
import { isInStartFile } from "./rc_files.ts";
import { SHELLS } from "./shells.ts";

/**
 * Prints a check-up: what was fixed, errors, warnings, the verdict, and then facts. `fixed` is null
 * without --fix.
 */
export async function printCheckup(
  context: Context,
  checkup: {
    findings: readonly Finding[];
    fixed: readonly string[] | null;
    limited: readonly HeldBack[];
    client: ClientVersion | null;
    /** null if claude wasn't to be asked. */
    asked: AskedSettings | null;
  },
): Promise<void> {
  const { terminal } = context;
  const { findings, fixed, limited, client, asked } = checkup;
  const say = (style: Style, word: string, text: string) =>
    terminal.print(hanging(terminal, { style, word, text }));
  await loadWidths(JSON.stringify([fixed, findings]));
  for (const line of fixed ?? []) say("green", "fixed", line);
  const errors = findings.filter((finding) => finding.severity === "error");
  const warnings = findings.filter((finding) => finding.severity === "warning");
  for (const { severity, message, fix } of [...errors, ...warnings]) {
    say(severity === "error" ? "red" : "yellow", severity, message);
    // Always on one line, so that it can be copied.
    if (fix !== null) {
      terminal.print(`${INDENT}${paint(terminal, "dim", "try:")} ${cleanText(fix)}`);
    }
  }
  if (findings.length === 0) terminal.print(`${paint(terminal, "green", "all is well")}\n`);
  else {
    terminal.print(`\n${counted(errors.length, "error")}, ${counted(warnings.length, "warning")}`);
    if (fixed === null && findings.some((finding) => finding.fixable)) {
      terminal.print("claude-multi doctor --fix fixes whatever doesn't need your input");
    }
    terminal.print("");
  }
  for (const { account, model, evidence } of limited) {
    const what = model === null ? "" : `${model} of `;
    say("dim", "limited", `${what}"${account}": ${evidence.join("; ")}`);
  }
  for (const name of new Set(limited.map(({ account }) => account))) {
    terminal.print(`${INDENT}if that is wrong: claude-multi limit ${name} --clear`);
  }
  if (client !== null) {
    const isFine = client.tested === "tested" || client.tested === "between";
    say(isFine ? "dim" : "yellow", "client", versionText(client));
  }
  const mode = refreshText(context);
  if (mode !== null) say("dim", "refresh", mode);
  const log = editorLogText(context);
  if (log !== null) say("dim", "editors", log);
  if (asked !== null) {
    const { why } = asked;
    if (why === null) say("dim", "asked", "claude said which settings are in force");
    else say("yellow", "asked", `claude didn't say which settings are in force: ${why}`);
  }
  if (findings.length === 0) say("dim", "checked", checkedText(context));
  const { net = "unknown" } = context.permissions();
  say("dim", "rights", `network: ${net}; all of them: claude-multi doctor --json`);
}

/** Indent of the text of a finding. */
const INDENT = " ".repeat(10);

/** A coloured word followed by a text, over as many lines as needed. */
function hanging(
  terminal: Terminal,
  { style, word, text }: { style: Style; word: string; text: string },
): string {
  const [first = "", ...more] = wrapped(cleanText(text), terminal.columns - INDENT.length);
  const head = paint(terminal, style, word) + " ".repeat(INDENT.length - word.length) + first;
  return [head, ...more.map((line) => INDENT + line)].join("\n");
}

/** When claude is asked for figures; null if config.json can't be read, which is a finding. */
function refreshText({ configFile }: Context): string | null {
  try {
    const { refresh, refreshAfterMinutes } = configFile.read();
    return refresh === "launch"
      ? `before cl chooses, claude is asked for figures older than ${
        counted(refreshAfterMinutes, "minute")
      } (launch)`
      : "claude is asked for figures only if you say so (manual)";
  } catch {
    return null;
  }
}

/** Where the notices of editors' sessions are; null if there were none. */
function editorLogText(context: Context): string | null {
  const { clock, files, layout } = context;
  const atMs = files.modifiedAtMs(editorLog(context));
  if (atMs === null) return null;
  const age = formatDuration(clock.nowMs() - atMs);
  return `${tildePath(editorLog(context), layout.home)} has their notices, the last ${age} ago`;
}

/** What was checked and found right. */
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
