// The one place that writes the rendered shell snippets to shell/init.*.
import type { Context } from "../ports/context.ts";
import type { Config } from "../config/config.ts";
import { renderShell, SHELLS } from "./shells.ts";

/** Writes init.bash, init.zsh and init.fish as config.json has them now; returns those changed. */
export function writeShellFiles(context: Context, config: Config): string[] {
  const { files, layout } = context;
  files.makePrivateDirectory(layout.shell);
  const changed: string[] = [];
  for (const shell of SHELLS) {
    const path = `${layout.shell}/init.${shell}`;
    const text = renderShell(shell, {
      program: context.processes.executable(),
      init: path,
      names: config.accounts.map((account) => account.name),
    });
    if (files.readText(path) === text) continue;
    files.writeText(path, text, 0o600);
    changed.push(path);
  }
  return changed;
}
