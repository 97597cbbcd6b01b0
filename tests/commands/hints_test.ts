// Tests of hints: every command that we print to be typed is one that works as it stands.
import assert from "node:assert/strict";
import { inOurWords } from "../../lib/cli/other_words.ts";
import { parseRequest } from "../../lib/cli/parse.ts";
import { COMMANDS } from "../../lib/commands/mod.ts";
import { EXIT, UserError } from "../../lib/text/errors.ts";
import { nearest } from "../../lib/text/nearest.ts";
import type { FakeContext, FakeContextOptions } from "../helpers/context.ts";
import { fakeContext, START_MS } from "../helpers/context.ts";
import { repositoryPath } from "../helpers/paths.ts";

/** The words of a line as a shell reads them; it has only simple quotes. */
function wordsOf(line: string): string[] {
  return (line.match(/(?:'[^']*'|\S)+/g) ?? []).map((word) => word.replaceAll("'", ""));
}

function* sources(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* sources(`${folder}/${name}`);
    else if (name.endsWith(".ts")) yield `${folder}/${name}`;
  }
}

/** What stands in a template for an expression, by the last name in it; else "work". */
const SAMPLES: Readonly<Record<string, string>> = {
  word: "status",
  command: "status",
  what: "uninstall",
  key: "policy",
  action: "set",
  example: "policy paced",
  meant: "paced",
  list: "",
  path: "/p",
  folder: "/p",
  id: "6f3a",
  installed: "",
  line: "",
  hint: "setup",
  shell: "bash",
  SHELLS: "bash",
  login: "auto",
  option: "--yes",
};

/** Source text with samples in place of the expressions in its templates. */
function sample(text: string): string {
  return text.replace(/\$\{([^{}]*)\}/g, (_, expression: string) => {
    const names = expression.match(/[A-Za-z]+/g) ?? [];
    const known = names.find((name) => Object.hasOwn(SAMPLES, name));
    if (expression.includes("offPath")) return "/p";
    if (expression.includes("WIDTHS")) return "200";
    if (expression.includes("pid")) return "12";
    return known === undefined ? "work" : SAMPLES[known] ?? "";
  });
}

/** Every line in lib/ that begins with `claude-multi` and is offered as something to type. */
function printedLines(): Array<{ path: string; line: string }> {
  const found: Array<{ path: string; line: string }> = [];
  const offered =
    /(?:hint: |fix: |hint = |next = |usageError\([^;]*?, |try: |[?:] )(?<!line: )(?:"|`)?(claude-multi [^"`\n]*?)(?=["`]| \(|; )/g;
  for (const path of sources(repositoryPath("lib"))) {
    // The usage line of the help, and the title of a schema.
    if (/(cli\/help|accounts\/status_json)\.ts$/.test(path)) continue;
    const text = sample(Deno.readTextFileSync(path));
    for (const [, line = ""] of text.matchAll(offered)) found.push({ path, line });
  }
  return found;
}

Deno.test("every command that is printed to be typed exists, with these options", () => {
  const lines = printedLines();
  assert.ok(lines.length > 40, `${lines.length} found`);
  for (const { path, line } of lines) {
    const words = wordsOf(line.split(" && ")[0] ?? "").slice(1);
    try {
      parseRequest(words, COMMANDS);
    } catch (error) {
      assert.fail(`${path}: ${line}: ${error instanceof Error ? error.message : ""}`);
    }
  }
});

Deno.test("no printed command has a placeholder, and none is prose", () => {
  for (const path of sources(repositoryPath("lib"))) {
    for (const [, hint = ""] of Deno.readTextFileSync(path).matchAll(/\bhint: ["`]([^"`]+)["`]/g)) {
      assert.doesNotMatch(hint, /\b(NAME|FILE|TIME|GROUP|KEY)\b|, then:|, or: /, path);
    }
  }
});

const TWO: FakeContextOptions = {
  config: {
    accounts: [{ name: "work", group: "office" }, { name: "home" }, { name: "spare" }],
    pins: [{ path: "/srv/x", account: "home" }],
  },
  logins: { work: {}, home: {}, spare: {} },
};

/** A folder that is pinned to an account with a limit for some hours. */
function limitedPin(hours: number): FakeContextOptions & { before(context: FakeContext): void } {
  return {
    config: {
      accounts: [{ name: "work" }, { name: "spare" }],
      pins: [{ path: "/home/ann/project", account: "work" }],
    },
    before: (context) =>
      context.ledger().addLimit({
        account: "work",
        window: null,
        model: null,
        untilMs: START_MS + hours * 3_600_000,
        kind: "manual",
        recordedAtMs: START_MS,
        session: null,
      }),
  };
}

/** A mistake, and the hint that it gets; each hint is then typed in the same place. */
const MISTAKES: ReadonlyArray<
  readonly [
    typed: string,
    hint: string,
    more?: FakeContextOptions & { before?: (context: FakeContext) => void },
  ]
> = [
  ["stauts", "claude-multi status"],
  ["lmit", "claude-multi limit --help"],
  ["lmit work", "claude-multi limit work"],
  ["frobnicate", "claude-multi --help"],
  ["upgrade", "claude-multi --version"],
  ["update", "claude-multi --version"],
  ["help update", "claude-multi --version"],
  ["info", "claude-multi status"],
  ["reset", "claude-multi limit --help"],
  ["use", "claude-multi run --help"],
  ["unpin", "claude-multi pin --clear"],
  ["use work", "claude-multi run --account work"],
  ["switch", "claude-multi run --help"],
  ["switch --help", "claude-multi run --help"],
  ["start", "claude-multi run"],
  ["start work", "claude-multi run --account work"],
  ["group work office", "claude-multi config set accounts.work.group office"],
  ["group work", "claude-multi config set accounts.work.group office"],
  ["group", "claude-multi list"],
  ["ungroup work", "claude-multi config unset accounts.work.group"],
  ["add home --group office", "claude-multi config set accounts.home.group office"],
  ["config set group office", "claude-multi config set accounts.work.group office"],
  ["config get plan", "claude-multi config get accounts.work.plan"],
  ["set-default work", "claude-multi pin work"],
  ["reset work", "claude-multi limit work --clear"],
  ["histroy", "claude-multi sessions"],
  ["next", "claude-multi pick"],
  ["current", "claude-multi status"],
  ["limits", "claude-multi status"],
  ["ls", "claude-multi list"],
  ["ls --json", "claude-multi list"],
  ["whoami", "claude-multi list"],
  ["rm", "claude-multi remove --help"],
  ["delete work --purge --yes", "claude-multi remove work --purge --yes"],
  ["logout work", "claude-multi run --account work -- auth logout"],
  ["logout", "claude-multi run --help"],
  ["help rm", "claude-multi remove --help"],
  ["unlimit work", "claude-multi limit work --clear"],
  ["set policy paced", "claude-multi config set policy paced"],
  ["get policy", "claude-multi config get policy"],
  ["settings", "claude-multi config"],
  ["history", "claude-multi sessions"],
  ["pick --jsno", "claude-multi pick --json"],
  ["config policy paced", "claude-multi config set policy paced"],
  ["config polcy", "claude-multi config get policy"],
  ["config gett policy", "claude-multi config get"],
  ["config set polcy paced", "claude-multi config set policy paced"],
  ["config set polcy pacd", "claude-multi config set policy paced"],
  ["config unset polcy", "claude-multi config unset policy"],
  ["config set zzz 1", "claude-multi config get"],
  ["config set work.group office", "claude-multi config set accounts.work.group office"],
  ["config set wrok.grp office", "claude-multi config set accounts.work.group office"],
  ["config get home.plan", "claude-multi config get accounts.home.plan"],
  ["config set work.name other", "claude-multi config get"],
  ["config set barwidth 10", "claude-multi config set statusline.barWidth 10"],
  ["config set burst 3", "claude-multi config set limits.burstHours 3"],
  ["config set refreshDeadlineMs 15000", "claude-multi config set refreshDeadlineMs 10000"],
  ["config set refreshDeadlineMs 5", "claude-multi config set refreshDeadlineMs 100"],
  ["config set landingCap 80%", "claude-multi config set landingCap 80"],
  ["config set refreshdeadlinems 15000", "claude-multi config set refreshDeadlineMs 10000"],
  ["config set accounts[].group office", "claude-multi config set accounts.work.group office"],
  ["config set accounts[home].last true", "claude-multi config set accounts.home.last true"],
  ["config set accounts.work.grp office", "claude-multi config set accounts.work.group office"],
  ["config get accounts.wrok.plan", "claude-multi config get accounts.work.plan"],
  ["config set accounts.work.plan mxa", "claude-multi config set accounts.work.plan max"],
  ["add new --plan mxa", "claude-multi add new --plan max"],
  ["pick --policy pacd", "claude-multi pick --policy paced"],
  ["limit work --until someday", "claude-multi limit work --until 2h"],
  ["limit work --until 25:30", "claude-multi limit work --until 2h"],
  ["limit work 13pm", "claude-multi limit work 2h"],
  ["limit work 3h --until 2h", "claude-multi limit work --until 3h"],
  ["limit work open", "claude-multi limit work --clear"],
  ["limit work --until clear", "claude-multi limit work --clear"],
  ["limit work --for 2 --until 2h", "claude-multi limit work --until 2h"],
  ["limit work --for a while", "claude-multi limit work --for 2h"],
  ["limit wrok", "claude-multi limit work"],
  ["enable hoem", "claude-multi enable home"],
  ["run --account spar -- -p x", "claude-multi run --account spare -- -p x"],
  ["pin office", "claude-multi pin --group office"],
  ["run work", "claude-multi run --account work"],
  ["work -p x", "claude-multi run --account work -- -p x"],
  ["pin --group ofice", "claude-multi pin --group office"],
  ["pin --group zzz", "claude-multi pin --group office"],
  ["pin --group a", "claude-multi config set accounts.work.group a", {
    config: { accounts: [{ name: "work" }] },
  }],
  ["pin --group Big", "claude-multi config set accounts.work.group big", {
    config: { accounts: [{ name: "work" }] },
  }],
  ["pin work --clear", "claude-multi pin --help"],
  ["add work", "claude-multi list"],
  ["add Brand_New", "claude-multi add brand-new"],
  ["add status", "claude-multi add personal"],
  ["rename work pick", "claude-multi rename work personal"],
  ["setup --add new,run", "claude-multi setup --add personal"],
  ["add new --plan ultr", "claude-multi add new --plan ultra"],
  ["add new --group Big", "claude-multi add new --group big"],
  ["config set", "claude-multi config set policy weighted"],
  ["config gte", "claude-multi config get"],
  ["config set polcy=paced", "claude-multi config set policy paced"],
  ["statusline preview --width 0", "claude-multi statusline preview --width 80"],
  ["statusline preview --theme x", "claude-multi statusline preview --theme light"],
  ["sessions --limit 0", "claude-multi sessions --limit 5"],
  ["why 99", "claude-multi sessions"],
  ["run --json", "claude-multi run --dry-run --json"],
  ["setup --statusline maybe", "claude-multi setup --statusline yes"],
  ["run --policy x", "claude-multi pick --policy weighted"],
  ["remove home --purge", "claude-multi remove home --purge --yes"],
  ["resume 6f3a", "claude-multi resume"],
  ["simulate --load 9", "claude-multi simulate --load 2"],
  ["simulate --accounts pro,mx,ultra", "claude-multi simulate --accounts pro,max,ultra"],
  ["stats --days 999999", "claude-multi stats --days 36500"],
  ["shell csh", "claude-multi shell zsh"],
  ["run -- -p x", "claude-multi run --account spare -- -p x", limitedPin(2)],
  ["run -- -p x", "claude-multi run --wait -- -p x", limitedPin(0.5)],
];

/** Runs a line; what `cli.ts` does with a word that names nothing is done here too. */
async function typed(context: FakeContext, line: string): Promise<string | null> {
  const words = wordsOf(line);
  try {
    const request = parseRequest(words, COMMANDS, {
      ...{ nearest, inOurWords },
      accounts: context.configFile.read().accounts.map(({ name }) => name),
    });
    if (request.kind === "run") await request.command.run(context, request.input);
    return null;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { unknown } = error;
    const by = unknown === null ? null : nearest(unknown.word, unknown.among);
    if (unknown !== null && by !== null) {
      return ["claude-multi", ...words.map((word) => word === unknown.word ? by : word)].join(" ");
    }
    assert.ok(error.hint !== null, `${line}: ${error.message}`);
    return error.hint;
  }
}

for (const [line, hint, { before, ...options } = {}] of MISTAKES) {
  Deno.test(`"${line}" leads to "${hint}", which works`, async () => {
    const context = fakeContext({ ...TWO, ...options });
    before?.(context);
    assert.equal(await typed(context, line), hint);
    const request = parseRequest(wordsOf(hint).slice(1), COMMANDS);
    if (request.kind !== "run") return;
    try {
      assert.notEqual(await request.command.run(context, request.input), EXIT.usage);
    } catch (error) {
      assert.ok(error instanceof UserError, String(error));
      assert.notEqual(error.exit, EXIT.usage, error.message);
    }
  });
}

/** What is said about a wrong command. */
function saidOf(line: string): string {
  const guesses = { nearest, inOurWords, accounts: [] };
  try {
    parseRequest(wordsOf(line), COMMANDS, guesses);
  } catch (error) {
    return error instanceof UserError ? error.message : "";
  }
  return "";
}

for (
  const [line, said] of [
    ["use", 'unknown command "use"; did you mean "run --account NAME"?'],
    ["reset", 'unknown command "reset"; did you mean "limit NAME --clear"?'],
    ["new", 'unknown command "new"; did you mean "add NAME"?'],
    ["lmit", 'unknown command "lmit"; did you mean "limit NAME"?'],
    ["rm --purge", 'unknown command "rm"; did you mean "remove NAME"?'],
    ["rm work", 'unknown command "rm"; did you mean "remove work"?'],
    ["help rm", 'unknown command "rm"; did you mean "remove"?'],
    ["start", 'unknown command "start"; did you mean "run"?'],
    ["info", 'unknown command "info"; did you mean "status"?'],
    [
      "upgrade",
      'unknown command "upgrade": to upgrade, install the newer version as you installed this one; accounts and settings stay',
    ],
  ] as const
) {
  Deno.test(`"${line}" is answered with what was meant, or why there is no such command`, () => {
    assert.equal(saidOf(line), said);
  });
}
