// `why`: the ranking behind a choice, as it was when the choice was made.
import { quoted } from "../text/escape.ts";
import { EXIT, UserError } from "../text/errors.ts";
import { formatClock, formatDuration, formatScore } from "../text/format.ts";
import { policySummary, turningPoint } from "../balance/policy.ts";
import { reasonText } from "../balance/reasons.ts";
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
  summary: "Explain the choice behind a session; default: the newest",
  positionals: [{
    name: "SESSION",
    summary: "its number in claude-multi sessions, or claude's own id",
    optional: true,
  }],
  flags: [{ name: "json", summary: "print JSON: version, session, account, policy, ranked" }],
  details: [
    "Shows the ranking as it was when the account was chosen, and what the runner-up lacked. If something other than the scores decided, it says so: the account was named, it owns the conversation, or the folder is pinned.",
  ],
  examples: [["claude-multi why", "the newest choice"], ["claude-multi why 12", "an older one"]],
  async run(context, input) {
    const { terminal } = context;
    const ledger = context.ledger();
    const word = input.positionals[0];
    const choice = ledger.choice(word === undefined ? null : sessionNumber(word, ledger));
    if (choice === null) {
      throw new UserError("no session yet, so no choice to explain", { hint: "cl" });
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
      row.reasons.filter((reason) => reason.kind !== "owner" && reason.kind !== "restricted")
        .map(reasonText).join(", "),
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
    const reasons = ranked.find((row) => row.name === choice.account)?.reasons ?? [];
    const owns = reasons.some((reason) => reason.kind === "owner");
    const restricted = reasons.find((reason) => reason.kind === "restricted");
    const cause = forced
      ? "because it was named"
      : owns
      ? "because it owns the conversation and had room"
      : restricted !== undefined && ranked.length === 1
      ? "as the only one to choose from"
      : `by ${policy}: ${policySummary(policy)}`;
    const line = `session ${session.id} took ${account} at ${at}, ${ago} ago, ${cause}`;
    terminal.print(
      wrapped(line, terminal.columns).join("\n")
        .replace(` ${account} `, ` ${paint(terminal, "bold", account)} `),
    );
    if (session.handedFrom !== null) {
      say(`it continues the conversation of session ${session.handedFrom}`);
    }
    if (restricted !== undefined) say(reasonText(restricted));
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
  throw new UserError(`no session ${quoted(word)} in the ledger`, {
    hint: "claude-multi sessions",
    exit: EXIT.usage,
  });
}
