// Brings an account's folder up to date before a launch: its links, and its copied settings.
import type { Context } from "../ports/context.ts";
import type { Account } from "../config/account.ts";
import type { Config } from "../config/config.ts";
import { messageOf } from "../text/errors.ts";
import { lookAtLinks } from "./folder.ts";
import { mirrorGlobalConfig } from "./mirror.ts";

/**
 * Leads the account's links into the shared home, and copies to its `.claude.json` what the others
 * have. Never throws: after a failure it warns in one line, and the launch continues.
 */
export async function bringUpToDate(
  context: Context,
  options: { config: Config; account: Account },
): Promise<void> {
  const { account } = options;
  try {
    const astray = lookAtLinks(context, account);
    if (astray.length > 0) {
      const { mendLinks } = await import("./mended_links.ts");
      mendLinks(context, { account, astray });
    }
  } catch (error) {
    context.terminal.warn(
      `the links of "${account.name}" are not in order; see claude-multi doctor: ${
        messageOf(error)
      }`,
    );
  }
  await mirrorGlobalConfig(context, options);
}
