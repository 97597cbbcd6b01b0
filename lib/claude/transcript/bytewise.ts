// The reader for what is too much, or too long, to be parsed as a whole; loaded when there is such.
import { JsonPathReader } from "./json_path.ts";
import { findRole } from "./role_search.ts";
import type { BytewiseReader } from "./scan.ts";

/** Reads lines byte by byte, in constant memory. */
export function bytewiseReader(): BytewiseReader {
  const reader = new JsonPathReader();
  return {
    begin: () => reader.begin(),
    feed: (bytes, from, to) => reader.feed(bytes, from, to),
    fields: () => reader.finish() ? reader.fields() : null,
    findRole,
  };
}
