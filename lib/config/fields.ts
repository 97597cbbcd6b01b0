// The settings in config.json: one row per key, for types, checks, docs, completion and the schema.
import type { PolicyName } from "../balance/policy.ts";

/** The row of a key. */
export interface Field {
  /** `name`: like an account's; `path`: an absolute path; `strings`: a list. */
  type: "string" | "name" | "path" | "number" | "boolean" | "strings";
  about: string;
  /** The value of a missing key (default: null). */
  default?: string | number | boolean;
  /** The key of the same group whose value a missing key gets. */
  sameAs?: string;
  /** Without this key, its group counts as missing. */
  required?: true;
  /** The file may contain null. */
  nullable?: true;
  /** The only values of a string; a list of strings may also be one of these words instead. */
  choices?: readonly string[];
  range?: readonly [least: number, most: number];
  /** A fraction is rounded down. */
  whole?: true;
  /** What a change means for sessions that are running, or only one to these values, unless it counts at once. */
  running?: string | Readonly<Record<string, string>>;
  /** The command that sets the key, if `config set` doesn't. */
  setBy?: string;
}

/** Rows, nested like config.json; the rows of a list's members are in brackets. */
export interface Rows {
  readonly [key: string]: Field | Rows | readonly [Rows];
}

const LATER = "this counts from the next session on";
const NOT_ENDED =
  "sessions that are running now aren't ended at their limit; leave claude there, and the conversation continues without a question";

/** The settings. */
// deno-fmt-ignore
export const FIELDS = {
  $schema: { type: "string", setBy: "setup", about: "the JSON Schema of this file, for editors" },
  accounts: [{
    name: { type: "name", required: true, setBy: "rename", about: "1 to 32 characters (a-z, 0-9, -)" },
    plan: { type: "string", choices: ["pro", "max", "ultra", "team", "enterprise", "max5", "max20"], about: "the subscription (default: what the login says)" },
    disabled: { type: "boolean", default: false, setBy: "disable", about: "never choose this account" },
    group: { type: "name", about: "conversations never move from one group to another" },
    last: { type: "boolean", default: false, about: "choose this account only if no other one is open" },
    reserve: {
      five_hour: { type: "number", range: [1, 100], about: "as reserve.five_hour, for this account" },
      seven_day: { type: "number", range: [1, 100], about: "as reserve.seven_day, for this account" },
    },
    landingCap: { type: "number", range: [1, 100], about: "as landingCap, for this account" },
    price: { type: "number", range: [0, 1e6], about: "what it costs a month, in any currency; advise says what another choice saves" },
    inPlace: { type: "boolean", default: false, setBy: "add", about: "the account is the login in ~/.claude itself" },
    folder: { type: "name", sameAs: "name", setBy: "add", about: "its folder in config/ (default: its name)" },
    identity: {
      accountUuid: { type: "string", required: true, setBy: "login", about: "who logged in first; checked at every launch" },
      organizationUuid: { type: "string", nullable: true, setBy: "login", about: "the organisation of that login" },
      email: { type: "string", nullable: true, setBy: "login", about: "the email address of that login" },
      organizationName: { type: "string", nullable: true, setBy: "login", about: "the name of that organisation" },
    },
  }],
  policy: { type: "string", choices: ["weighted", "paced", "drain", "round-robin"] satisfies PolicyName[], default: "weighted", about: "how an account is chosen" },
  handoff: { type: "string", choices: ["ask", "auto", "off"], default: "ask", running: { auto: NOT_ENDED }, about: "what happens to a conversation when its account hits a limit" },
  handoffPrompt: { type: "string", default: "The previous turn was cut off by a usage limit. Continue where it stopped.", about: "what a hand-off sends if the limit cut off work that had begun; empty: hand-offs send nothing, not even a refused prompt" },
  handoffMoves: { type: "number", range: [1, 100], whole: true, default: 4, about: "how often a conversation moves by itself before it finishes a turn" },
  handoffTitle: { type: "boolean", default: false, running: LATER, about: "at a limit, show in the terminal's title which account has quota left" },
  refresh: { type: "string", choices: ["manual", "launch"], default: "manual", about: "when claude is asked for an account's figures: only if you say so, or also before cl chooses" },
  refreshAfterMinutes: { type: "number", range: [1, 10080], default: 30, about: "with launch: the age from which figures are asked for again" },
  refreshDeadlineMs: { type: "number", range: [100, 10000], whole: true, default: 5000, about: "with launch: the longest time that cl waits for the answers" },
  notify: { type: "strings", choices: ["off", "bell", "osc"], default: "off", running: LATER, about: "how to tell that a limit was met, a conversation moved or an account has room again; a list is a command with its arguments" },
  limits: {
    burstHours: { type: "number", range: [0.1, 168], default: 4.5, about: "hours of sessions that fill a 5-hour window, for estimates" },
    rollingHours: { type: "number", range: [0.1, 168], default: 30, about: "hours of sessions that fill a 7-day window, for estimates" },
  },
  reserve: {
    five_hour: { type: "number", range: [1, 100], default: 100, about: "percent used at which the 5-hour window counts as full" },
    seven_day: { type: "number", range: [1, 100], default: 100, about: "percent used at which the 7-day window counts as full" },
  },
  landingCap: { type: "number", range: [1, 100], default: 90, about: "percent used of a window from which no conversation moves to the account, since claude then reads it all again" },
  claudePath: { type: "path", about: "absolute path of claude (default: the first on PATH)" },
  pins: [{
    path: { type: "path", required: true, setBy: "pin", about: "absolute path of a folder" },
    account: { type: "name", setBy: "pin", about: "the account used there" },
    group: { type: "name", setBy: "pin", about: "the group whose accounts are used there" },
  }],
  statusline: {
    install: { type: "boolean", default: true, running: LATER, about: "show our status line in sessions that cl starts; if you have your own, only record limits" },
    segments: { type: "strings", about: "the parts to show, in order (default: the usual ones)" },
    theme: { type: "string", choices: ["auto", "dark", "light"], default: "auto", about: "colours for a dark or a light background" },
    barWidth: { type: "number", range: [0, 60], whole: true, default: 8, about: "cells of the context bar; 0 for none" },
    padding: { type: "number", range: [0, 20], whole: true, default: 0, running: LATER, about: "cells that claude leaves free on each side" },
  },
} as const satisfies Rows;

/** Keys of earlier versions and why they were removed: the file still loads, with a warning. */
export const REMOVED: Readonly<Record<string, string>> = {
  "share.memory":
    "it had no effect, since all accounts share projects/, where claude keeps its memory",
};

type Value<Row> = Row extends { type: "strings"; choices: readonly (infer Word)[] }
  ? Word | readonly string[]
  : Row extends { choices: readonly (infer Choice)[] } ? Choice
  : Row extends { type: "number" } ? number
  : Row extends { type: "boolean" } ? boolean
  : Row extends { type: "strings" } ? readonly string[]
  : string;
/** A group; null without one of its required keys. */
type Whole<Group> =
  | Values<Group>
  | ([Extract<Group[keyof Group], { required: true }>] extends [never] ? never : null);
/** Settings by their rows, complete. */
export type Values<Group> = {
  readonly [Key in keyof Group]: Group[Key] extends readonly [infer Members]
    ? readonly Values<Members>[]
    : Group[Key] extends { default: unknown } | { sameAs: string } | { required: true }
      ? Value<Group[Key]>
    : Group[Key] extends Field ? Value<Group[Key]> | null
    : Whole<Group[Key]>;
};
