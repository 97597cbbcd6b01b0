// `why`: the ranking behind a choice, as it was when the choice was made.
import { quoted } from "../config/account.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { formatClock, formatDuration, formatScore } from "../text/format.ts";
import { policySummary, turningPoint } from "../balance/policy.ts";
import { partReasons } from "../accounts/eligible.ts";
import type { Ledger } from "../ports/mod.ts";
import { rankedJson } from "../accounts/choice_json.ts";
import type { Command } from "../cli/command.ts";
import type { Cell } from "../cli/table.ts";
import { wrapped } from "../cli/columns.ts";
import { paint, renderTable } from "../cli/table.ts";

/** The declaration of `why`. */
export const why: Command = {
  name: "why",
  repeatable: true,
  group: "everyday",
  summary: "Explain the choice behind a session; the newest unless one is given",
  positionals: [{
    name: "SESSION",
    summary: "its number in claude-multi sessions, or claude's own id",
    optional: true,
  }],
  flags: [{ name: "json", summary: "print JSON: version, session, account, policy, ranked" }],
  details: [
    "Shows the ranked table as it was stored with the choice, the runner-up, and what would have had to differ. Where the scores alone did not decide, it says what did: the account was named, it owns the conversation, or the folder is pinned.",
  ],
  examples: [["claude-multi why", "the newest choice"], ["claude-multi why 12", "an older one"]],
  async run(context, input) {
    const { terminal } = context;
    const ledger = context.ledger();
    const word = input.positionals[0];
    const choice = ledger.choice(word === undefined ? null : sessionNumber(word, ledger));
    if (choice === null) {
      throw new UserError("Cannot explain a choice: the ledger holds none", { hint: "cl" });
    }
    const { session, ranked, policy, forced } = choice;
    if (input.switches.has("json")) {
      terminal.print(JSON.stringify({
        version: 1,
        session: session.id,
        account: choice.account,
        policy,
        forced,
        chosenAtMs: choice.chosenAtMs,
        handedFrom: session.handedFrom,
        ranked: ranked.map(rankedJson),
      }));
      return EXIT.ok;
    }
    const rows = ranked.map((row): Cell[] => [
      row.name === choice.account ? { text: "→", style: "green" } : " ",
      { text: row.name, style: "bold" },
      row.limited ? { text: formatScore(row.score), style: "dim" } : formatScore(row.score),
      partReasons(row).terms.join(", "),
    ]);
    const columns = [
      "",
      { head: "account", gap: 1, least: 16 },
      { head: "score", right: true },
      { head: "because", least: 20, wraps: true },
    ];
    const table = await renderTable(terminal, { columns, rows });
    const at = formatClock(choice.chosenAtMs, context.clock.nowMs());
    const say = (text: string) => terminal.print(wrapped(text, terminal.columns).join("\n"));
    const account = choice.account ?? "none";
    const ago = formatDuration(context.clock.nowMs() - choice.chosenAtMs);
    const taken = ranked.find((row) => row.name === choice.account);
    const { owns, narrowed } = taken === undefined
      ? { owns: false, narrowed: null }
      : partReasons(taken);
    const cause = forced
      ? "because it was named"
      : owns
      ? "because it owns the conversation and had room"
      : narrowed !== null && ranked.length === 1
      ? "as the only one to choose from"
      : `by ${policy}: ${policySummary(policy)}`;
    const line = `session ${session.id} took ${account} at ${at}, ${ago} ago, ${cause}`;
    terminal.print(
      wrapped(line, terminal.columns).join("\n")
        .replace(` ${account} `, ` ${paint(terminal, "bold", account)} `),
    );
    if (session.handedFrom !== null) {
      say(`it goes on with the conversation of session ${session.handedFrom}`);
    }
    if (narrowed !== null) say(narrowed);
    terminal.print(`\n${table}`);
    const isByScore = !forced && !owns;
    const turning = isByScore ? turningPoint(ranked, { policy, chosen: choice.account }) : null;
    if (turning !== null) say(`\n${turning}`);
    return EXIT.ok;
  },
};

function sessionNumber(word: string, ledger: Ledger): number {
  const found = /^\d+$/.test(word) ? ledger.session(Number(word)) : ledger.sessionOfClient(word);
  if (found !== null) return found.id;
  throw new UserError(`Cannot explain session ${quoted(word)}: the ledger does not hold it`, {
    hint: "claude-multi sessions",
    exit: EXIT.usage,
  });
}
