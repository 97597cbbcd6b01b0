// Tests of the permissions of the executables: those in the table, and no others.
import assert from "node:assert/strict";
import { compile } from "../../build/compile.ts";
import { EXECUTABLES, permissionFlags } from "../../build/executables.ts";
import { hostTarget } from "../../build/targets.ts";
import { temporaryFolder } from "./temporary_folder.ts";

Deno.test("no executable asks for network, FFI or remote modules", () => {
  for (const [name, executable] of Object.entries(EXECUTABLES)) {
    const flags = permissionFlags(executable);
    for (const right of ["net", "ffi", "sys", "import"]) {
      assert.ok(flags.includes(`--deny-${right}`), `${name} ${right}`);
    }
    assert.ok(flags.includes("--no-prompt"));
    assert.ok(
      !flags.some((flag) => /^(-A|--allow-(all|net|ffi|sys|import|env$))/.test(flag)),
      name,
    );
  }
});

Deno.test("the status line can't start a process or read the token of a session", () => {
  const executable = EXECUTABLES["claude-multi-statusline"];
  assert.ok(executable);
  assert.ok(permissionFlags(executable).includes("--deny-run"));
  const token = "CLAUDE_CODE_MESSAGING_TOKEN";
  const isReadable = executable.env.some((name) =>
    name === token || name.endsWith("*") && token.startsWith(name.slice(0, -1))
  );
  assert.equal(isReadable, false);
});

for (const [name, executable] of Object.entries(EXECUTABLES)) {
  Deno.test(`a program with the flags of ${name} has those permissions, and can't connect`, async () => {
    using work = temporaryFolder();
    const [script, output] = [`${work.path}/rights.js`, `${work.path}/${name}`];
    Deno.writeTextFileSync(
      script,
      `const rights = {};
      for (const name of ["read", "write", "run", "net", "ffi", "sys", "import", "env"]) {
        rights[name] = Deno.permissions.querySync({ name }).state;
      }
      const refused = async (act) => { try { await act(); return ""; } catch (e) { return e.name; } };
      console.log(JSON.stringify({
        rights,
        connect: await refused(() => Deno.connect({ hostname: "127.0.0.1", port: 9 })),
        fetch: await refused(() => fetch("http://127.0.0.1:9/")),
        home: await refused(() => Deno.env.get("HOME")),
        other: await refused(() => Deno.env.get("AWS_SECRET_ACCESS_KEY")),
      }));`,
    );
    const flags = permissionFlags(executable);
    await compile(script, { flags, output, target: hostTarget(), preferCached: true });
    const { stdout } = new Deno.Command(output).outputSync();
    assert.deepEqual(JSON.parse(new TextDecoder().decode(stdout)), {
      rights: {
        read: "granted",
        write: "granted",
        run: executable.allow.includes("run") ? "granted" : "denied",
        net: "denied",
        ffi: "denied",
        sys: "denied",
        import: "denied",
        env: "prompt",
      },
      connect: "NotCapable",
      fetch: "NotCapable",
      home: "",
      other: "NotCapable",
    });
  });
}
