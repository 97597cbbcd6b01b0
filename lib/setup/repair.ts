// Creates or repairs what every setup needs: config.json, file modes, account folders and links.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { messageOf } from "../text/errors.ts";
import { labelled } from "../cli/columns.ts";
import { configDirOf, tildePath } from "../config/paths.ts";
import { prepareFolder, restoreTargets } from "../accounts/folder.ts";
import type { Finding } from "./folder_checks.ts";
import { looseModes } from "./folder_checks.ts";
import { configJsonSchema } from "../config/json_schema.ts";
import { writeShellFiles } from "./shells.ts";

/** The file next to config.json with its JSON Schema, for editors. */
const SCHEMA_FILE = "config.schema.json";

/** Repairs everything and prints what was done. */
export function repair(context: Context): void {
  const { files, layout, terminal } = context;
  files.makePrivateDirectory(layout.root);
  const text = readable(context, layout.configFile);
  if (text !== null && text.trim() === "") warnOfEmptyConfig(context);
  if (files.kind(layout.configFile) === "missing" || text?.trim() === "") {
    // An edit keeps a file that another setup has just created.
    context.configFile.edit(() => [{ path: ["$schema"], value: `./${SCHEMA_FILE}` }]);
    terminal.print(`created   ${tildePath(layout.configFile, layout.home)}`);
  }
  const config = context.configFile.read();
  for (const { path, wanted } of looseModes(context, config)) {
    files.setMode(path, wanted);
    terminal.print(`mode      ${tildePath(path, layout.home)} is now ${wanted.toString(8)}`);
  }
  for (const account of config.accounts) repairAccount(context, account);
  const schema = `${JSON.stringify(configJsonSchema(), null, 2)}\n`;
  const path = `${layout.root}/${SCHEMA_FILE}`;
  if (files.readText(path) !== schema) files.writeText(path, schema, 0o600);
}

/** A crash of the machine can leave an empty file, but every earlier edit kept a copy. */
function warnOfEmptyConfig(context: Context): void {
  const { files, layout, terminal } = context;
  const last = files.list(layout.backups).filter((name) => /^config\.json\.\d/.test(name))
    .findLast((name) => readable(context, `${layout.backups}/${name}`)?.trim() !== "");
  const earlier = last === undefined
    ? ""
    : `; the last backup is ${tildePath(`${layout.backups}/${last}`, layout.home)}`;
  terminal.warn(`config.json was empty, as after a crash; started a new one${earlier}`);
}

/** The text of a file; null if it is missing or can't be read. */
export function readable(context: Context, path: string): string | null {
  try {
    return context.files.readText(path);
  } catch {
    return null;
  }
}

function repairAccount(context: Context, account: Account): void {
  const { layout, terminal } = context;
  const report = prepareFolder(context, account);
  const dir = tildePath(configDirOf(account, layout), layout.home);
  const done = [
    ...report.linked.length === 0 ? [] : [`linked ${report.linked.join(", ")}`],
    ...report.adopted.length === 0 ? [] : [`merged ${report.adopted.join(", ")}`],
  ];
  const line = `account   ${account.name}: ${dir}: ${done.join("; ") || "folder in order"}`;
  terminal.print(labelled(line, terminal.columns));
  for (const { name, why } of report.own) terminal.warn(`${dir}/${name} is not shared: ${why}`);
  for (const conflict of report.conflicts) {
    terminal.warn(`both versions of ${conflict} had changed; the other is in backups/`);
  }
}

/** Fixes the findings that need no decision; returns what was done. */
export function fixFindings(context: Context, findings: readonly Finding[]): string[] {
  const { files, layout, terminal } = context;
  if (!findings.some((finding) => finding.fixable)) return [];
  const config = context.configFile.read();
  const done: string[] = [];
  const attempt = (what: string, action: () => void) => {
    try {
      action();
    } catch (error) {
      terminal.warn(`${what} can't be fixed: ${messageOf(error)}`);
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
        done.push(`merged ${name} of "${account.name}"; it is shared again`);
      }
    });
  }
  attempt("the shell files", () => {
    for (const path of writeShellFiles(context)) {
      done.push(`wrote ${tildePath(path, layout.home)}`);
    }
  });
  return done;
}
