// A terminal without tmux, through the `script` program that every Unix has.
import { waitUntil } from "../helpers/waiting.ts";

/** How a program in a terminal ended. */
export interface TerminalOutcome {
  code: number;
  /** The end of what it wrote, with its escape sequences. */
  written: string;
}

/**
 * Runs a program in a terminal of 110 × 30, waits until it is ready, and leaves it the way a user
 * leaves Claude Code, with Ctrl-C twice.
 */
export async function onTerminal(
  program: readonly string[],
  options: { env: Record<string, string>; cwd: string; ready: () => boolean },
): Promise<TerminalOutcome> {
  const words = program.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(" ");
  const line = `stty cols 110 rows 30; exec ${words}`;
  const args = Deno.build.os === "darwin"
    ? ["-q", "/dev/null", "/bin/sh", "-c", line]
    : ["-qec", line, "/dev/null"];
  const child = new Deno.Command("script", {
    args,
    clearEnv: true,
    env: options.env,
    cwd: options.cwd,
    stdin: "piped",
    stdout: "piped",
    stderr: "null",
  }).spawn();
  const written = new Response(child.stdout).text();
  const keys = child.stdin.getWriter();
  let ended = false;
  const status = child.status.finally(() => ended = true);
  let readyError: unknown = null;
  try {
    await waitUntil("the program on the terminal is ready", {
      holds: () => ended || options.ready(),
    });
  } catch (error) {
    readyError = error;
  }
  for (let n = 0; n < 20 && !ended; n++) {
    await keys.write(new Uint8Array([3])).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  if (!ended) child.kill("SIGKILL");
  await keys.close().catch(() => {});
  const { code } = await status;
  const text = (await written).slice(-2000);
  if (readyError) throw new Error(`${readyError}\n${text}`);
  return { code, written: text };
}
