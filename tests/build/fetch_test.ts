// Tests of build/fetch, with an npm that fails.
import assert from "node:assert/strict";
import { ROOT } from "../../build/toolchain.ts";
import { temporaryFolder } from "./temporary_folder.ts";

Deno.test("npm's reason is shown, and the PREFIX of make install isn't npm's", () => {
  using folder = temporaryFolder();
  const npm = `${folder.path}/npm`;
  const script = `#!/bin/sh\necho "npm error: prefix \${PREFIX-unset}" >&2\nexit 1\n`;
  Deno.writeTextFileSync(npm, script, { mode: 0o755 });
  const { code, stderr } = new Deno.Command(`${ROOT}/build/fetch`, {
    args: ["compiler", "linux-x64", `${folder.path}/out/deno`],
    env: { PATH: `${folder.path}:/usr/bin:/bin`, PREFIX: "/usr/local" },
    clearEnv: true,
  }).outputSync();
  assert.equal(code, 1);
  assert.match(
    new TextDecoder().decode(stderr),
    /npm error: prefix unset\n.* npm pack \S+ failed\n$/,
  );
});
