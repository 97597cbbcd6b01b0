// Fingerprints of logins: equal for two copies of a login, and worthless without our salt.
import type { Files, Hashing } from "../ports/mod.ts";

/** The hash of a token, with the salt of this installation, which the first call creates in `root`. */
export function fingerprintOf(
  token: string,
  { root, files, hashing }: { root: string; files: Files; hashing: Hashing },
): string {
  const path = `${root}/salt`;
  let salt = files.readText(path)?.trim();
  if (!salt) {
    salt = hashing.random(16);
    files.makePrivateDirectory(root);
    files.writeText(path, `${salt}\n`, 0o600);
  }
  return hashing.keyedHash(token, salt).slice(0, 32);
}
