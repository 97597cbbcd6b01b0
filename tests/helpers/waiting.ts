// The one room for waiting on what another process does.

/**
 * Waits until a condition holds, looking every 25 ms.
 * @throws Error naming what did not happen within `timeoutMs`, 30 s unless given.
 */
export async function waitUntil(
  what: string,
  options: { holds: () => boolean; timeoutMs?: number },
): Promise<void> {
  const timeoutMs = options.timeoutMs ?? 30_000;
  const deadlineMs = Date.now() + timeoutMs;
  while (!options.holds()) {
    if (Date.now() > deadlineMs) throw new Error(`${what}: not within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
