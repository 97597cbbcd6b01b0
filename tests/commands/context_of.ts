// A context on a throw-away home inside the process of the test, with faults on order.
import { authStatus, keychainHome } from "../../lib/claude/auth_status.ts";
import { claudeHome } from "../../lib/claude/config_dir.ts";
import { systemClock } from "../../lib/system/clock.ts";
import { configFile } from "../../lib/config/file.ts";
import * as configText from "../../lib/config/jsonc.ts";
import { systemFiles } from "../../lib/system/files.ts";
import { systemHashing } from "../../lib/system/hashing.ts";
import { openLedger } from "../../lib/ledger/recovery.ts";
import { systemProcesses } from "../../lib/system/processes.ts";
import { systemTerminal } from "../../lib/system/terminal.ts";
import { parseRequest } from "../../lib/cli/parse.ts";
import { COMMANDS } from "../../lib/commands/mod.ts";
import type { Context } from "../../lib/ports/context.ts";
import { layoutOf } from "../../lib/config/paths.ts";
import type { Env, Files, Ledger, Processes } from "../../lib/ports/mod.ts";
import type { TempHome } from "../helpers/temp_home.ts";

/** A context with what was printed through it. */
export interface TestContext extends Context {
  printed: string[];
  close(): void;
}

/** Builds a context on the real adapters; `files` and `processes` may be wrapped. */
export function contextOf(home: TempHome, options: {
  files?: (files: Files) => Files;
  processes?: Partial<Processes>;
  env?: Record<string, string>;
} = {}): TestContext {
  const variables = home.env(options.env);
  const env: Env = { get: (name) => variables[name] || null };
  const layout = layoutOf({ home: home.path, root: home.multi });
  const files = (options.files ?? ((f) => f))(
    systemFiles({ backups: layout.backups, nowMs: systemClock.nowMs }),
  );
  const printed: string[] = [];
  const processes: Processes = {
    ...systemProcesses(env),
    cwd: () => home.project,
    ...options.processes,
  };
  let ledger: Ledger | null = null;
  return {
    printed,
    version: "test",
    layout,
    clock: systemClock,
    env,
    files,
    processes,
    terminal: {
      ...systemTerminal(env),
      interactive: false,
      color: false,
      columns: 100,
      print: (text) => void printed.push(text),
      note: (text) => void printed.push(text),
      warn: (text) => void printed.push(`claude-multi: ${text}`),
    },
    configFile: configFile(layout.configFile, files, configText),
    claudeHome: processes.system === "darwin"
      ? keychainHome(
        claudeHome(layout, { files, hashing: systemHashing }),
        authStatus({ processes, layout, client: () => processes.find("claude", () => true) }),
      )
      : claudeHome(layout, { files, hashing: systemHashing }),
    ledger: () =>
      ledger ??= openLedger(layout.ledger, { tolerant: true, nowMs: Date.now(), warn: () => {} }),
    abandonLedger: (cause) => {
      throw cause;
    },
    permissions: () => ({}),
    close: () => ledger?.close(),
  };
}

/** Runs one command line in this process. */
export async function runHere(context: TestContext, ...words: string[]): Promise<number> {
  const request = parseRequest(words, COMMANDS);
  if (request.kind !== "run") throw new Error(`"${words.join(" ")}" is no command`);
  try {
    return await request.command.run(context, request.input);
  } finally {
    context.close();
  }
}

/** Thrown by every change of files after the process "died". */
export class Killed extends Error {}

const CHANGES: ReadonlySet<string> = new Set(
  [
    "writeText",
    "makePrivateDirectory",
    "makeLink",
    "rename",
    "backUp",
    "setMode",
    "makeDirectory",
    "remove",
    "removeTree",
    "copy",
  ] satisfies Array<keyof Files>,
);

/**
 * Files on which the process dies just before change number `at` (from 1): that change and all
 * later ones, those of `finally` blocks too, do not happen. With `once` only that change fails, as
 * on a full disk.
 */
export function dyingFiles(at: number, options: { once?: boolean } = {}): {
  wrap: (files: Files) => Files;
  changes: () => number;
} {
  let changes = 0;
  return {
    changes: () => changes,
    wrap: (files) =>
      new Proxy(files, {
        get(target, key) {
          const value = Reflect.get(target, key);
          if (typeof key !== "string" || !CHANGES.has(key)) return value;
          return (...args: unknown[]) => {
            changes++;
            if (options.once ? changes === at : changes >= at) {
              throw new Killed(`killed before ${key} ${args.join(" ")}`);
            }
            return (value as (...args: unknown[]) => unknown)(...args);
          };
        },
      }),
  };
}
