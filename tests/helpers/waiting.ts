// Waits for what another process does.

/**
 * Waits until a condition is true, checking every 25 ms.
 * @throws Error saying what didn't happen within `timeoutMs` (default: 30 s).
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
