// The ports: interfaces to everything outside this program, with fakes in the tests.
export type * from "./claude_home.ts";
export type * from "./clock.ts";
export type * from "./config_file.ts";
export type * from "./env.ts";
export type * from "./files.ts";
export type * from "./hashing.ts";
export type * from "./ledger.ts";
export type * from "./processes.ts";
export type * from "./reading_log.ts";
export type * from "./terminal.ts";
export type * from "./transcripts.ts";
