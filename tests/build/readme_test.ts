// Tests that build/README.md explains every file of build/ and build/packages/, and no other.
import assert from "node:assert/strict";
import { repositoryPath } from "../helpers/paths.ts";

Deno.test("build/README.md has each file of build/ in one row", () => {
  const [page = "", packages = ""] = Deno.readTextFileSync(repositoryPath("build/README.md"))
    .split("\n## Packages\n");
  for (const [text, folder] of [[page, "build"], [packages, "build/packages"]] as const) {
    const named = [...text.matchAll(/^\| (`.+?) \|/gm)]
      .flatMap(([, cell = ""]) => cell.replaceAll("`", "").split(", "));
    const files = Array.from(Deno.readDirSync(repositoryPath(folder)), ({ name }) => name);
    const expected = files.filter((name) => name !== "README.md");
    assert.deepEqual(named.toSorted(), expected.toSorted(), folder);
  }
});
