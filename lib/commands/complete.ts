// `complete`: the words that can follow on a command line; the shell snippets run it at every Tab.
import { EXIT } from "../text/errors.ts";
import { sourcesOf } from "../setup/suggestion_sources.ts";
import type { Suggestion } from "../setup/suggestions.ts";
import { suggest } from "../setup/suggestions.ts";
import { cleanText } from "../text/cells.ts";
import type { Command } from "../cli/command.ts";

/** The declaration of `complete`, which gets all commands, itself among them. */
export function completeFor(commands: () => readonly Command[]): Command {
  return {
    name: "complete",
    group: "more",
    internal: true,
    summary: "Print completions for a command line; used by shells, not by people",
    flags: [],
    rest: { name: "WORDS", summary: "the words after claude-multi, up to the cursor" },
    details: [
      "Prints one line for each word that can replace the last one: the word, a tab, its meaning. The line :files tells the shell to suggest files. It never fails and always exits with 0.",
    ],
    examples: [['claude-multi complete -- run --account ""', "the accounts"]],
    run(context, input) {
      const found = suggest(input.rest, { commands: commands(), sources: sourcesOf(context) });
      const lines = found === "files" ? [":files"] : found.map(lineOf);
      if (lines.length > 0) context.terminal.print(lines.join("\n"));
      return EXIT.ok;
    },
  };
}

function lineOf({ value, about }: Suggestion): string {
  // Titles are untrusted text: their control characters must not reach a terminal.
  return `${value}\t${cleanText(about)}`;
}
