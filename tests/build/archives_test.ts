// Tests that an archive always has the same bytes, and unpacks to the same files.
import assert from "node:assert/strict";
import { writeArchive } from "../../build/archives.ts";
import { temporaryFolder } from "./temporary_folder.ts";

Deno.test("an archive is the same byte for byte, and unpacks to the same files and modes", async () => {
  using work = temporaryFolder();
  const bytes = new TextEncoder().encode("#!/bin/sh\n".repeat(100));
  const entries = [
    { name: "x/run", mode: 0o755, bytes },
    { name: "x/LICENSE", mode: 0o644, bytes: new Uint8Array(512) },
    { name: "x/empty", mode: 0o644, bytes: new Uint8Array() },
  ];
  const paths = [`${work.path}/1.tar.gz`, `${work.path}/2.tar.gz`] as const;
  await writeArchive(paths[0], entries);
  await new Promise((resolve) => setTimeout(resolve, 1100));
  await writeArchive(paths[1], entries.toReversed());
  assert.deepEqual(Deno.readFileSync(paths[0]), Deno.readFileSync(paths[1]));
  const tar = new Deno.Command("tar", { args: ["-xzf", paths[0]], cwd: work.path });
  assert.ok(tar.outputSync().success);
  assert.deepEqual(Deno.readFileSync(`${work.path}/x/run`), bytes);
  assert.equal((Deno.statSync(`${work.path}/x/run`).mode ?? 0) & 0o777, 0o755);
  assert.equal(Deno.statSync(`${work.path}/x/LICENSE`).size, 512);
  assert.equal(Deno.statSync(`${work.path}/x/empty`).size, 0);
  await assert.rejects(
    writeArchive(paths[0], [{ name: "x".repeat(101), mode: 0, bytes }]),
    /too long/,
  );
});
