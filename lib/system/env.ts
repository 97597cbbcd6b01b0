// The Env port on the process environment.
import type { Env } from "../ports/mod.ts";

/** The environment of this process; an empty value counts as unset. */
export const systemEnv: Env = {
  get: (name) => Deno.env.get(name) || null,
};
