// `config edit`: config.json in the user's editor, as a copy that takes its place only without errors.
import { askYes } from "../cli/prompt.ts";
import type { Context } from "../ports/context.ts";
import { tildePath } from "../config/paths.ts";
import { quoted } from "../text/escape.ts";
import { UserError } from "../text/errors.ts";
import { writeShellFiles } from "./shells.ts";

/** Editors to suggest, the first that is installed; each waits until the file is closed. */
const EDITORS = ["nano", "vi", "vim", "nvim", "micro", "emacs", "ed"];

/** What a shell exits with if there is no such program. */
const NOT_FOUND = 127;

/**
 * Opens a copy of config.json in the user's editor. If the result has an error, asks whether to edit
 * again; only a result without errors replaces config.json. An unknown key is asked about too, but may stay.
 * @throws UserError (usage) with line and column if the result is left with an error; the copy stays.
 */
export async function editSettings(context: Context): Promise<void> {
  const { configFile, files, layout, terminal } = context;
  const copy = layout.configFile.replace(/(\.json)?$/, ".edited$1");
  let before = configFile.text();
  if (files.kind(copy) !== "missing") files.backUp(copy);
  files.makePrivateDirectory(layout.root);
  files.writeText(copy, before, 0o600);
  for (;;) {
    await runEditor(context, copy);
    try {
      const after = (files.readText(copy) ?? "").replace(/^\ufeff/, "");
      configFile.replace(after, { before, from: copy });
      before = after;
      configFile.read();
      const notices = configFile.notices().map(({ message }) => message);
      // Such a key may be of a newer version, so the file is good; but more often it is mistyped.
      if (terminal.interactive && notices.length > 0 && askAgain(context, notices)) continue;
      if (!terminal.interactive) notices.forEach((message) => terminal.warn(message));
      break;
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const isAgain = terminal.interactive &&
        askAgain(context, [error.message]);
      if (isAgain) continue;
      const at = tildePath(copy, layout.home);
      terminal.warn(`config.json is as it was; what you edited is in ${at}`);
      throw error;
    }
  }
  files.remove(copy);
  writeShellFiles(context);
}

function askAgain(context: Context, problems: readonly string[]): boolean {
  for (const problem of problems) context.terminal.note(problem);
  return askYes(context, { text: "Edit again?", standard: true, ended: false });
}

/** @throws UserError if there is no editor, or it fails. */
async function runEditor(context: Context, path: string): Promise<void> {
  const { env, processes } = context;
  const installed = EDITORS.filter((name) => processes.find(name, () => true) !== null);
  const editor = env.get("VISUAL") || env.get("EDITOR") || installed[0];
  const hint = `EDITOR=${installed[0] ?? "nano"} claude-multi config edit`;
  if (editor === undefined) {
    throw new UserError("cannot find an editor: $EDITOR is not set", { hint });
  }
  const { code } = await processes.launch({
    program: "/bin/sh",
    args: ["-c", `${editor} "$1"`, "sh", path],
    set: {},
    unset: [],
    cwd: processes.cwd(),
  }).ended;
  if (code === 0) return;
  if (code !== NOT_FOUND) {
    throw new UserError(`the editor ${quoted(editor)} exited with ${code}; nothing was changed`, {
      hint,
    });
  }
  const others = installed.length === 0 ? "" : ` (installed here: ${installed.join(", ")})`;
  throw new UserError(`cannot find the editor ${quoted(editor)}${others}`, { hint });
}
