// Puts a report into a file: only a report of ours is replaced without being told to.
import type { Files } from "../../ports/mod.ts";
import { EXIT, UserError } from "../../text/errors.ts";
import { quoted } from "../../text/escape.ts";
import { shellWord } from "../../text/shell_quote.ts";
import type { Markup } from "./markup.ts";
import { markup } from "./markup.ts";

const MARK = `<meta name="generator" content="claude-multi report `;
/** Where the mark of a report is looked for, in bytes. */
const HEAD_BYTES = 1024;

/** The element that says which version of us made a page, and that it is one of ours. */
export function generatorTag(version: string): Markup {
  return markup`<meta name="generator" content="claude-multi report ${version}">`;
}

/**
 * Writes a page, readable by its owner only. What it replaces is copied to `backups/`; returns the path of
 * the copy, or null.
 * @throws UserError if something else is there; with `force`, only if that is no regular file.
 */
export function savePage(
  page: string,
  { path, files, force }: { path: string; files: Files; force: boolean },
): string | null {
  const target = files.resolve(path) ?? path;
  const kind = files.kind(target);
  if (kind !== "missing" && kind !== "file") {
    throw refused(path, { why: WHY[kind], hint: "claude-multi report -" });
  }
  const folder = target.slice(0, target.lastIndexOf("/")) || "/";
  if (files.kind(folder) === "missing") {
    throw new UserError(`cannot write ${quoted(path)}: its folder doesn't exist`, {
      hint: `mkdir -p ${shellWord(folder)}`,
    });
  }
  const isOurs = () => files.readHead(target, HEAD_BYTES).includes(MARK);
  if (kind === "file" && !force && !isOurs()) {
    throw refused(path, {
      why: "the file that is there is no report",
      hint: `claude-multi report --force ${shellWord(path)}`,
    });
  }
  const copy = kind === "file" ? files.backUp(target) : null;
  files.writeText(target, page, 0o600);
  return copy;
}

const WHY = {
  directory: "it is a folder",
  link: "it is a link to nothing",
  other: "it is no regular file",
} as const;

function refused(path: string, { why, hint }: { why: string; hint: string }): UserError {
  return new UserError(`cannot write ${quoted(path)}: ${why}`, { hint, exit: EXIT.refused });
}
