// Measurements of claude-multi-ide with the real client, as an editor or the Agent SDK starts it.
import { MockApi } from "../e2e/mock_api.ts";
import { realClaude, realClaudeEnv } from "../e2e/real_claude.ts";
import { installIde } from "../helpers/binaries.ts";
import type { Case } from "./case.ts";
import { helloLike, program } from "./case.ts";
import { threeAccounts } from "./launcher_cases.ts";

const ARGS = ["--output-format", "stream-json", "--verbose", "--input-format", "stream-json"];

/** The rows. */
export const EDITOR_CASES: readonly Case[] = [{
  name: "claude-multi-ide to the first byte / hello, then claude",
  goal: 1.25,
  async prepare(home, hello) {
    threeAccounts(home);
    const api = await MockApi.start();
    const claude = await realClaude();
    const message = { role: "user", content: "hello" };
    // A shell starts both, so that none of the large programs is copied.
    const subject = {
      path: "/bin/sh",
      args: [installIde(home), claude, ...ARGS],
      env: realClaudeEnv(home, { api }),
      stdin: `${JSON.stringify({ type: "user", message })}\n`,
      untilFirstByte: true,
    };
    const more = { CLAUDE_CONFIG_DIR: home.accountDir("personal") };
    return {
      subject,
      baseline: [
        helloLike(hello, program(home, { name: "claude-multi", args: [] })),
        {
          ...subject,
          args: ["-c", 'exec "$0" "$@"', claude, ...ARGS],
          env: realClaudeEnv(home, { api, more }),
        },
      ],
      close: () => api[Symbol.asyncDispose](),
    };
  },
}];
