// The one room for fingerprints of logins: a salted hash that tells copies apart from originals.
import { createHmac, randomBytes } from "node:crypto";
import type { Files } from "../ports/mod.ts";

/** Hash of a token under this installation's own salt, which it makes at the first call. */
export function fingerprintOf(token: string, place: { root: string; files: Files }): string {
  return createHmac("sha256", saltOf(place)).update(token).digest("hex").slice(0, 32);
}

function saltOf({ root, files }: { root: string; files: Files }): string {
  const path = `${root}/salt`;
  const known = files.readText(path)?.trim();
  if (known) return known;
  files.makePrivateDirectory(root);
  const salt = randomBytes(16).toString("hex");
  files.writeText(path, `${salt}\n`, 0o600);
  return salt;
}
