// Records which logins were saved where, as salted hashes in logins.json.
import type { Context } from "../ports/context.ts";
import { readObject } from "../claude/json_files.ts";
import { objectOf } from "../text/json_object.ts";

/** The fingerprints of saved logins, by the folder of their account. */
export function knownFingerprints(context: Context): Map<string, string> {
  const logins = Object.entries(objectOf(readObject(context, pathOf(context))?.["logins"]));
  return new Map(
    logins.flatMap(([folder, hash]) => typeof hash === "string" ? [[folder, hash]] : []),
  );
}

/** Records the login in an account's folder, or forgets it if the fingerprint is null. */
export function recordFingerprint(
  context: Context,
  login: { folder: string; fingerprint: string | null },
): void {
  const { folder, fingerprint } = login;
  const known = knownFingerprints(context);
  if (fingerprint === null ? !known.delete(folder) : known.get(folder) === fingerprint) return;
  if (fingerprint !== null) known.set(folder, fingerprint);
  const text = JSON.stringify({ version: 1, logins: Object.fromEntries(known) }, null, 2);
  context.files.writeText(pathOf(context), `${text}\n`, 0o600);
}

function pathOf(context: Context): string {
  return `${context.layout.root}/logins.json`;
}
