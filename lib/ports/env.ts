// The port to environment variables.

/** Environment variables. */
export interface Env {
  /** The value, or null when unset. */
  get(name: string): string | null;
}
