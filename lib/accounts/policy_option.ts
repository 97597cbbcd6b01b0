// The policy that an option names.
import { POLICY_NAMES } from "../balance/policy.ts";
import type { PolicyName } from "../balance/policy.ts";
import type { Config } from "../config/config.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { quoted } from "../text/escape.ts";

/**
 * The policy that the user named (default: the configured one).
 * @throws UserError (usage) listing the policies.
 */
export function parsePolicy(text: string | undefined, config: Config): PolicyName {
  if (text === undefined) return config.policy;
  const found = POLICY_NAMES.find((name) => name === text);
  if (found !== undefined) return found;
  // Each policy has another first letter, and the first letter is rarely mistyped.
  const meant = POLICY_NAMES.find((name) => name[0] === text[0]) ?? POLICY_NAMES[0];
  throw new UserError(
    `unknown policy ${quoted(text)} (the policies are ${POLICY_NAMES.join(", ")})`,
    { hint: `claude-multi pick --policy ${meant}`, exit: EXIT.usage },
  );
}
