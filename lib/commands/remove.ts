// `remove`: takes an account out of config.json and keeps its folder, or with --purge destroys it.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import { findAccount } from "../config/account.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { configDirOf, tildePath } from "../config/paths.ts";
import { shellWord } from "../text/shell_quote.ts";
import { askYes } from "../cli/prompt.ts";
import { ourName } from "../setup/next_steps.ts";
import { closeLostSessions } from "../accounts/standings.ts";
import type { Command } from "../cli/command.ts";
import { liveProcesses } from "../claude/running.ts";
import { rememberFingerprint } from "../accounts/login_record.ts";
import { forgetMirror } from "../accounts/mirror.ts";
import { writeShellFiles } from "../setup/shell_files.ts";

/** The declaration of `remove`. */
export const remove: Command = {
  name: "remove",
  group: "accounts",
  summary: "Remove an account; its folder with the login goes to backups/",
  positionals: [{ name: "NAME", summary: "the account" }],
  flags: [
    { name: "purge", summary: "destroy the folder and the login in it instead" },
    { name: "yes", summary: "with --purge: do not ask" },
  ],
  details: [
    "Refuses while a session or a background daemon of the account lives. What the account shares with ~/.claude stays. The login of an in-place account stays where it is. It ends with the line that brings the account back, unless that was destroyed: --purge asks first, and wants --yes where there is no terminal to ask on.",
  ],
  examples: [
    ["claude-multi remove work", "its folder is kept in backups/"],
    ["claude-multi remove work --purge", "its folder and login are gone for ever"],
  ],
  run(context, input) {
    const { files, layout, terminal } = context;
    const account = findAccount(context.configFile.read().accounts, input.positionals[0] ?? "");
    refuseWhileLive(context, { account, what: "remove" });
    const dir = configDirOf(account, layout);
    const purge = input.switches.has("purge");
    if (purge && !account.inPlace && !input.switches.has("yes")) {
      const shown = tildePath(dir, layout.home);
      if (!terminal.interactive) {
        throw new UserError(
          `Cannot destroy "${shown}": there is no terminal to ask on, and no --yes`,
          { hint: `claude-multi remove ${account.name} --purge --yes`, exit: EXIT.usage },
        );
      }
      const text = `Destroy ${shown} for ever, with the login in it?`;
      if (!askYes(context, { text, standard: false, ended: false })) {
        terminal.print("nothing was changed");
        return EXIT.cancelled;
      }
    }
    let kept = account.inPlace ? tildePath(dir, layout.home) : null;
    // The folder goes first: killed in between, the account is still listed and can be removed again.
    if (!account.inPlace && files.kind(dir) !== "missing") {
      if (purge) files.removeTree(dir);
      else {
        kept = files.backupPath(`account-${account.folder}`);
        files.rename(dir, kept);
      }
    }
    if (!account.inPlace) {
      rememberFingerprint(context, { folder: account.folder, fingerprint: null });
      files.removeTree(`${layout.root}/base/${account.folder}`);
      forgetMirror(context, account);
    }
    // An account that gets this name later starts with nothing of this one.
    const ledger = context.ledger({ tolerant: true });
    ledger.immediately(() => ledger.forgetAccount(account.name));
    context.configFile.edit(({ accounts }) => {
      const index = accounts.findIndex((other) => other.name === account.name);
      return index < 0 ? [] : [{ path: ["accounts", index], value: undefined }];
    });
    writeShellFiles(context, context.configFile.read());
    terminal.print(`removed "${account.name}"`);
    if (kept !== null) terminal.print(`kept      ${tildePath(kept, layout.home)}`);
    if (kept !== null) {
      terminal.print(
        `undo with ${undoLine(context, { account, kept: account.inPlace ? null : kept })}`,
      );
    }
    offerToUnpin(context, account.name);
    return EXIT.ok;
  },
};

/** What brings a removed account back: its folder by its old name, which on macOS is the login's key. */
function undoLine(context: Context, options: { account: Account; kept: string | null }): string {
  const { account, kept } = options;
  const us = ourName(context);
  const { name, plan, group } = account;
  const folder = kept === null ? name : account.folder;
  const flags = [
    ...kept === null ? ["--in-place"] : [],
    ...plan === null ? [] : [`--plan ${plan}`],
    ...group === null ? [] : [`--group ${group}`],
  ];
  return [
    ...kept === null
      ? []
      : [`mv ${shellWord(kept)} ${shellWord(configDirOf(account, context.layout))}`],
    [`${us} add ${folder}`, ...flags].join(" "),
    ...folder === name ? [] : [`${us} rename ${folder} ${name}`],
    ...account.disabled ? [`${us} disable ${name}`] : [],
  ].join(" && ");
}

/**
 * Folders pinned to an account that is gone open nowhere. Taking the pin away would open them to
 * every account, so that is done only where a person agrees.
 */
function offerToUnpin(context: Context, name: string): void {
  const { configFile, layout, terminal } = context;
  const paths = configFile.read().pins.filter((p) => p.account === name).map((p) => p.path);
  if (paths.length === 0) return;
  const shown = paths.map((path) => tildePath(path, layout.home)).join(", ");
  const text = `Take its pin away from ${shown}, so that any account may be used there?`;
  if (!terminal.interactive || !askYes(context, { text, standard: true, ended: false })) {
    terminal.warn(`${shown} stays pinned to "${name}": there, type claude-multi pin --clear`);
    return;
  }
  configFile.edit(({ pins }) =>
    pins.flatMap((pin, index) =>
      pin.account === name ? [{ path: ["pins", index], value: undefined }] : []
    ).reverse()
  );
  terminal.print(`unpinned  ${shown}`);
}

/**
 * Refuses to touch an account that a client still uses, by the ledger and by the client's records.
 * @throws UserError (refused) naming the processes.
 */
export function refuseWhileLive(
  context: Context,
  options: { account: Account; what: "remove" | "uninstall" },
): void {
  const { account, what } = options;
  const ledger = context.ledger({ tolerant: true });
  closeLostSessions(context, ledger);
  const found = new Map(
    ledger.openSessions().filter((session) => session.account === account.name)
      .map((session) => [session.pid ?? session.launcherPid, "session"]),
  );
  for (const { pid, kind } of liveProcesses(context, account)) found.set(pid, kind);
  if (found.size === 0) return;
  const list = [...found].map(([pid, kind]) => `${kind}, process ${pid}`).join("; ");
  const isDaemon = [...found.values()].includes("daemon");
  const message = what === "remove"
    ? `Cannot remove "${account.name}": claude still runs on it (${list})`
    : `Cannot uninstall: claude still runs on the account "${account.name}" (${list})`;
  throw new UserError(message, {
    hint: isDaemon
      ? `claude-multi run --account ${account.name} -- daemon stop --any`
      : `end it, then: claude-multi ${what}${what === "remove" ? ` ${account.name}` : ""}`,
    exit: EXIT.refused,
  });
}
