// Tests of paths: where our files are, however the two folders that decide it are written.
import assert from "node:assert/strict";
import { layoutOf, parentOf, tildePath } from "../../lib/config/paths.ts";

Deno.test("paths are the same however the folders that decide them are written", () => {
  const plain = layoutOf({ home: "/home/ann", root: "/srv/cm" });
  assert.equal(plain.configFile, "/srv/cm/config.json");
  assert.equal(plain.shared, "/home/ann/.claude");
  for (
    const [home, root] of [["/home/ann/", "/srv/cm/"], ["/home//ann", "//srv///cm//"]] as const
  ) {
    assert.deepEqual(layoutOf({ home, root }), plain);
  }
  assert.equal(layoutOf({ home: "/h", root: null }).root, "/h/.claude-multi");
  assert.equal(layoutOf({ home: "/", root: null }).home, "/");
});

Deno.test("the home directory is shown as ~, and no other that begins alike", () => {
  const shown = (path: string) => tildePath(path, "/home/ann");
  assert.deepEqual(
    ["/home/ann", "/home/ann/x", "/home/anna/x", "/srv"].map(shown),
    ["~", "~/x", "/home/anna/x", "/srv"],
  );
});

Deno.test("the folder of a file is all before its last slash", () => {
  assert.equal(parentOf("/a/b/c.json"), "/a/b");
  assert.equal(parentOf("/a"), "");
});
