// JSON objects: recognised among other values, and read from text.

/** Whether a value is a JSON object, not null or a list. */
export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value if it is a JSON object, else an empty one. */
export function objectOf(value: unknown): Record<string, unknown> {
  return isObject(value) ? value : {};
}

/** A value if it is a text that isn't empty, else null. */
export function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

/** A text without the byte order mark that some editors start a file with; the client ignores it too. */
export function withoutMark(text: string): string {
  return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text;
}

/** The JSON object in a text, which may start with a byte order mark; null if it isn't one. */
export function objectIn(text: string | null): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(withoutMark(text ?? ""));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}
