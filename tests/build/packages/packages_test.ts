// Tests of the texts that a release is made of: names, address, notes, formula, workflows.
import assert from "node:assert/strict";
import { installLines, installScript, withAddress } from "../../../build/packages/address.ts";
import { archiveName } from "../../../build/packages/archive.ts";
import { checkTag } from "../../../build/packages/assemble.ts";
import { completionFiles } from "../../../build/packages/completions.ts";
import { formula } from "../../../build/packages/formula.ts";
import { notesOf } from "../../../build/packages/notes.ts";
import { wantedTargets } from "../../../build/release.ts";
import { type Target, TARGETS } from "../../../build/targets.ts";
import { faultsOf } from "../../../build/workflow_lint.ts";
import { repositoryPath } from "../../helpers/paths.ts";

const ADDRESS = "https://example.org/o/claude-multi/releases";

Deno.test("the names of the archives say system and processor in words that installers look for", () => {
  // Each pattern stands for what mise, ubi, eget and aqua accept; an archive must match one of each.
  const systems = { linux: /(^|[-_.])linux([-_.]|$)/, macos: /(^|[-_.])(macos|darwin)([-_.]|$)/ };
  const processors = {
    x64: /(^|[-_.])(x64|x86_64|amd64)([-_.]|$)/,
    arm64: /(^|[-_.])(arm64|aarch64)([-_.]|$)/,
  };
  assert.deepEqual(
    (Object.keys(TARGETS) as Target[]).map((target) => `${archiveName("1.2.3", target)}.tar.gz`),
    [
      "claude-multi-1.2.3-linux-x64.tar.gz",
      "claude-multi-1.2.3-linux-arm64.tar.gz",
      "claude-multi-1.2.3-macos-x64.tar.gz",
      "claude-multi-1.2.3-macos-arm64.tar.gz",
    ],
  );
  for (const target of Object.keys(TARGETS) as Target[]) {
    const name = archiveName("1.2.3", target);
    const matching = (words: Record<string, RegExp>) =>
      Object.entries(words).filter(([, word]) => word.test(name)).map(([key]) => key).join();
    assert.equal(`${matching(systems)}-${matching(processors)}`, target);
  }
});

Deno.test("install.sh and the README of a release name its address, those of the repository none", () => {
  const script = Deno.readTextFileSync(repositoryPath("shell/install.sh"));
  assert.ok(installScript(script, ADDRESS).includes(`\npublished=${ADDRESS}\n`));
  const readme = Deno.readTextFileSync(repositoryPath("README.md"));
  assert.ok(!readme.includes("/latest/download/"));
  const released = withAddress(readme, ADDRESS);
  assert.ok(released.includes(`curl -fsSL ${ADDRESS}/latest/download/install.sh | sh`));
  assert.ok(!released.includes("There is no published"));
  assert.ok(readme.includes(installLines("")));
});

Deno.test("the notes of a release are its part of the changelog", () => {
  const changelog = "# Changelog\n\n## 1.1.0 (2026-12-01)\n\n- new\n\n## 1.0.0\n\n- first\n";
  assert.equal(notesOf(changelog, "1.1.0"), "- new\n");
  assert.equal(notesOf(changelog, "1.0.0"), "- first\n");
  assert.throws(() => notesOf(changelog, "1.1"), /says nothing about 1\.1$/);
});

Deno.test("a release has the tag of its version, and only targets that exist", () => {
  checkTag("v1.2.3", "1.2.3");
  assert.throws(() => checkTag("1.2.3", "1.2.3"), /the tag "1\.2\.3" isn't v1\.2\.3/);
  assert.deepEqual(wantedTargets("linux-x64"), ["linux-x64"]);
  assert.equal(wantedTargets("").length, 4);
  assert.throws(() => wantedTargets("windows-x64"), /unknown target "windows-x64"/);
});

Deno.test("the formula has the archives that there are, each for its system and processor", () => {
  const archives = (["linux-x64", "macos-arm64", "macos-x64"] as const).map((target) => ({
    target,
    file: `/x/${archiveName("0.1.0", target)}.tar.gz`,
    sha256: target,
  }));
  const text = formula(archives, ADDRESS).replace(/^ +/gm, "");
  assert.match(
    text,
    /on_macos do\non_arm do\nurl ".*macos-arm64.*"\nsha256 "macos-arm64"\nend\non_intel do/,
  );
  assert.match(text, /^prefix\.install "THIRD-PARTY-NOTICES"$/m);
  assert.match(text, /on_linux do\non_intel do\nurl ".*linux-x64.*"\nsha256 "linux-x64"\nend\nend/);
});

Deno.test("completion files hold the functions of the shell snippets, and no cl", () => {
  for (const [name, text] of completionFiles()) {
    assert.match(text, /function __claude_multi_complete/, name);
    assert.doesNotMatch(text, /function cl\b/, name);
  }
});

Deno.test("a workflow pins its actions, lists its permissions, and runs scripts of the project only", () => {
  const pinned = `actions/checkout@${"a".repeat(40)} # v4.2.2`;
  const good =
    `permissions: {}\njobs:\n  a:\n    steps:\n      - uses: ${pinned}\n      - run: .ci/run\n`;
  assert.deepEqual(faultsOf(good), []);
  assert.deepEqual(faultsOf(good.replace(pinned, "actions/checkout@v4 # v4")), [
    "5: an action is pinned by its commit",
  ]);
  assert.deepEqual(faultsOf(good.replace(".ci/run", "make ok && make e2e")), [
    "6: a step runs one script of .ci, so that it can be run anywhere",
  ]);
  assert.deepEqual(faultsOf(good.replace(".ci/run", ".ci/release build ${{ github.ref }}")), [
    "6: foreign text reaches a shell",
  ]);
  assert.deepEqual(faultsOf(good.replace("permissions: {}\n", "")), [
    "1: a workflow lists its permissions",
  ]);
});
