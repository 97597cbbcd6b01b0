// `config edit`: config.json in the user's editor, as a copy that takes its place only without errors.
import { askYes } from "../cli/prompt.ts";
import { warnOfEmptyGroup } from "../accounts/groups.ts";
import { finishRenames, swapProblems } from "../accounts/hand_renames.ts";
import type { Account } from "../config/account.ts";
import { isSameAccount } from "../config/account.ts";
import type { Context } from "../ports/context.ts";
import { configDirOf, tildePath } from "../config/paths.ts";
import { quoted } from "../text/escape.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { shellWord } from "../text/shell_quote.ts";
import { sayHowToRenew } from "./open_shells.ts";
import { writeShellFiles } from "./shells.ts";

/** Editors to suggest, the first that is installed; each waits until the file is closed. */
const EDITORS = ["nano", "vi", "vim", "nvim", "micro", "emacs", "ed"];

const EDIT = "claude-multi config edit";

/** What has become of config.json if an edit isn't saved. */
const UNCHANGED = "config.json was not changed";
const SAVED = "It is saved all the same. ";
const SAVED_BEFORE = "config.json is as you saved it before";

/** What a shell exits with if there is no such program. */
const NOT_FOUND = 127;

/**
 * Opens a copy of config.json in the user's editor, or one that an earlier run left. If the result has an
 * error, asks whether to edit again; only a result without errors replaces config.json. An unknown key is asked
 * about too, but may stay; so is a config.json that changed meanwhile.
 * @throws UserError (usage) with line and column if the result is left with an error; the copy stays.
 * @throws UserError (refused) if another edit is open, or if config.json changed and isn't to be replaced; the copy stays.
 */
export async function editSettings(context: Context): Promise<void> {
  const { files, layout, processes } = context;
  files.makePrivateDirectory(layout.root);
  // Two edits at once would share the copy, and the later one would undo what it hasn't read.
  const lock = `${layout.root}/config-edit.lock`;
  const release = files.lockNow(lock, String(processes.ownPid));
  if (release === null) throw openElsewhere(textOf(context, lock));
  try {
    const copy = besideConfig(context, "edited");
    await editAlone(context, { copy, base: besideConfig(context, "before-edit") });
  } finally {
    release();
  }
}

async function editAlone(context: Context, { copy, base }: Edit): Promise<void> {
  const { configFile, files, terminal } = context;
  const first = configFile.text();
  const accountsBefore = accountsNow(context);
  if (!await goesOn(context, { copy, base })) {
    files.remove(copy);
    files.writeText(base, configFile.text(), 0o600);
    files.writeText(copy, textOf(context, base), 0o600);
  }
  for (let outcome = UNCHANGED;; outcome = SAVED_BEFORE) {
    const before = accountsNow(context);
    await editUntilReplaced(context, { copy, base, outcome });
    const renamed = finishRenames(context, before);
    for (const { from, to } of renamed) terminal.print(`renamed "${from}" to "${to}"`);
    noteRemoved(context, before);
    const fresh = accountsNow(context).find(({ name }) => before.every((one) => one.name !== name));
    if (fresh !== undefined) sayHowToRenew(context, fresh.name);
    if (renamed.length > 0) {
      for (const path of [copy, base]) files.writeText(path, configFile.text(), 0o600);
    }
    // Before the next question, at which this run may end.
    writeShellFiles(context);
    const { accounts, pins } = configFile.read();
    const groups = new Set(pins.flatMap(({ group }) => group ?? []));
    for (const group of groups) warnOfEmptyGroup(context, group);
    const notices = [
      ...swapProblems(accountsBefore, accounts),
      ...configFile.notices().map(({ message }) => message),
    ];
    // Such a key may be of a newer version, so the file is good; but more often it is mistyped.
    if (terminal.interactive && notices.length > 0 && await askAgain(context, notices, SAVED)) {
      continue;
    }
    if (!terminal.interactive) notices.forEach((message) => terminal.warn(message));
    break;
  }
  const isSaved = configFile.text() !== first && configFile.text() === textOf(context, copy);
  files.remove(copy);
  files.remove(base);
  terminal.print(isSaved ? "config.json is saved" : UNCHANGED);
}

/** Records and says which of these accounts are no longer in config.json, under no name. */
function noteRemoved(context: Context, before: readonly Account[]): void {
  const now = accountsNow(context);
  for (const account of before) {
    if (now.some((one) => one.name === account.name || isSameAccount(one, account))) continue;
    const { name, group } = account;
    context.ledger({ tolerant: true }).recordRemoved(name, group);
    const dir = tildePath(configDirOf(account, context.layout), context.layout.home);
    context.terminal.print(`removed "${name}"; its folder stays: ${dir}`);
  }
}

/** The accounts of config.json; none if it has an error. */
function accountsNow({ configFile }: Context): readonly Account[] {
  try {
    return configFile.read().accounts;
  } catch {
    return [];
  }
}

/** Opens the editor, again after an error if the user wants that, until the copy has replaced config.json. */
async function editUntilReplaced(
  context: Context,
  { outcome, ...edit }: Edit & { outcome: string },
): Promise<void> {
  const { files, layout, terminal } = context;
  const at = tildePath(edit.copy, layout.home);
  for (;;) {
    await runEditor(context, { path: edit.copy, outcome });
    if (files.kind(edit.copy) === "missing") {
      throw new UserError(`${at} is gone after the editor; ${outcome}`, { hint: EDIT });
    }
    try {
      return await replace(context, edit);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const isAgain = terminal.interactive && error.exit === EXIT.usage &&
        await askAgain(context, [error.message], `Your edit is kept in ${at}. `);
      if (isAgain) continue;
      const next = terminal.interactive ? `, for the next ${EDIT}` : "";
      terminal.warn(`${outcome}; what you edited is in ${at}${next}`);
      throw error;
    }
  }
}

function openElsewhere(pid: string): UserError {
  const where = pid === "" ? "" : ` (process ${pid})`;
  const message = `"${EDIT}" is already open${where}: finish that edit first`;
  return new UserError(message, { exit: EXIT.refused });
}

/** Two files: what is edited, and the text of config.json that it was made from. */
interface Edit {
  copy: string;
  base: string;
}

/** Whether to go on with an edit that an earlier run left. If not, `backups/` keeps it. */
async function goesOn(context: Context, { copy, base }: Edit): Promise<boolean> {
  const { configFile, files, layout, terminal } = context;
  if (files.kind(copy) === "missing") return false;
  if ([textOf(context, base), configFile.text()].includes(textOf(context, copy))) return false;
  terminal.note(`${tildePath(copy, layout.home)} has an edit that was not saved.`);
  if (terminal.interactive && await askYes(context, { text: "Go on with it?", standard: true })) {
    return true;
  }
  terminal.note(`that edit is now in ${tildePath(files.backUp(copy), layout.home)}`);
  return false;
}

/**
 * Replaces config.json by the copy. Where it isn't what the copy was made from, asks first, and again if it
 * changes meanwhile.
 * @throws UserError (usage) if the copy has an error, or (refused) if config.json is to stay.
 */
async function replace(context: Context, { copy, base }: Edit): Promise<void> {
  const { configFile, files, layout, terminal } = context;
  const after = textOf(context, copy);
  let before = textOf(context, base);
  while (!configFile.replace(after, { before, from: copy })) {
    // Nothing was edited, so what something else wrote stays.
    if (after === textOf(context, base)) return;
    before = configFile.text();
    if (before === after) continue;
    const changed = files.kind(base) === "missing"
      ? "config.json may have changed since this edit began"
      : "config.json was changed by something else while you edited it";
    const shown = (path: string) =>
      shellWord(path) === path ? tildePath(path, layout.home) : shellWord(path);
    const compare = `diff ${shown(layout.configFile)} ${shown(copy)}`;
    if (terminal.interactive) {
      terminal.note(`${changed}; to compare: ${compare}`);
      const text = "Replace it with what you edited? backups/ keeps it.";
      if (await askYes(context, { text, standard: false, ended: false })) continue;
    }
    throw new UserError(changed, { hint: compare, exit: EXIT.refused });
  }
  files.writeText(base, after, 0o600);
}

function textOf({ files }: Context, path: string): string {
  return (files.readText(path) ?? "").replace(/^\ufeff/, "");
}

/** A file beside config.json that has this word in its name. */
function besideConfig({ layout }: Context, word: string): string {
  return layout.configFile.replace(/(\.json)?$/, `.${word}$1`);
}

async function askAgain(
  context: Context,
  problems: readonly string[],
  said = "",
): Promise<boolean> {
  for (const problem of problems) context.terminal.note(problem);
  return await askYes(context, { text: `${said}Edit again?`, standard: true, ended: false });
}

/** @throws UserError if there is no editor, or it fails; then the message ends with the `outcome`. */
async function runEditor(
  context: Context,
  { path, outcome }: { path: string; outcome: string },
): Promise<void> {
  const { env, processes } = context;
  const installed = EDITORS.filter((name) => processes.find(name, () => true) !== null);
  const editor = env.get("VISUAL") || env.get("EDITOR") || installed[0];
  const hint = `EDITOR=${installed[0] ?? "nano"} ${EDIT}`;
  if (editor === undefined) {
    throw new UserError("cannot find an editor: $EDITOR is not set", { hint });
  }
  const others = installed.length === 0 ? "" : ` (installed here: ${installed.join(", ")})`;
  const missing = new UserError(`cannot find the editor ${quoted(editor)}${others}`, { hint });
  // The shell would say so in its own words first.
  if (/^[\w.+-]+$/.test(editor) && processes.find(editor, () => true) === null) throw missing;
  const { code } = await processes.launch({
    program: "/bin/sh",
    args: ["-c", `${editor} "$1"`, "sh", path],
    set: {},
    unset: [],
    cwd: processes.cwd(),
  }).ended;
  if (code === 0) return;
  if (code === NOT_FOUND) throw missing;
  throw new UserError(`the editor ${quoted(editor)} exited with ${code}; ${outcome}`, { hint });
}
