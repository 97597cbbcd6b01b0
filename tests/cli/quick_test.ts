// Tests that quick commands, which are loaded alone, are the same as in the whole table.
import assert from "node:assert/strict";
import { COMMANDS } from "../../lib/commands/mod.ts";
import { repositoryPath } from "../helpers/paths.ts";
import { quickCommand } from "../../lib/commands/quick.ts";

Deno.test("each quick command is the same one as in the whole table", async () => {
  for (const name of ["run", "pick", "hook", "stats"]) {
    const quick = await quickCommand(name);
    assert.equal(quick?.name, name);
    assert.ok(COMMANDS.includes(quick), name);
  }
  assert.equal(await quickCommand("status"), null);
  assert.equal(await quickCommand(undefined), null);
});

/** The files that these import, directly or not, before any of them runs. */
function loadedWith(...paths: string[]): Set<string> {
  const seen = new Set<string>();
  const follow = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const source = Deno.readTextFileSync(new URL(path, import.meta.url));
    for (
      const [, specifier = ""] of source.matchAll(
        /^(?:import|export)(?! type)[^;]*?from "(\.[^"]+)";/gm,
      )
    ) {
      follow(new URL(specifier, new URL(path, import.meta.url)).pathname);
    }
  };
  for (const path of paths) follow(repositoryPath(path));
  return seen;
}

Deno.test("the code for tables is loaded only for people, not for a launch or JSON", () => {
  const seen = loadedWith("lib/commands/run.ts", "lib/commands/pick.ts");
  assert.ok(seen.size > 20, `only ${seen.size} files are reached`);
  for (const path of ["lib/cli/table.ts", "lib/cli/columns.ts", "lib/accounts/table.ts"]) {
    Deno.statSync(repositoryPath(path));
    assert.ok(!seen.has(repositoryPath(path)), `${path} is loaded`);
  }
});

Deno.test("the code for charts is loaded only when report runs", () => {
  const drawing = repositoryPath("lib/pages/report/drawing.ts");
  assert.ok(loadedWith("lib/pages/report/page.ts").has(drawing));
  assert.ok(!loadedWith("lib/commands/mod.ts", "statusline.ts").has(drawing));
});
