// Tests of completion, and that every placeholder in the declarations has suggestions.
import assert from "node:assert/strict";
import { PLACEHOLDERS, suggest } from "../../lib/setup/suggestions.ts";
import { COMMANDS } from "../../lib/commands/mod.ts";

const SOURCES = {
  accounts: () => [{ value: "personal", about: "max20" }, { value: "work", about: "" }],
  groups: () => [{ value: "home", about: "" }],
  sessions: () => [{ value: "12", about: "work, 3m ago, ~/project" }],
  conversations: (prefix: string) => [{ value: `${prefix}f3a`, about: "work, 3m ago, a title" }],
};

/** Values suggested for a line; the word after the last space is the current one. */
function valuesOf(line: string): string[] | "files" {
  const found = suggest(line.split(" "), { commands: COMMANDS, sources: SOURCES });
  return found === "files" ? found : found.map(({ value }) => value);
}

Deno.test("every placeholder of every command has a row of suggestions", () => {
  for (const command of COMMANDS) {
    const names = [
      ...(command.positionals ?? []).map((p) => p.name),
      ...command.flags.flatMap((flag) => flag.value ?? []),
      ...command.rest ? [command.rest.name] : [],
    ];
    for (const name of names) {
      assert.ok(Object.hasOwn(PLACEHOLDERS, name), `${command.name} ${name}`);
    }
  }
});

for (
  const [line, wanted] of [
    ["run --account ", ["personal", "work"]],
    ["run --account=", ["--account=personal", "--account=work"]],
    // bash splits the word at the equals sign.
    ["run --account =", ["personal", "work"]],
    ["run --account = wo", ["personal", "work"]],
    ["run --wait --policy ", ["weighted", "paced", "drain", "round-robin"]],
    ["pick --json -", ["--policy", "--refresh", "--model", "--help"]],
    ["refresh a ", ["personal", "work"]],
    ["login work -", ["--help", "--"]],
    ["run -- ", "files"],
    ["run -- --account ", "files"],
    ["run -- --effort ", ["low", "medium", "high", "xhigh", "max"]],
    ["run -- --effort=", ["low", "medium", "high", "xhigh", "max"].map((e) => `--effort=${e}`)],
    ["run -- --effort = h", ["low", "medium", "high", "xhigh", "max"]],
    ["run -- -p --resume 6", ["6f3a"]],
    ["run -- mc", ["mcp"]],
    ["run -- fix mc", "files"],
    ["run -- --settings=", "files"],
    ["run -- --resume=6", ["--resume=6f3a"]],
    ["run -- --=", "files"],
    ["run --account work -- --model ", ["opus", "sonnet", "fable"]],
    ["login work -- --mod", "files"],
    ["why ", ["12"]],
    ["resume 6", ["6f3a"]],
    ["pin --group ", ["home"]],
    ["add ", []],
    ["add x --plan m", ["pro", "max", "ultra", "team", "enterprise", "max5", "max20"]],
    ["pin --group home ", ["personal", "work"]],
    ["pin --group home work ", ["--clear", "--json", "--help"]],
    ["why --json ", ["12"]],
    ["enable work ", ["--help"]],
    ["enable work x", []],
    ["rename wo", ["personal", "work"]],
    ["rename work ne", []],
    ["setup --login work,", ["work,personal"]],
    ["setup --in-place ", []],
    ["setup --shell ", ["bash", "zsh", "fish", "auto", "all", "none"]],
    ["shell ", ["bash", "zsh", "fish"]],
    ["config set policy ", ["weighted", "paced", "drain", "round-robin"]],
    ["config set handoffTitle ", ["true", "false"]],
    ["config set limits.burstHours ", []],
    ["config unset policy ", []],
    ["config edit ", []],
    ["config get policy -", ["--json", "--help"]],
    ["config set accounts.work.plan ", [
      "pro",
      "max",
      "ultra",
      "team",
      "enterprise",
      "max5",
      "max20",
    ]],
    ["config set accounts.work.group ", ["home"]],
    ["statusline ", ["preview"]],
    ["statusline preview --theme ", ["auto", "dark", "light"]],
    ["nonsense ", []],
    ["-", ["--help", "--version"]],
  ] as const
) {
  Deno.test(`after "${line}" may follow: ${wanted === "files" ? wanted : wanted.join(" ") || "-"}`, () => {
    assert.deepEqual(valuesOf(line), wanted);
  });
}

Deno.test("config offers only keys that can be set, including those of each account", () => {
  const keys = valuesOf("config set ");
  assert.ok(keys.includes("accounts.work.plan") && keys.includes("accounts.personal.group"));
  assert.ok(keys !== "files" && !keys.some((key) => /\[\]|\$schema|folder/.test(key)), `${keys}`);
});

Deno.test("either all suggestions have a meaning, or none has", () => {
  const lines = ["config set statusline.segments ", "setup --shell ", "config set policy "];
  for (const line of lines) {
    const found = suggest(line.split(" "), { commands: COMMANDS, sources: SOURCES });
    assert.ok(found !== "files");
    assert.equal(new Set(found.map(({ about }) => about === "")).size, 1, line);
  }
});

Deno.test("the first word is a command, with its summary", () => {
  const found = suggest(["st"], { commands: COMMANDS, sources: SOURCES });
  assert.ok(found !== "files");
  const status = COMMANDS.find((command) => command.name === "status");
  assert.deepEqual(found.find(({ value }) => value === "status"), {
    value: "status",
    about: status?.summary,
  });
  assert.deepEqual(valuesOf("help st"), valuesOf("st"));
});

Deno.test("segments are completed one after another, but all only alone", () => {
  const first = valuesOf("statusline preview --segments ");
  assert.deepEqual([first[0], first.includes("tokens")], ["all", true]);
  const second = valuesOf("statusline preview --segments 5h,v");
  assert.ok(second.includes("5h,vim") && !second.includes("5h,5h") && !second.includes("all"));
});

Deno.test("after run --, only the client's own flags are offered", () => {
  const found = valuesOf("run -- --pri");
  assert.ok(found.includes("--print") && found.includes("--permission-mode"));
  assert.ok(!found.includes("--account"));
});
