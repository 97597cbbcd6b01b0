// The table of commands, in the order of help.
import { add } from "./add.ts";
import { advise } from "./advise.ts";
import { completeFor } from "./complete.ts";
import { config } from "./config.ts";
import type { Command } from "../cli/command.ts";
import { doctor } from "./doctor.ts";
import { disable, enable } from "./enable.ts";
import { env } from "./env.ts";
import { hook } from "./hook.ts";
import { ide } from "./ide.ts";
import { limit } from "./limit.ts";
import { list } from "./list.ts";
import { login } from "./login.ts";
import { pick } from "./pick.ts";
import { pin } from "./pin.ts";
import { refresh } from "./refresh.ts";
import { remove } from "./remove.ts";
import { rename } from "./rename.ts";
import { report } from "./report.ts";
import { resume } from "./resume.ts";
import { run } from "./run.ts";
import { save } from "./save.ts";
import { sessions } from "./sessions.ts";
import { setup } from "./setup.ts";
import { shell } from "./shell.ts";
import { simulate } from "./simulate.ts";
import { stats } from "./stats.ts";
import { status } from "./status.ts";
import { statusline } from "./statusline.ts";
import { uninstall } from "./uninstall.ts";
import { why } from "./why.ts";

/** Every command of `claude-multi`. */
export const COMMANDS: readonly Command[] = [
  run,
  resume,
  status,
  pick,
  refresh,
  why,
  stats,
  report,
  setup,
  add,
  login,
  save,
  list,
  enable,
  disable,
  rename,
  remove,
  limit,
  pin,
  env,
  sessions,
  advise,
  simulate,
  doctor,
  config,
  statusline,
  ide,
  shell,
  uninstall,
  hook,
  completeFor(() => COMMANDS),
];
