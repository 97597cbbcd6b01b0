// `doctor`: shows what is wrong, how to fix it, and which permissions this program has.
import { EXIT } from "../text/errors.ts";
import type { Context } from "../ports/context.ts";
import type { Command } from "../cli/command.ts";
import { printCheckup } from "../setup/checkup_report.ts";
import { askSettings } from "../setup/ask_settings.ts";
import { clientInUse, examine } from "../setup/checks.ts";
import { heldBack } from "../accounts/held_back.ts";
import { editorLog } from "../launch/editor_log.ts";
import { modelsOfFolder } from "../launch/model.ts";
import { fixFindings } from "../setup/repair.ts";

/** The declaration of `doctor`. */
export const doctor: Command = {
  name: "doctor",
  group: "more",
  summary: "Check the whole setup and say how to fix what is wrong",
  flags: [
    { name: "fix", summary: "fix file modes, folders, links and shell files" },
    { name: "ask", summary: "also start claude, and ask it which settings are in force" },
    {
      name: "json",
      summary:
        "print JSON: version, ok, permissions, client, refresh, editorLog, findings, limited, asked",
    },
  ],
  details: [
    "Checks the client and its version, the configuration, logins, links, file modes, and settings that override the choice of account. It names what holds limited accounts back, and where that is known from. It also shows when claude is asked for figures, and which permissions this program has; the network is never one of them. Exits with 1 if it finds an error. --fix never touches a login; in ~/.claude it only adds what is missing and tightens the mode of the login file.",
    "--ask takes some seconds: it starts the official claude of one account, as refresh does, in an empty folder, and asks for its settings. So it also finds what an administrator decrees through the service. Settings of the project in this folder are read from its files.",
  ],
  examples: [
    ["claude-multi doctor", "a check-up"],
    ["claude-multi doctor --fix", "also fix whatever doesn't need your input"],
  ],
  async run(context, input) {
    const fixed = input.switches.has("fix") ? fixFindings(context, examine(context)) : null;
    const asked = input.switches.has("ask") ? await askSettings(context) : null;
    const findings = examine(context, asked?.answered ?? null);
    const limited = heldBack(context, () => modelsOfFolder(context, context.processes.cwd()));
    const client = clientInUse(context);
    const log = editorLog(context);
    const ok = findings.every((finding) => finding.severity !== "error");
    if (input.switches.has("json")) {
      context.terminal.print(JSON.stringify({
        version: 1,
        ok,
        permissions: context.permissions(),
        refresh: refreshMode(context),
        client,
        editorLog: context.files.kind(log) === "file" ? log : null,
        findings: findings.map(({ id, severity, message, fix }) => ({
          id,
          severity,
          message,
          fix,
        })),
        limited,
        ...fixed === null ? {} : { fixed },
        ...asked === null ? {} : { asked: { ok: asked.why === null, why: asked.why } },
      }));
    } else await printCheckup(context, { findings, fixed, limited, client, asked });
    return ok ? EXIT.ok : EXIT.failed;
  },
};

/** The setting `refresh`; null if config.json can't be read, which is a finding. */
function refreshMode({ configFile }: Context): string | null {
  try {
    return configFile.read().refresh;
  } catch {
    return null;
  }
}
