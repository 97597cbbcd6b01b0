// The table of segments: the order here is the order of the docs, config.json decides the line's.
import type { Segment } from "../piece.ts";
import { account } from "./account.ts";
import { context } from "./context.ts";
import { branch, burn, cache, cost, session, style, vim, worktree } from "./extras.ts";
import { fiveHour, sevenDay } from "./limit.ts";
import { model } from "./model.ts";
import { next, room } from "./room.ts";
import { tokens } from "./tokens.ts";

/** Every segment there is. To add one, add a file and a row. */
export const SEGMENTS: readonly Segment[] = [
  account,
  model,
  context,
  tokens,
  fiveHour,
  sevenDay,
  room,
  burn,
  next,
  cost,
  cache,
  branch,
  worktree,
  session,
  vim,
  style,
];

/** The line without settings. */
export const DEFAULT_SEGMENTS: readonly string[] = [
  "account",
  "model",
  "context",
  "tokens",
  "5h",
  "7d",
  "room",
];
