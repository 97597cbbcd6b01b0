// The page of `report`: one HTML file with everything in it, that loads nothing and runs nothing.
import { tildePath } from "../../config/paths.ts";
import type { Summary } from "../../history/summary.ts";
import { dayText } from "../wording.ts";
import { Markup, markup, nameText } from "./markup.ts";
import { count, hours, minutes, percent, tokens } from "./parts.ts";
import { generatorTag } from "./saved.ts";
import type { ReportFacts } from "./sections.ts";
import { sectionsOf } from "./sections.ts";
import { STYLE, STYLE_HASH } from "./style.ts";

/** Nothing is allowed but the one style. */
const POLICY = `default-src 'none'; style-src '${STYLE_HASH}'; base-uri 'none'; form-action 'none'`;

/** The page, as HTML. */
export async function reportPage(facts: ReportFacts): Promise<string> {
  const { summary, version } = facts;
  const time = `${dayText(summary.from)} to ${dayText(summary.to)}`;
  const sections = await sectionsOf(facts);
  const links = sections.map(({ id, title }) => markup`<li><a href="#${id}">${title}</a></li>`);
  const bodies = sections.map(({ id, title, body }) =>
    markup`<section id="${id}" aria-labelledby="${id}-head">
<h2 id="${id}-head">${title}</h2>
${body}
</section>
`
  );
  return markup`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${new Markup(POLICY)}">
${generatorTag(version)}
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<title>Claude subscriptions, ${time}</title>
<style>${new Markup(STYLE)}</style>
</head>
<body>
<header>
<h1>What the subscriptions gave</h1>
<p class="soft">${time}${scopeText(facts)}</p>
<nav aria-label="Sections"><ul>${links}</ul></nav>
</header>
<main>
${factsList(summary)}
${bodies}</main>
<footer><p>Made by claude-multi ${version} from its ledger. The page loads nothing and runs nothing. It names your
accounts and projects, so mind whom you give it to. The same figures as JSON:
<code>claude-multi stats --json</code>; each day of them: <code>claude-multi stats --csv</code>.</p></footer>
</body>
</html>`.text;
}

function scopeText({ summary: { account, project }, home }: ReportFacts): string {
  const where = project === null ? "" : ` in ${nameText(tildePath(project, home))}`;
  return `${account === null ? "" : ` on ${nameText(account)}`}${where}`;
}

/** The figures of the whole time. */
function factsList({ total, weeksEnded, percentUnused }: Summary): Markup {
  const { limits, moves } = total;
  const facts: Array<readonly [Markup, Markup]> = [
    [hours(total.busyHours ?? total.sessionHours), markup`used on ${count(total.days, "day")}`],
    [count(total.sessions), markup`sessions, ${count(total.conversations, "conversation")}`],
  ];
  if (percentUnused !== null) {
    const weeks = count(weeksEnded, "paid week");
    facts.push([percent(percentUnused), markup`of ${weeks} expired unused`]);
  }
  if (limits !== null) {
    facts.push([minutes(total.waitedMinutes), markup`waited at ${count(limits, "limit")}`]);
  }
  if (moves !== null) {
    const moved = count(moves, "move");
    facts.push([minutes(total.savedMinutes), markup`saved by ${moved} to another account`]);
  }
  if (total.tokensIn > 0) {
    facts.push([tokens(total.tokensIn), markup`tokens in, ${tokens(total.tokensOut)} out`]);
  }
  const items = facts.map(([value, text]) =>
    markup`<div><dt>${text}</dt><dd>${value}</dd></div>
`
  );
  return markup`<dl class="facts">
${items}</dl>`;
}
