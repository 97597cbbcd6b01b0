// `ide`: runs claude for an editor, the Agent SDK, or another program that asks for its path.
import type { Command } from "../cli/command.ts";
import { runForEditor } from "../launch/for_editor.ts";

/** The declaration of `ide`. */
export const ide: Command = {
  name: "ide",
  group: "more",
  summary: "Run claude for an editor or the Agent SDK; claude-multi-ide is short for this",
  flags: [],
  rest: {
    name: "ARGS",
    summary: "the path of a client, if the editor names one, then arguments for it",
  },
  details: [
    "The account is chosen as cl does. The client that the editor names is run, or else the one that cl runs. stdin, stdout and stderr belong to claude alone: notices go to ide.log in ~/.claude-multi, and nothing is asked. Only if claude could not be started, one line on stderr says why.",
    "Give editors the path of claude-multi-ide, which is installed next to cl. --version and --help need no account and start no session.",
  ],
  examples: [
    ["claude-multi ide -- -p hello", "as a program that asks for the path of claude"],
    ["claude-multi ide -- /path/to/claude -p hello", "as an editor that has its own client"],
  ],
  run: (context, { rest }) => runForEditor(context, rest),
};
