// The default segments, which almost every call draws.
import type { Segment } from "../piece.ts";
import { account } from "./account.ts";
import { context } from "./context.ts";
import { fiveHour, sevenDay, spend } from "./limit.ts";
import { model } from "./model.ts";
import { room } from "./room.ts";
import { tokens } from "./tokens.ts";

/** The line without settings, in its order. */
export const USUAL_SEGMENTS: readonly Segment[] = [
  account,
  model,
  context,
  tokens,
  fiveHour,
  sevenDay,
  spend,
  room,
];
