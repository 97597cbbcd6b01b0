// Finds out which account a session belongs to: the payload doesn't say (CONTRACT §5).
import type { Account } from "../config/account.ts";
import type { Layout } from "../config/paths.ts";
import { cleanText } from "../text/cells.ts";

/**
 * Name of the session's account: from the config dir that the client runs in, or else from the
 * location of the transcript. The shared home belongs to the in-place account, if there is one. null
 * if the session isn't ours. `resolve` follows links, for homes that are reached through one.
 */
export function accountOf(
  session: { configDir: string | null; transcriptPath: string | null },
  options: {
    accounts: readonly Pick<Account, "name" | "folder" | "inPlace">[];
    layout: Layout;
    resolve: (path: string) => string;
  },
): string | null {
  const { accounts, layout, resolve } = options;
  for (const path of [session.configDir, session.transcriptPath]) {
    if (path === null) continue;
    const folder = firstBelow(path, layout.accounts) ??
      firstBelow(resolve(path), resolve(layout.accounts));
    if (folder !== null) {
      const known = accounts.find((account) => !account.inPlace && account.folder === folder);
      return known?.name ?? (cleanText(folder) || null);
    }
    if (path === session.configDir) continue;
    if (session.configDir === null && firstBelow(path, layout.shared) !== null) {
      return accounts.find((account) => account.inPlace)?.name ?? null;
    }
  }
  return null;
}

/** The first path component below a directory, or null if the path isn't below it. */
function firstBelow(path: string, directory: string): string | null {
  if (!path.startsWith(`${directory}/`)) return null;
  const component = path.slice(directory.length + 1).replace(/^\/+/, "").split("/")[0] ?? "";
  return component === "" || component === "." || component === ".." ? null : component;
}
