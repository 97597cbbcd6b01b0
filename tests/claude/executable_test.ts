// Tests of finding the client: on PATH, or where installers put it.
import assert from "node:assert/strict";
import { clientOffPath, findClient } from "../../lib/claude/executable.ts";
import { fakeContext } from "../helpers/context.ts";

/** A context whose programs are at these paths, none of them on PATH. */
function contextWith(...programs: string[]) {
  const context = fakeContext();
  for (const path of programs) {
    context.files.makePrivateDirectory(path.slice(0, path.lastIndexOf("/")));
    context.files.writeText(path, "#!/bin/sh\n", 0o755);
  }
  const processes = {
    ...context.processes,
    executable: () => "/opt/claude-multi",
    find: () => null,
    isExecutable: (path: string) => programs.includes(path),
  };
  return { ...context, processes: processes as unknown as typeof context.processes };
}

Deno.test("a client that isn't on PATH is found where installers put it", () => {
  const { home } = fakeContext().layout;
  const nvm = `${home}/.nvm/versions/node`;
  for (
    const path of [
      `${home}/.local/bin/claude`,
      `${home}/.claude/local/claude`,
      `${nvm}/v24.1.0/bin/claude`,
    ]
  ) {
    const context = contextWith(path);
    const config = context.configFile.read();
    assert.equal(findClient(context, config), path);
    assert.equal(clientOffPath(context, config), path);
  }
});

Deno.test("without a client, the error names the usual places", () => {
  const context = contextWith();
  const config = context.configFile.read();
  assert.throws(
    () => findClient(context, config),
    /not in ~\/\.local\/bin, .*, and no "claude" on PATH/,
  );
  assert.equal(clientOffPath(context, config), null);
});
