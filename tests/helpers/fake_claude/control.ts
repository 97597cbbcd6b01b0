// The orders a test gives to the stand-in client: a JSON file, read at every turn.

/** The windows whose use the service reports. */
export type ControlWindow = "five_hour" | "seven_day";

/** What the stand-in does at its next turn; everything is optional. */
export interface Orders {
  /** What the service reports of each window; null or absent: it says nothing of it. */
  windows?: Partial<Record<ControlWindow, { percentUsed: number; resetsAtMs: number } | null>>;
  /** The turn is refused until then; once it has passed the order is void. */
  limit?: { window: ControlWindow; resetsAtMs: number } | null;
  /** The turn fails with this kind of error (the matchers of StopFailure, CONTRACT §6). */
  error?: string;
  /** Time that the service takes for the answer. */
  sleepMs?: number;
  /** Exit code of a run that ends by itself; 0 unless given, 1 after a failed `-p`. */
  exitCode?: number;
  /** The client dies of this signal in the middle of the turn. */
  die?: Deno.Signal;
  /** The answer; an echo of the prompt unless given. */
  reply?: string;
  /** Tokens of one call; input 11, cache write 1200, cache read 3400, output 42 unless given. */
  usage?: { input?: number; cacheWrite?: number; cacheRead?: number; output?: number };
  /** Content blocks of the answer: one transcript line each, with the usage repeated. */
  blocks?: number;
  /** The turn uses a subagent, which writes its own transcript. */
  subagent?: boolean;
  /** Resuming another account's conversation asks for consent (CONTRACT §3). */
  consentGate?: boolean;
}

/** The control file: orders for all accounts, and more for single ones by folder name. */
export interface Control extends Orders {
  /** By base name of the config dir; `.claude` is the shared home. */
  accounts?: Record<string, Orders>;
}

/** Reads the orders for one config dir from `FAKE_CLAUDE_CONTROL`; none when there is no file. */
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

/** Whether the orders refuse a turn now. */
export function limitNow(orders: Orders): NonNullable<Orders["limit"]> | null {
  return orders.limit && orders.limit.resetsAtMs > Date.now() ? orders.limit : null;
}
