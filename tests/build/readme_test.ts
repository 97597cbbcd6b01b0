// Tests that build/README.md explains every file of build/, and no other.
import assert from "node:assert/strict";
import { repositoryPath } from "../helpers/paths.ts";

Deno.test("build/README.md has each file of build/ in one row", () => {
  const rows = Deno.readTextFileSync(repositoryPath("build/README.md")).matchAll(/^\| (`.+?) \|/gm);
  const named = [...rows].flatMap(([, cell = ""]) => cell.replaceAll("`", "").split(", "));
  const files = Array.from(Deno.readDirSync(repositoryPath("build")), ({ name }) => name);
  assert.deepEqual(named.toSorted(), files.filter((name) => name !== "README.md").toSorted());
});
