// The client's commands that change or make a login.
import { CLIENT_SUBCOMMANDS } from "./arguments.ts";

/** Such a command, in the client's own words (CONTRACT §9). */
export type LoginCommand = "auth login" | "auth logout" | "setup-token";

const COMMANDS: readonly LoginCommand[] = ["auth login", "auth logout", "setup-token"];

/** The login command in the client's arguments; null for any other, and for the help of one. */
export function loginCommandIn(args: readonly string[]): LoginCommand | null {
  if (args.includes("--help") || args.includes("-h")) return null;
  const words = args.filter((word) => !word.startsWith("-"));
  const line = words.slice(words.findIndex((word) => CLIENT_SUBCOMMANDS.includes(word))).join(" ");
  return COMMANDS.find((command) => line === command || line.startsWith(`${command} `)) ?? null;
}
