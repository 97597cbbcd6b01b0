// The port to environment variables.

/** Environment variables. */
export interface Env {
  /** The value, or null if unset. */
  get(name: string): string | null;
}
