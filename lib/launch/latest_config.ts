// The configuration after a wait, in which another terminal may have changed it.
import type { Config } from "../config/config.ts";
import type { Context } from "../ports/context.ts";

/**
 * The configuration as it is now, after a client ran, a countdown or a question; config dirs are read again
 * as well. It stays as it was `before` if config.json was broken in the meantime.
 */
export async function latestConfig(context: Context, before: Config): Promise<Config> {
  context.claudeHome.forget();
  try {
    await context.configFile.ready("read");
    const config = context.configFile.read();
    return config.accounts.length === 0 ? before : config;
  } catch {
    return before;
  }
}
