// Fingerprints of logins: equal for two copies of one login, and worthless without our salt.
import type { Files, Hashing } from "../ports/mod.ts";

/** Where the salt is, and what hashes with it. */
interface FingerprintPlace {
  root: string;
  files: Files;
  hashing: Hashing;
}

/** Hash of a token under the salt of this installation, which the first call makes. */
export function fingerprintOf(token: string, place: FingerprintPlace): string {
  return place.hashing.keyedHash(token, saltOf(place)).slice(0, 32);
}

function saltOf({ root, files, hashing }: FingerprintPlace): string {
  const path = `${root}/salt`;
  const known = files.readText(path)?.trim();
  if (known) return known;
  files.makePrivateDirectory(root);
  const salt = hashing.random(16);
  files.writeText(path, `${salt}\n`, 0o600);
  return salt;
}
