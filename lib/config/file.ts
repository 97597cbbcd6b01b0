// config.json as a file: read quickly if it is plain JSON without faults, and edited.
import type { Config } from "./config.ts";
import { readConfig } from "./config.ts";
import { parentOf } from "./paths.ts";
import { EXIT, UserError } from "../text/errors.ts";
import type { ConfigFile, ConfigNotice, Files } from "../ports/mod.ts";
import type * as configText from "./jsonc.ts";

/** Parses comments, locates faults, and edits: too large to load at every launch. */
export type ConfigText = typeof configText;

const EMPTY = '{\n  "accounts": []\n}\n';

/** config.json at `path`, which may have comments and trailing commas. `source` loads the rest. */
export function configFile(
  path: string,
  files: Files,
  source: ConfigText | (() => Promise<ConfigText>),
): ConfigFile {
  /** The last valid text: most runs read the same one again. */
  let last: { content: string; config: Config; notices: ConfigNotice[] } | null = null;
  let loaded: ConfigText | null = typeof source === "function" ? null : source;
  /** The settings that `ready` has just read, for the first `read` after it. */
  let prepared: Config | null = null;

  function text(): ConfigText {
    if (loaded === null) {
      throw new UserError(`the configuration "${path}" changed just now; run this again`);
    }
    return loaded;
  }

  /** Checks a text; errors name the file `at`. */
  function check(content: string, at = path): Config {
    if (content === last?.content) return last.config;
    const { config, faults } = readConfig(valueOf(content, at));
    const notices = faults.length === 0 ? [] : text().judged(content, { path: at, faults });
    last = { content, config, notices };
    return config;
  }

  function isPlain(): boolean {
    try {
      prepared = check(read(path, files) ?? "{}");
      return true;
    } catch {
      return false;
    }
  }

  function valueOf(content: string, at = path): unknown {
    try {
      return JSON.parse(content);
    } catch {
      return text().valueOf(content, at);
    }
  }

  function change(plan: Parameters<ConfigFile["edit"]>[0]): void {
    const before = read(path, files);
    const isThere = files.kind(path) !== "missing";
    const config = check(before ?? EMPTY);
    text().refuseTwice(before ?? EMPTY, path);
    const changes = typeof plan === "function" ? plan(config) : plan;
    const after = text().changed(before ?? EMPTY, changes);
    if (after === before) return;
    write(after, isThere);
  }

  /** Checks a text and writes it; a file that `isThere` goes to `backups/` first. */
  function write(after: string, isThere: boolean): void {
    check(after);
    if (isThere) files.backUp(path);
    files.writeText(path, after, 0o600);
  }

  function locked<T>(action: () => T): T {
    prepared = null;
    const dir = parentOf(path);
    files.makePrivateDirectory(dir);
    return files.locked(`${path}.lock`, () => {
      clearHalfWritten(dir);
      return action();
    });
  }

  /** While we have the lock, nobody else writes: a half-written file is from a run that was killed. */
  function clearHalfWritten(dir: string): void {
    const name = path.slice(dir.length + 1);
    for (const other of files.list(dir)) {
      const isOurs = other.startsWith(`${name}.tmp-`) &&
        /^[\d-]+$/.test(other.slice(name.length + 5));
      if (isOurs && files.kind(`${dir}/${other}`) === "file") files.remove(`${dir}/${other}`);
    }
  }

  return {
    async ready(use = "edit") {
      if (typeof source !== "function" || (use === "read" && isPlain())) return;
      loaded ??= await source();
    },
    read() {
      const config = prepared ?? check(read(path, files) ?? "{}");
      prepared = null;
      return config;
    },
    values() {
      const content = read(path, files) ?? "{}";
      check(content);
      return valueOf(content) as Record<string, unknown>;
    },
    notices() {
      const content = loaded === null ? null : read(path, files);
      return [
        ...last?.notices ?? [],
        ...content === null ? [] : text().twice(content, path),
      ];
    },
    edit(plan) {
      locked(() => change(plan));
    },
    text: () => read(path, files) ?? EMPTY,
    replace(after, { before, from }) {
      check(after, from);
      text().refuseTwice(after, from);
      // From here on, its notices are about this file.
      last = null;
      return locked(() => {
        if ((read(path, files) ?? EMPTY) !== before) return false;
        const isThere = files.kind(path) !== "missing";
        if (after !== before || !isThere) write(after, isThere);
        return true;
      });
    },
  };
}

function read(path: string, files: Files): string | null {
  const kind = files.kind(path);
  if (kind === "missing") return null;
  try {
    // Some editors start a file with a byte order mark; a crash can leave an empty one.
    const text = files.readText(path)?.replace(/^\ufeff/, "") ?? "";
    return text.trim() === "" ? null : text;
  } catch (cause) {
    const what = kind === "other" ? "pipe or device" : kind;
    throw new UserError(
      `cannot read the configuration "${path}": the ${what} can't be opened`,
      { hint: "claude-multi doctor", exit: EXIT.usage, cause },
    );
  }
}
