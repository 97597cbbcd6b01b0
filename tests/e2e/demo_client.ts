// The client that the demo runs: the real one with a mock of its service, or a stand-in.
import { installFakeClaude } from "../helpers/fake_claude.ts";
import type { TempHome } from "../helpers/temp_home.ts";
import { MockApi } from "./mock_api.ts";
import { CLAUDE_VERSION, realClaude, realClaudeEnv } from "./real_claude.ts";

/** The percentage used that the service reports for an account's windows, 0–100. */
export interface Used {
  fiveHour: number;
  sevenDay: number;
}

/** The client that the demo runs, and controls for the service behind it. */
export interface DemoClient extends AsyncDisposable {
  real: boolean;
  /** One sentence that says which client this is. */
  sentence: string;
  /** The complete environment of every command. */
  env: Record<string, string>;
  /** Prompts that were answered, each with the account whose login sent it. */
  turns(): Array<{ account: string | null; text: string }>;
  /** Sets what the service reports from the next answer on. */
  report(account: string, used: Used): void;
  /** Holds back an account's answers until the returned function is called. */
  hold(account: string): () => void;
}

const HOUR_MS = 3_600_000;

/**
 * Returns the real client if it can be downloaded, otherwise the stand-in. With
 * `DEMO_CLIENT=stand-in` it always returns the stand-in.
 */
export async function demoClient(home: TempHome): Promise<DemoClient> {
  if (Deno.env.get("DEMO_CLIENT") === "stand-in") return standIn(home, "DEMO_CLIENT asks for it");
  let program: string;
  try {
    program = await realClaude();
  } catch (error) {
    return standIn(home, error instanceof Error ? error.message : String(error));
  }
  await Deno.symlink(program, `${home.bin}/claude`);
  const api = await MockApi.start();
  return {
    real: true,
    sentence: `the real Claude Code ${CLAUDE_VERSION}, with a mock of its service on this machine`,
    env: realClaudeEnv(home, { api }),
    turns: () => api.turns(),
    report(account, used) {
      api.accounts[account] = {
        ...api.accounts[account],
        fiveHour: { utilization: used.fiveHour / 100, resetsAtMs: Date.now() + 2 * HOUR_MS },
        sevenDay: { utilization: used.sevenDay / 100, resetsAtMs: Date.now() + 72 * HOUR_MS },
      };
    },
    hold: (account) => api.hold(account),
    [Symbol.asyncDispose]: () => api[Symbol.asyncDispose](),
  };
}

function standIn(home: TempHome, why: string): DemoClient {
  const claude = installFakeClaude(home);
  const accounts: NonNullable<Parameters<typeof claude.order>[0]["accounts"]> = {};
  const write = (): void => claude.order({ accounts });
  return {
    real: false,
    sentence: `a STAND-IN for Claude Code, not the real client: ${why}`,
    env: home.env({ SHELL: "/bin/bash" }),
    turns() {
      const logins = new Map(claude.launches().map((launch) => [launch.pid, launch.login]));
      return claude.events().filter((event) => event.event === "turn").map((event) => ({
        account: logins.get(event.pid) ?? null,
        text: String(event["prompt"]),
      }));
    },
    report(account, used) {
      accounts[account] = {
        ...accounts[account],
        windows: {
          five_hour: { percentUsed: used.fiveHour, resetsAtMs: Date.now() + 2 * HOUR_MS },
          seven_day: { percentUsed: used.sevenDay, resetsAtMs: Date.now() + 72 * HOUR_MS },
        },
      };
      write();
    },
    hold(account) {
      // Its answers then take longer than anything that happens in the meantime.
      accounts[account] = { ...accounts[account], sleepMs: 3_000 };
      write();
      return () => {
        delete accounts[account]?.sleepMs;
        write();
      };
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}
