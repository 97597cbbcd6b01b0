// Generates the man pages, and the marked parts of README.md and docs/, from the code.
// usage: build/deno run -A build/docs.ts   `make docs`; a test fails if they are out of date
import manifest from "../deno.json" with { type: "json" };
import { shortUsage, usageOf } from "../lib/cli/help.ts";
import { COMMANDS } from "../lib/commands/mod.ts";
import { ROWS, valuesOf } from "../lib/config/keys.ts";
import {
  NESTED_VARIABLES,
  OVERRIDING_VARIABLES,
  OWN_VARIABLES,
} from "../lib/claude/environment.ts";
import { EXIT_MEANINGS } from "../lib/text/errors.ts";
import { ISOLATED_ENTRIES, LINKED_ENTRIES } from "../lib/claude/shared_entries.ts";
import { LEGEND } from "../lib/statusline/legend.ts";
import { SEGMENTS } from "../lib/statusline/segments/mod.ts";
import { EXECUTABLES } from "./executables.ts";
import { installLines, releaseAddress } from "./packages/address.ts";
import { renderProgramPage, renderStatuslinePage } from "./man.ts";
import { ROOT } from "./toolchain.ts";

/** The generated parts by the name in their marks. */
const PARTS: Readonly<Record<string, () => string>> = {
  install: () => installLines(releaseAddress()),
  commands: () =>
    table(
      ["command", "what it does"],
      COMMANDS.map((command) => [`\`claude-multi ${shortUsage(command)}\``, command.summary]),
    ),
  usage: () =>
    COMMANDS.map((command) => {
      const rows = [
        ...(command.positionals ?? []).map((p) => [`\`${p.name}\``, p.summary]),
        ...command.flags.map((f) => [`\`--${f.name}${f.value ? ` ${f.value}` : ""}\``, f.summary]),
        ...command.rest ? [[`\`-- ${command.rest.name}\``, command.rest.summary]] : [],
      ];
      return [
        `### ${command.name}`,
        `${command.summary}.`,
        "```text\nclaude-multi " + usageOf(command) + "\n```",
        ...command.examples.length > 0
          ? [table(["example", ""], command.examples.map(([line, why]) => [`\`${line}\``, why]))]
          : [],
        ...(command.details ?? []).map(escaped),
        ...rows.length > 0 ? [table(["", "meaning"], rows)] : [],
      ].join("\n\n");
    }).join("\n\n"),
  "exit codes": () =>
    table(["code", "meaning"], EXIT_MEANINGS.map(([code, meaning]) => [String(code), meaning])),
  "configuration keys": () =>
    table(
      ["key", "meaning", "values", "default"],
      [...ROWS].map(([key, field]) => [
        `\`${key}\``,
        field.about,
        [
          ...valuesOf(field).map((value) => `\`${value}\``),
          ...field.type === "strings" && field.choices ? ["list of strings"] : [],
        ].join(" ") || field.range?.join(" to ") ||
        field.type.replace("strings", "list of strings"),
        field.default === undefined ? "" : `\`${field.default}\``,
      ]),
    ),
  segments: () =>
    table(["segment", "shows"], SEGMENTS.map(({ name, summary }) => [`\`${name}\``, summary])),
  legend: () =>
    table(["part", "meaning"], LEGEND.map(([part, meaning]) => [`\`${part}\``, meaning])),
  "own variables": () =>
    table(
      ["variable", "meaning"],
      OWN_VARIABLES.map(([name, meaning]) => [`\`${name}\``, meaning]),
    ),
  "removed variables": () =>
    [...OVERRIDING_VARIABLES, ...NESTED_VARIABLES].map((name) => `\`${name}\``).join(", "),
  "shared entries": () =>
    table(
      ["entry of `~/.claude`", "what it is"],
      LINKED_ENTRIES.map(({ name, kind, why }) => [
        `\`${name}${kind === "directory" ? "/" : ""}\``,
        why,
      ]),
    ),
  "isolated entries": () =>
    table(["entry", "what it is"], ISOLATED_ENTRIES.map(([name, why]) => [`\`${name}\``, why])),
  rights: () =>
    table(
      ["right", ...Object.keys(EXECUTABLES).map((name) => `\`${name}\``)],
      ["read", "write", "run", "env", "net", "ffi", "sys", "import"].map((right) => [
        right,
        ...Object.values(EXECUTABLES).map(({ allow, env }) =>
          right === "env"
            ? `only ${env.map((name) => `\`${name}\``).join(" ")}`
            : allow.includes(right as "read")
            ? "yes"
            : "no"
        ),
      ]),
    ),
};

function escaped(text: string): string {
  return text.replace(/[|<>*_]/g, "\\$&");
}

function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

const MARKED = /(<!-- made by make docs: ([a-z ]+) -->)[\s\S]*?(<!-- end -->)/g;

/** A page with its marked parts generated again. @throws Error for an unknown mark. */
export function withParts(page: string): string {
  return page.replace(MARKED, (_, begin: string, name: string, end: string) => {
    const part = PARTS[name];
    if (part === undefined) throw new Error(`unknown part "${name}"`);
    return `${begin}\n\n${part()}\n\n${end}`;
  });
}

/** The text of every generated or partly generated file, by its path in the repository. */
export function madeFiles(): Map<string, string> {
  const files = new Map([
    ["docs/man/claude-multi.1", renderProgramPage(COMMANDS, manifest.version)],
    ["docs/man/claude-multi-statusline.1", renderStatuslinePage(manifest.version)],
  ]);
  const pages = [
    "README.md",
    ...Array.from(Deno.readDirSync(`${ROOT}/docs`), ({ name }) => `docs/${name}`),
  ];
  for (const path of pages.filter((path) => path.endsWith(".md")).toSorted()) {
    files.set(path, withParts(Deno.readTextFileSync(`${ROOT}/${path}`)));
  }
  return files;
}

if (import.meta.main) {
  for (const [path, text] of madeFiles()) {
    Deno.mkdirSync(`${ROOT}/${path.replace(/\/?[^/]*$/, "")}`, { recursive: true });
    const before = await Deno.readTextFile(`${ROOT}/${path}`).catch(() => "");
    if (before === text) continue;
    Deno.writeTextFileSync(`${ROOT}/${path}`, text);
    console.log(`wrote ${path}`);
  }
}
