// Hooks and the status line command, as the stand-in starts them.
import { spawn } from "node:child_process";

/** How a child ended. */
export interface ChildResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** A running child. */
export interface ChildRun {
  ended: Promise<ChildResult>;
  terminate(): void;
}

/**
 * Runs a command as the client does: `/bin/sh -c`, own session, no terminal, JSON on stdin
 * (CONTRACT §5). `env` is added to the environment of the stand-in.
 */
export function runShell(
  command: string,
  options: { input: unknown; env: Record<string, string>; cwd: string },
): ChildRun {
  const child = spawn("/bin/sh", ["-c", command], {
    cwd: options.cwd,
    env: { ...Deno.env.toObject(), ...options.env },
    detached: true,
    stdio: ["pipe", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => stdout += text);
  child.stderr.setEncoding("utf8").on("data", (text: string) => stderr += text);
  child.stdin.on("error", () => {});
  child.stdin.end(JSON.stringify(options.input));
  const ended = new Promise<ChildResult>((resolve) => {
    child.on("error", () => resolve({ code: 127, stdout, stderr }));
    child.on("close", (code: number | null) => resolve({ code, stdout, stderr }));
  });
  return { ended, terminate: () => void child.kill("SIGTERM") };
}
