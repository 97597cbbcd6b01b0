// Tests that what is shipped has the licences of everything that is in the programs, and of nothing else.
import assert from "node:assert/strict";
import manifest from "../../../deno.json" with { type: "json" };
import { archive, archivesIn, unpack } from "../../../build/packages/archive.ts";
import { npmPackages } from "../../../build/packages/npm.ts";
import {
  type Notice,
  noticeOf,
  NOTICES,
  noticesText,
  thirdPartyNotices,
} from "../../../build/packages/third_party.ts";
import { EXECUTABLES } from "../../../build/executables.ts";
import { ROOT, run } from "../../../build/toolchain.ts";
import { temporaryFolder } from "../temporary_folder.ts";

/** The packages in the minified bundles, by what their source maps say: `NAME VERSION`. */
async function packagesInBundles(folder: string): Promise<string[]> {
  const found = new Set<string>();
  for (const { entry } of Object.values(EXECUTABLES)) {
    const args = ["bundle", "-q", "--frozen", "--minify", "--code-splitting"];
    args.push("--sourcemap=external", "--outdir", folder, entry);
    const { success, stderr } = await run(Deno.execPath(), args, { cwd: ROOT });
    assert.ok(success, stderr);
  }
  for (const { name } of Deno.readDirSync(folder)) {
    if (!name.endsWith(".map")) continue;
    const { sources } = JSON.parse(Deno.readTextFileSync(`${folder}/${name}`));
    for (const source of sources as string[]) {
      const place = /\/npm\/[^/]+\/((?:@[^/]+\/)?[^/]+)\/(\d[^/]*)\//.exec(source);
      if (place) found.add(`${place[1]} ${place[2]}`);
    }
  }
  return [...found].sort();
}

Deno.test("the notices name Deno and every package that is bundled, and nothing else", async () => {
  using work = temporaryFolder();
  const text = await thirdPartyNotices();
  const named = [...text.matchAll(/^(\S+ \d\S*) \([\w-]+\)$/gm)].map(([, name]) => name);
  const bundled = await packagesInBundles(work.path);
  assert.ok(bundled.some((name) => name.startsWith("vega-view ")));
  assert.deepEqual(named.toSorted(), [`deno ${Deno.version.deno}`, ...bundled].toSorted());
  assert.equal(named[0], `deno ${Deno.version.deno}`);
  assert.match(text, /^Copyright \(c\) Microsoft/m);
  // A condition of the code that vega-expression took over, which minifying removes with the comment.
  assert.match(text, /based on Esprima[^]*Redistributions in binary form must reproduce/);
  assert.ok(!text.includes(ROOT) && !text.includes("/npm/"), "no path of this machine");
});

Deno.test("a package without its licence, or a file with it, stops the release", () => {
  using work = temporaryFolder();
  const put = (name: string, text: string) => Deno.writeTextFileSync(`${work.path}/${name}`, text);
  put("package.json", `{"name":"x","version":"1.0.0"}`);
  put("LICENSE.md", "Copyright of x\r\n");
  assert.throws(() => noticeOf(work.path, []), {
    message: `cannot write ${NOTICES}: x 1.0.0 doesn't say its licence in package.json`,
  });
  put("package.json", `{"name":"x","version":"1.0.0","license":"MIT"}`);
  put("a.js", "// one\n// by y (ISC license)\nlet license;\n// another\n");
  put("b.js", "/* Licensed by z */\n// one\n// by y (ISC license)\n");
  assert.deepEqual(noticeOf(work.path, ["b.js", "a.js"]), {
    name: "x",
    version: "1.0.0",
    licence: "MIT",
    terms:
      "Copyright of x\n\nIn its sources:\n\n// one\n// by y (ISC license)\n\n/* Licensed by z */",
  });
  Deno.removeSync(`${work.path}/LICENSE.md`);
  assert.throws(() => noticeOf(work.path, []), {
    message: `cannot write ${NOTICES}: x 1.0.0 has no licence file`,
  });
});

Deno.test("packages with the same terms share them, in any order of the packages", () => {
  const notice = (name: string, terms: string): Notice => ({
    name,
    version: "1.0.0",
    licence: "ISC",
    terms,
  });
  const notices = [
    notice("c", "terms of a and c"),
    notice("b", "of b"),
    notice("a", "terms of a and c"),
  ];
  const text = noticesText(notices);
  assert.ok(text.includes("\na 1.0.0 (ISC)\nc 1.0.0 (ISC)\n\nterms of a and c\n\n="), text);
  assert.equal(text.split("terms of a and c").length, 2);
  assert.equal(noticesText(notices.toReversed()), text);
});

Deno.test("an archive has the notices, and so has the npm package with its programs", async () => {
  using work = temporaryFolder();
  const [programs, folder] = [`${work.path}/programs`, `${work.path}/release`];
  for (const path of [programs, folder]) Deno.mkdirSync(path);
  for (const name of Object.keys(EXECUTABLES)) Deno.writeTextFileSync(`${programs}/${name}`, "");
  const { version } = manifest;
  const options = { programs, folder, version, address: "", notices: "notices\n" };
  await archive({ ...options, target: "linux-x64" });
  const archives = await archivesIn(folder, version);
  const [first] = archives;
  assert.ok(first);
  const unpacked = await unpack(first, folder);
  assert.equal(Deno.readTextFileSync(`${unpacked}/${NOTICES}`), "notices\n");
  const [, file = ""] = await npmPackages(archives, { work: work.path, output: folder });
  assert.ok((await run("tar", ["-xzf", file, "-C", work.path])).success);
  for (const name of ["LICENSE", NOTICES]) {
    assert.equal(
      Deno.readTextFileSync(`${work.path}/package/${name}`),
      Deno.readTextFileSync(`${unpacked}/${name}`),
    );
  }
});
