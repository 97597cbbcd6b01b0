// The page of `advise`: a table of sets of accounts, and the answer in one sentence.
import { wrapped } from "../cli/columns.ts";
import type { Cell } from "../cli/table.ts";
import { paint, renderTable } from "../cli/table.ts";
import type { Advice, Scenario, Spread } from "../history/advice.ts";
import type { Surface } from "../ports/mod.ts";
import { counted, formatDuration, rounded } from "../text/format.ts";

/** The page. */
export async function advicePage(surface: Surface, advice: Advice): Promise<string> {
  const lines = (text: string) => wrapped(text, Math.min(surface.columns, 100)).join("\n");
  if (advice.kind === "short") return lines(adviceText(advice));
  const { scenarios, best, recorded } = advice;
  const table = await renderTable(surface, {
    columns: [
      { head: "accounts", least: 12 },
      { head: "waited", right: true },
      { head: "", gap: 1, rank: 2 },
      { head: "moves", right: true, rank: 3 },
      { head: "unused", right: true },
      { head: "", gap: 1, rank: 2 },
      { head: "a month", right: true, rank: 1 },
    ],
    rows: [
      [
        "in fact",
        duration(recorded.waitedMinutes),
        "",
        String(recorded.moves),
        `${Math.round(recorded.percentUnused)} %`,
      ],
      ...scenarios.map((one): Cell[] => [
        one === best ? { text: one.name, style: "bold" } : one.name,
        duration(one.waitedMinutes.mean),
        { text: `±${duration(one.waitedMinutes.deviation)}`, style: "dim" },
        String(Math.round(one.moves.mean)),
        `${Math.round(one.percentUnused.mean)} %`,
        { text: `±${Math.round(one.percentUnused.deviation)}`, style: "dim" },
        one.price === null || one.price === 0 ? "" : signed(one.price),
      ]),
    ],
  });
  return `${table}\n\n${paint(surface, "bold", lines(adviceText(advice)))}`;
}

/** The answer in one sentence. */
export function adviceText(advice: Advice): string {
  if (advice.kind === "short") {
    const known = `${counted(Math.floor(advice.weeks * 7), "day")} of sessions`;
    return advice.why === "sessions"
      ? `Too little is known to say: ${known}, and two weeks are the least.`
      : "Too little is known to say: no 7d window was measured to its end.";
  }
  const { best, recorded } = advice;
  const weeks = counted(Math.round(advice.weeks), "week");
  const more = best.moreMinutes.mean;
  const waiting = more >= 0
    ? `${duration(more)} more waiting in ${weeks}`
    : `${duration(-more)} less waiting in ${weeks}`;
  const price = best.price === null || best.price === 0 ? "" : `, ${signed(best.price)} a month`;
  switch (best.kind) {
    case "now":
      return `Your accounts fit: conversations waited ${
        duration(recorded.waitedMinutes)
      } in ${weeks}, and fewer or smaller ones would have meant much more.`;
    case "fewer":
      return `${
        counted(best.plans.length, "account")
      } would have been enough (${best.name}): ${waiting}${price}.`;
    case "more":
      return `One more account would have helped: ${waiting}${price}.`;
    case "plan":
      return more >= 0
        ? `A smaller plan would have been enough (${best.name}): ${waiting}.`
        : `A larger plan would have helped (${best.name}): ${waiting}.`;
  }
}

/** What `advise --json` prints. */
export function adviceJson(advice: Advice): Record<string, unknown> {
  const sentence = adviceText(advice);
  if (advice.kind === "short") {
    return {
      version: 1,
      weeks: rounded(advice.weeks),
      sentence,
      best: null,
      recorded: null,
      scenarios: [],
    };
  }
  const spread = ({ mean, deviation }: Spread) => ({
    mean: rounded(mean),
    deviation: rounded(deviation),
  });
  const scenario = (one: Scenario) => ({
    name: one.name,
    plans: one.plans,
    price: one.price,
    waitedMinutes: spread(one.waitedMinutes),
    moreMinutes: spread(one.moreMinutes),
    moves: spread(one.moves),
    percentUnused: spread(one.percentUnused),
  });
  return {
    version: 1,
    weeks: rounded(advice.weeks),
    sentence,
    best: advice.best.name,
    recorded: advice.recorded,
    scenarios: advice.scenarios.map(scenario),
  };
}

function duration(minutes: number): string {
  return formatDuration(Math.round(minutes) * 60_000).replace(/^0s$/, "0m");
}

function signed(price: number): string {
  return `${price < 0 ? "−" : "+"}${Math.abs(rounded(price))}`;
}
