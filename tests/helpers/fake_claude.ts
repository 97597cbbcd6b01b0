// A stand-in `claude` on PATH: installs it, gives it orders, and reads what it saw.
import type { Control } from "./fake_claude/control.ts";
import { repositoryPath } from "./paths.ts";
import type { TempHome } from "./temp_home.ts";

export type { Control, Orders } from "./fake_claude/control.ts";

/** One launch of a stand-in, as it saw itself. */
export interface Launch {
  pid: number;
  atMs: number;
  argv: string[];
  /** Its config dir. */
  configDir: string;
  /** `CLAUDE_CONFIG_DIR` as given; null if unset. */
  configDirVariable: string | null;
  cwd: string;
  /** stdin and stdout are a terminal. */
  isTty: boolean;
  /** The name inside the token that its requests would have; null if not logged in. */
  login: string | null;
  /** `file`, or what overrides it. */
  loginFrom: string | null;
  /** Its environment; values of TOKEN, KEY and SECRET variables are `<set>`. */
  env: Record<string, string>;
}

/** Any line of a stand-in's log. */
export interface LoggedEvent {
  event: string;
  pid: number;
  atMs: number;
  [more: string]: unknown;
}

/** A stand-in that is installed in a home. */
export interface FakeClaude {
  /** The executable. */
  path: string;
  /** Tells the stand-in what to do from its next turn on. */
  order(control: Control): void;
  /** All launches so far, in order. */
  launches(): Launch[];
  /** All events so far: launch, turn, exit, onboarding, trust-dialog, consent-gate. */
  events(): LoggedEvent[];
}

/**
 * Puts the stand-in on the PATH of a home as `claude`. Its log and control file are next to it and
 * are baked into the wrapper, so that no environment has to carry them.
 */
export function installFakeClaude(home: TempHome): FakeClaude {
  const cache = Deno.env.get("DENO_DIR") ?? `${Deno.env.get("HOME")}/.cache/deno`;
  return install(home, [
    // The throw-away home must not become the cache of this runtime.
    `DENO_DIR=${quote(cache)} DENO_NO_UPDATE_CHECK=1 exec ${quote(Deno.execPath())} run \\`,
    `  --allow-all --no-check --no-lock --no-config --no-prompt --quiet \\`,
    `  ${quote(repositoryPath("tests/helpers/fake_claude/main.ts"))} "$@"`,
  ]);
}

/**
 * Puts a stand-in of a few lines of sh on PATH, for storms: it logs its launch, sleeps for
 * `TINY_CLAUDE_SLEEP` seconds and exits with `TINY_CLAUDE_EXIT`. It takes no orders.
 */
export function installTinyClaude(home: TempHome): FakeClaude {
  return install(home, [
    `printf '{"event":"launch","pid":%d,"atMs":0,"configDir":"%s","argv":["%s"]}\\n' \\`,
    `  "$$" "\${CLAUDE_CONFIG_DIR-}" "$*" >>"$FAKE_CLAUDE_LOG"`,
    // Without exec the sleep would outlive a killed stand-in and keep its streams open.
    `if [ -n "\${TINY_CLAUDE_SLEEP-}" ]; then exec sleep "$TINY_CLAUDE_SLEEP"; fi`,
    `exit "\${TINY_CLAUDE_EXIT:-0}"`,
  ]);
}

function install(home: TempHome, body: readonly string[]): FakeClaude {
  const path = `${home.bin}/claude`;
  const log = `${home.path}/fake-claude.log`;
  const control = `${home.path}/fake-claude.json`;
  const script = [
    "#!/bin/sh",
    `[ -n "\${FAKE_CLAUDE_LOG-}" ] || FAKE_CLAUDE_LOG=${quote(log)}`,
    `[ -n "\${FAKE_CLAUDE_CONTROL-}" ] || FAKE_CLAUDE_CONTROL=${quote(control)}`,
    "export FAKE_CLAUDE_LOG FAKE_CLAUDE_CONTROL",
    ...body,
  ];
  // Replaced by a rename: a shell would misread a script that changes while it is running.
  Deno.writeTextFileSync(`${path}.new`, `${script.join("\n")}\n`, { mode: 0o755 });
  Deno.chmodSync(`${path}.new`, 0o755);
  Deno.renameSync(`${path}.new`, path);
  const events = (): LoggedEvent[] => {
    try {
      return Deno.readTextFileSync(log).split("\n").filter((line) => line !== "")
        .map((line) => JSON.parse(line) as LoggedEvent);
    } catch (error) {
      if (error instanceof Deno.errors.NotFound) return [];
      throw error;
    }
  };
  return {
    path,
    order(orders) {
      Deno.writeTextFileSync(`${control}.new`, JSON.stringify(orders));
      Deno.renameSync(`${control}.new`, control);
    },
    events,
    launches: () => events().filter((line) => line.event === "launch") as unknown as Launch[],
  };
}

function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
