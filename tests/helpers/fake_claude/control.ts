// The orders that a test gives the stand-in client: a JSON file, read at every turn.

/** The windows whose usage the service reports. */
export type ControlWindow = "five_hour" | "seven_day";

/** What the stand-in does at its next turn; everything is optional. */
export interface Orders {
  /** What the service reports about each window; null or absent: nothing. */
  windows?: Partial<Record<ControlWindow, { percentUsed: number; resetsAtMs: number } | null>>;
  /** The turn is refused until then; afterwards the order has no effect. */
  limit?: { window: ControlWindow; resetsAtMs: number } | null;
  /** The turn fails with this kind of error (the matchers of StopFailure, CONTRACT §6). */
  error?: string;
  /** How long the service takes for the answer. */
  sleepMs?: number;
  /** Exit code of a run that ends by itself (default: 0, or 1 after a failed `-p`). */
  exitCode?: number;
  /** The client is killed by this signal in the middle of the turn. */
  die?: Deno.Signal;
  /** The answer (default: the prompt repeated). */
  reply?: string;
  /** Tokens of one call (default: input 11, cache write 1200, cache read 3400, output 42). */
  usage?: { input?: number; cacheWrite?: number; cacheRead?: number; output?: number };
  /** Content blocks of the answer: one transcript line each, all with the same usage. */
  blocks?: number;
  /** The turn uses a subagent, which writes its own transcript. */
  subagent?: boolean;
  /** Resuming another account's conversation asks for consent (CONTRACT §3). */
  consentGate?: boolean;
}

/** The control file: orders for all accounts, and more for single accounts by folder name. */
export interface Control extends Orders {
  /** By base name of the config dir; `.claude` is the shared home. */
  accounts?: Record<string, Orders>;
}

/** Reads the orders for one config dir from `FAKE_CLAUDE_CONTROL`; none if the file is missing. */
export function readOrders(configDir: string): Orders {
  const path = Deno.env.get("FAKE_CLAUDE_CONTROL");
  if (!path) return {};
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw error;
  }
  const { accounts, ...common } = JSON.parse(text) as Control;
  return { ...common, ...accounts?.[configDir.split("/").at(-1) ?? ""] };
}

/** Whether the orders refuse the turn now. */
export function limitNow(orders: Orders): NonNullable<Orders["limit"]> | null {
  return orders.limit && orders.limit.resetsAtMs > Date.now() ? orders.limit : null;
}
