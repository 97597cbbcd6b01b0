// What a transcript says about its conversation, wherever in the file it says so: title, folder, owner.
import { objectIn, objectOf, textOf } from "../../text/json_object.ts";
import { mayCount } from "./line.ts";
import { LineScanner } from "./scan.ts";

/** What a transcript says about its conversation; null for whatever it doesn't. */
export interface Description {
  /** Its title, or else the first prompt that says something, or else the first; on one line, without control characters. */
  title: string | null;
  /** The first prompt, in the same form. */
  prompt: string | null;
  /** The folder that it was started in: an absolute path. */
  folder: string | null;
  /** Who started it, as the client records it (CONTRACT §3); older clients don't. */
  owner: { accountUuid: string; organizationUuid: string | null } | null;
  /** What began it, as the client calls it: `cli`, `sdk-cli` for -p …; older clients don't say. */
  entrypoint: string | null;
  /**
   * Whether there is nothing to continue: nobody asked or answered anything, and nobody named it. claude
   * 2.1.332 leaves such a transcript when it is opened and left with `/exit`; of others only a summary is
   * left, which it doesn't find.
   */
  isBlank: boolean;
}

/** A prompt with many pictures is one line; nothing that a client writes is longer. */
const LONGEST_LINE_BYTES = 256 * 1024 * 1024;
const NEWLINE = 0x0a;

/** The start of a line that names a title or the owner. */
const NAMES = /"type":\s*"(?:custom-title|ai-title|summary|session-owner)"/;
const MAY_BE_PROMPT = /"type":\s*"user"/;

/**
 * Reads a whole transcript of `bytes` bytes. Lines are parsed only as long as they can still tell
 * something; `read` fills a buffer from an offset of the file.
 */
export function describeTranscript(
  read: (buffer: Uint8Array, at: number) => number,
  bytes: number,
): Description {
  let custom: string | null = null;
  let generated: string | null = null;
  let summary: string | null = null;
  let prompt: string | null = null;
  let first: string | null = null;
  let folder: string | null = null;
  let owner: Description["owner"] = null;
  let entrypoint: string | null = null;
  let isSaid = false;
  // The last line may still lack its newline.
  const readEnded = (buffer: Uint8Array, at: number): number => {
    const got = at < bytes ? read(buffer.subarray(0, bytes - at), at) : 0;
    if (got > 0 || at < bytes) return got;
    buffer[0] = NEWLINE;
    return 1;
  };
  new LineScanner({ longestLineBytes: LONGEST_LINE_BYTES }).scan(readEnded, {
    from: 0,
    to: bytes + 1,
    insideLongLine: false,
    mayGoOn: () => true,
    isWanted: (beginning) =>
      folder === null || !isSaid || NAMES.test(beginning) ||
      (!isTelling(prompt) && MAY_BE_PROMPT.test(beginning) && mayCount(beginning)),
    onLine(text) {
      const line = objectIn(text);
      if (line === null) return;
      const cwd = textOf(line["cwd"]);
      if (cwd?.startsWith("/")) folder ??= cwd;
      entrypoint ??= textOf(line["entrypoint"]);
      isSaid ||= line["type"] === "assistant" || saysSomething(line);
      switch (line["type"]) {
        case "custom-title":
          custom = textOf(line["customTitle"]) ?? textOf(line["title"]) ?? custom;
          break;
        case "ai-title":
          generated = textOf(line["aiTitle"]) ?? textOf(line["title"]) ?? generated;
          break;
        case "summary":
          summary = textOf(line["summary"]) ?? summary;
          break;
        case "session-owner":
          owner = ownerIn(line) ?? owner;
          break;
        case "user":
          first ??= promptOf(line);
          prompt = morePrompt(prompt, promptOf(line));
      }
    },
  });
  return {
    title: oneLine(custom ?? generated ?? prompt ?? summary),
    prompt: oneLine(first),
    ...{ folder, owner, entrypoint, isBlank: !isSaid && (custom === null || folder === null) },
  };
}

function ownerIn(line: Record<string, unknown>): Description["owner"] {
  const accountUuid = textOf(line["accountUuid"]);
  if (accountUuid === null) return null;
  return { accountUuid, organizationUuid: textOf(line["organizationUuid"]) };
}

/** Whether a line of a transcript is a prompt, of pictures too, and not only a command of the client such as `/exit`. */
function saysSomething(line: Record<string, unknown>): boolean {
  if (line["type"] !== "user") return false;
  return promptOf(line) !== null || partsOf(line).some(({ type }) => type !== "text");
}

/** The parts of a message; none if the user didn't type it. */
function partsOf(line: Record<string, unknown>): Record<string, unknown>[] {
  if (line["isMeta"] === true || line["isSidechain"] === true) return [];
  const { content } = objectOf(line["message"]);
  const parts: unknown[] = Array.isArray(content) ? content : [{ type: "text", text: content }];
  return parts.map(objectOf);
}

/** The prompt that the user typed, if this line of a transcript is one; else null. */
function promptOf(line: Record<string, unknown>): string | null {
  const texts = partsOf(line).flatMap(({ type, text }) =>
    type === "text" && typeof text === "string" ? [text.trim()] : []
  );
  return texts.find((text) => text !== "" && !text.startsWith("<")) ?? null;
}

/** Whether a prompt says what the conversation is about, as `hi` and `go on` don't. */
function isTelling(prompt: string | null): boolean {
  return prompt !== null && prompt.length >= 12 && /\S\s+\S+\s+\S/.test(prompt);
}

/** The one of two prompts that says more; the earlier if neither does. */
function morePrompt(earlier: string | null, later: string | null): string | null {
  return earlier === null || (!isTelling(earlier) && isTelling(later)) ? later : earlier;
}

function oneLine(text: string | null): string | null {
  // Untrusted text: remove control characters and direction overrides.
  return text === null
    ? null
    : text.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ").trim().slice(0, 200) || null;
}
