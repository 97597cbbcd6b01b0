// Where a session comes from: a terminal, a script, an editor, or the Agent SDK.
import type { Context } from "../ports/context.ts";
import type { Origin } from "../balance/session.ts";
import { hostOf } from "../claude/environment.ts";
import type { LaunchRequest } from "./request.ts";

/** Where a launch comes from. A launch from inside a session of the SDK isn't the SDK's own. */
export function originOf(
  { env }: Pick<Context, "env">,
  { args, forEditor }: Pick<LaunchRequest, "args" | "forEditor">,
): Origin {
  const isOutside = forEditor !== undefined || env.get("CLAUDECODE") === null;
  if (isOutside && hostOf(env)?.startsWith("sdk-")) return "sdk";
  if (forEditor !== undefined) return "ide";
  return args.kind === "print" ? "print" : "terminal";
}
