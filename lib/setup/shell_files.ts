// The rendered shell snippets, written to shell/init.*.
import type { Context } from "../ports/context.ts";
import { renderShell, SHELLS } from "./shells.ts";

/** Writes init.bash, init.zsh and init.fish for the accounts in config.json; returns those changed. */
export function writeShellFiles(context: Context): string[] {
  const { files, layout } = context;
  const names = context.configFile.read().accounts.map((account) => account.name);
  files.makePrivateDirectory(layout.shell);
  const changed: string[] = [];
  for (const shell of SHELLS) {
    const path = `${layout.shell}/init.${shell}`;
    const text = renderShell(shell, {
      program: context.processes.executable(),
      init: path,
      names,
    });
    if (files.readText(path) === text) continue;
    files.writeText(path, text, 0o600);
    changed.push(path);
  }
  return changed;
}
