// The model of a launch, as far as anyone can know before the client runs.
import type { Context } from "../ports/context.ts";
import type { Session } from "../balance/session.ts";
import { transcriptOf } from "../claude/session_files.ts";
import { readObject } from "../claude/json_files.ts";
import { neededModels } from "../claude/models.ts";
import { lastModel } from "../claude/transcript/limit_line.ts";
import { objectOf, textOf } from "../text/json_object.ts";
import type { LaunchRequest } from "./request.ts";

/**
 * The keys of the models that a launch needs, by the first of these that names one: `--model`,
 * `ANTHROPIC_MODEL`, the resumed conversation's last reply, settings (the caller's, then those of the
 * project, local ones first, then the user's). null if none does. Managed settings and the models of
 * agents aren't looked at.
 */
export function modelsOfLaunch(
  context: Context,
  { request, conversation }: { request: LaunchRequest; conversation: Session | null },
): readonly string[] | null {
  const { args, callers, config, cwd } = request;
  const asked = args.model ?? context.env.get("ANTHROPIC_MODEL");
  if (asked !== null) return neededModels(asked);
  const account = config.accounts.find(({ name }) => name === conversation?.account);
  const id = conversation?.clientSessionId ?? null;
  const path = account === undefined || id === null ? null : transcriptOf(context, { account, id });
  const last = path === null ? null : lastModel((bytes) => context.files.readTail(path, bytes));
  return last !== null
    ? [last]
    : neededModels(textOf(callers["model"]) ?? modelSetting(context, cwd));
}

/** The keys of the models that a plain `cl` needs in a folder; null if unknown. */
export function modelsOfFolder(context: Context, cwd: string): readonly string[] | null {
  return neededModels(context.env.get("ANTHROPIC_MODEL") ?? modelSetting(context, cwd));
}

/** The models to go on with at the limit of another one, in this order. */
const OTHER_MODELS = ["opus", "sonnet", "haiku"];

/** Models to go on with in a folder at the limit of one: that of the settings, then the usual ones. */
export function otherModels(
  context: Context,
  { cwd, limited }: { cwd: string; limited: string },
): string[] {
  const usual = modelsOfFolder(context, cwd) ?? [];
  const models = new Set([...usual.length === 1 ? usual : [], ...OTHER_MODELS]);
  models.delete(limited);
  return [...models];
}

/** The model that settings name for a folder: `ANTHROPIC_MODEL` in `env` comes before `model`. */
function modelSetting(context: Context, cwd: string): string | null {
  const files = [
    readObject(context, `${cwd}/.claude/settings.local.json`),
    readObject(context, `${cwd}/.claude/settings.json`),
    context.claudeHome.sharedSettings(),
  ].map(objectOf);
  const named = [
    ...files.map(({ env }) => textOf(objectOf(env)["ANTHROPIC_MODEL"])),
    ...files.map(({ model }) => textOf(model)),
  ];
  return named.find((name) => name !== null) ?? null;
}
