// Tests that the pictures in the README show what the programs print now.
import assert from "node:assert/strict";
import { repositoryPath } from "../helpers/paths.ts";
import { pictures } from "./draw.ts";

Deno.test("the pictures show what the programs print; make screenshots draws them", async () => {
  const drawn = await pictures();
  for (const [path, svg] of drawn) {
    const kept = await Deno.readTextFile(repositoryPath(path)).catch(() => "");
    assert.ok(kept === svg, `${path} is out of date: make screenshots`);
    assert.ok(!svg.includes("\u001b") && !svg.includes("/tmp/"), path);
  }
  const files = Array.from(Deno.readDirSync(repositoryPath("docs/pictures")), ({ name }) => name);
  assert.equal(files.length, drawn.size, `one of these is not drawn any more: ${files.join(", ")}`);
});
