// The context of a real run: every port, connected to this machine.
import type { Context } from "./ports/context.ts";
import { UserError } from "./text/errors.ts";
import { layoutOf } from "./config/paths.ts";
import type { Ledger } from "./ports/mod.ts";
import { authStatus, keychainHome } from "./claude/auth_status.ts";
import { claudeHome } from "./claude/config_dir.ts";
import { systemClock } from "./system/clock.ts";
import { configFile } from "./config/file.ts";
import { systemEnv } from "./system/env.ts";
import { systemFiles } from "./system/files.ts";
import { systemHashing } from "./system/hashing.ts";
import { openLedger, replaceLedger, unwritable } from "./ledger/recovery.ts";
import { systemProcesses } from "./system/processes.ts";
import { systemTerminal } from "./system/terminal.ts";

/**
 * Builds the context of this process; nothing is opened or read yet.
 * Without HOME, as under cron or systemd, it is the user's home, also for the programs that we start.
 * @throws UserError if HOME or CLAUDE_MULTI_HOME isn't an absolute path, or has control characters.
 */
export function systemContext(version: string): Context & { close(): void } {
  const env = systemEnv;
  const layout = layoutOf({
    home: env.get("HOME") === null ? homeOfUser() : absolute("HOME", env.get("HOME") ?? ""),
    root: env.get("CLAUDE_MULTI_HOME") &&
      absolute("CLAUDE_MULTI_HOME", env.get("CLAUDE_MULTI_HOME") ?? ""),
  });
  const clock = systemClock;
  const terminal = systemTerminal(env);
  const files = systemFiles({ backups: layout.backups, nowMs: clock.nowMs });
  const processes = systemProcesses(env);
  let ledger: Ledger | null = null;
  let config: ReturnType<typeof configFile> | null = null;
  let home: ReturnType<typeof claudeHome> | null = null;
  /** The client that a launch would run, or null if none is found. */
  const clientFor = (settings: ReturnType<typeof configFile>): string | null =>
    env.get("CLAUDE_MULTI_CLAUDE") ?? settings.read().claudePath ??
      processes.find(
        "claude",
        (path) => !(files.resolve(path) ?? path).startsWith(`${layout.bin}/`),
      );
  return {
    version,
    layout,
    clock,
    env,
    files,
    terminal,
    processes,
    get configFile() {
      return config ??= configFile(layout.configFile, files, () => import("./config/jsonc.ts"));
    },
    get claudeHome() {
      if (home !== null) return home;
      home = claudeHome(layout, { files, hashing: systemHashing });
      if (processes.system === "darwin") {
        const client = () => clientFor(this.configFile);
        home = keychainHome(home, authStatus({ processes, layout, client }));
      }
      return home;
    },
    ledger(options = {}) {
      if (ledger === null) {
        try {
          files.makePrivateDirectory(layout.root);
        } catch {
          // If the home is read-only, opening the ledger reports it.
        }
        ledger = openLedger(layout.ledger, {
          ...options,
          nowMs: clock.nowMs(),
          warn: (line) => terminal.warn(line),
        });
      }
      if (options.kept && !ledger.isKept) throw unwritable(layout.ledger, "nothing is changed");
      return ledger;
    },
    abandonLedger(cause) {
      ledger?.close({ always: true });
      ledger = replaceLedger(layout.ledger, {
        cause,
        nowMs: clock.nowMs(),
        warn: (line) => terminal.warn(line),
      });
      return ledger;
    },
    permissions,
    close: () => ledger?.close(),
  };
}

/** The home of the user who runs this, for want of HOME; from now on also HOME. @throws UserError */
function homeOfUser(): string {
  const home = new TextDecoder().decode(
    new Deno.Command("/bin/sh", {
      args: ["-c", 'eval "printf %s ~$(id -un)"'],
      stdin: "null",
      stderr: "null",
    }).outputSync().stdout,
  );
  if (!home.startsWith("/")) {
    const hint = "export HOME=/home/you";
    throw new UserError("HOME is not set, and this user has no home", { hint });
  }
  Deno.env.set("HOME", home);
  return absolute("HOME", home);
}

function absolute(name: string, path: string): string {
  // Paths are written into lines, for example of shell files, which a newline would split.
  // deno-lint-ignore no-control-regex
  const hasControls = /[\u0000-\u001f\u007f]/.test(path);
  if (path.startsWith("/") && !hasControls) return path;
  const why = hasControls ? "contains a control character" : "is not an absolute path";
  throw new UserError(`${name} ${why}: ${JSON.stringify(path)}`, {
    hint: name === "HOME" ? "export HOME=/home/you" : `unset ${name}`,
  });
}

/** "named" means permission for some names only, as for environment variables. */
function permissions(): Record<string, string> {
  const names = ["net", "ffi", "run", "read", "write", "env", "sys", "import"] as const;
  const states = names.map((name) => [name, Deno.permissions.querySync({ name }).state] as const);
  const home = Deno.permissions.querySync({ name: "env", variable: "HOME" }).state;
  return {
    ...Object.fromEntries(states),
    ...home === "granted" && Deno.permissions.querySync({ name: "env" }).state !== "granted"
      ? { env: "named" }
      : {},
  };
}
