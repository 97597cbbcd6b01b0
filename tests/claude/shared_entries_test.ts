// Tests that the tables of shared and isolated entries are disjoint, share no login, and are documented.
import assert from "node:assert/strict";
import { ISOLATED_ENTRIES, LINKED_ENTRIES } from "../../lib/claude/shared_entries.ts";
import { repositoryPath } from "../helpers/paths.ts";

Deno.test("nothing is both linked and isolated, and logins are isolated", () => {
  const linked = LINKED_ENTRIES.map((entry) => entry.name);
  const isolated = ISOLATED_ENTRIES.map(([name]) => name);
  assert.deepEqual(linked.filter((name) => isolated.includes(name)), []);
  assert.equal(new Set([...linked, ...isolated]).size, linked.length + isolated.length);
  for (const name of [".credentials.json", ".claude.json", "sessions", "daemon"]) {
    assert.ok(isolated.includes(name), name);
  }
});

Deno.test("docs/files.md names every entry", () => {
  const docs = Deno.readTextFileSync(repositoryPath("docs/files.md"));
  for (
    const name of [
      ...LINKED_ENTRIES.map((entry) => entry.name),
      ...ISOLATED_ENTRIES.map(([name]) => name),
    ]
  ) {
    assert.ok(
      [`\`${name}\``, `\`${name}/\``].some((text) => docs.includes(text)),
      `${name} is missing`,
    );
  }
});
