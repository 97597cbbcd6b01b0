// What a release relies on: binary formats, the exact cut of a stub, archives and builds that repeat.
import assert from "node:assert/strict";
import { writeArchive } from "../build/archive.ts";
import { compile, prepare, ROOT, sha256 } from "../build/build.ts";
import { EXECUTABLES, permissionFlags } from "../build/executables.ts";
import { scriptOf } from "../build/parts.ts";
import { faultsOf } from "../build/release.ts";
import { elfImageBytes, hostTarget, targetOf } from "../build/targets.ts";
import { closingLine, countsOf } from "../build/test.ts";
import { runMulti, runStatusline } from "./helpers/binaries.ts";
import { TempHome } from "./helpers/temp_home.ts";

function temporaryFolder(): { path: string } & Disposable {
  const path = Deno.makeTempDirSync({ prefix: "claude-multi-release-" });
  return { path, [Symbol.dispose]: () => Deno.removeSync(path, { recursive: true }) };
}

/** An ELF file of `machine`: 64 bytes of header, two section headers of 64 bytes, then `extra` bytes. */
function elf(machine: number, extra = 0): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(64 + 2 * 64 + extra);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  const view = new DataView(file.buffer);
  view.setUint16(0x12, machine, true);
  view.setBigUint64(0x28, 64n, true);
  view.setUint16(0x3a, 64, true);
  view.setUint16(0x3c, 2, true);
  return file;
}

function machO(cpu: number): Uint8Array {
  const file = new Uint8Array(64);
  new DataView(file.buffer).setUint32(0, 0xfeedfacf, true);
  new DataView(file.buffer).setUint32(4, cpu, true);
  return file;
}

Deno.test("the machine of a binary is told by its header", () => {
  assert.equal(targetOf(elf(0x3e)), "linux-x64");
  assert.equal(targetOf(elf(0xb7)), "linux-arm64");
  assert.equal(targetOf(elf(0xf3)), null);
  assert.equal(targetOf(machO(0x01000007)), "macos-x64");
  assert.equal(targetOf(machO(0x0100000c)), "macos-arm64");
  assert.equal(targetOf(machO(7)), null);
  assert.equal(targetOf(new TextEncoder().encode("MZ".padEnd(64))), null);
  assert.equal(targetOf(elf(0x3e).subarray(0, 63)), null);
  const inside = new Uint8Array(300);
  inside.set(elf(0xb7), 100);
  assert.equal(targetOf(inside.subarray(100)), "linux-arm64");
});

Deno.test("a stub is cut at the end of its section headers", () => {
  assert.equal(elfImageBytes(elf(0x3e, 1000)), 192);
  assert.equal(elfImageBytes(elf(0xb7)), 192);
  assert.throws(() => elfImageBytes(elf(0x3e).subarray(0, 191)), /outside the file/);
  assert.throws(() => elfImageBytes(machO(0x01000007)), /not an ELF file/);
});

Deno.test("two builds of one source give the same bytes, in another folder and at another time", async () => {
  using work = temporaryFolder();
  const sums = new Map<string, Set<string>>();
  for (const folder of [`${work.path}/a`, `${work.path}/deeper/down/b`]) {
    Deno.mkdirSync(folder, { recursive: true });
    for (const name of ["cli.ts", "statusline.ts", "deno.json", "deno.lock", "lib", "shell"]) {
      const copy = new Deno.Command("cp", { args: ["-R", `${ROOT}/${name}`, folder] });
      assert.ok(copy.outputSync().success);
    }
    for (const program of Object.keys(EXECUTABLES)) {
      const parts = `${folder}/bundle/${program}`;
      await prepare(program, { root: folder, folder: parts, target: hostTarget() });
      const output = `${folder}/${program}`;
      const flags = ["--deny-net", "--include", parts];
      await compile(`${parts}/entry.js`, {
        flags,
        output,
        target: hostTarget(),
        preferCached: true,
      });
      const add = (name: string, sum: string) =>
        void sums.set(name, (sums.get(name) ?? new Set()).add(sum));
      assert.ok(Deno.statSync(`${parts}/main.bytecode`).size > 0);
      for (const { name } of Deno.readDirSync(parts)) {
        const bytes = Deno.readFileSync(`${parts}/${name}`);
        const text = new TextDecoder("latin1").decode(bytes);
        assert.ok(!text.includes(work.path) && !text.includes(ROOT), "no path of this machine");
        add(`${program}: ${name}`, await sha256(bytes));
      }
      add(program, await sha256(Deno.readFileSync(output)));
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.deepEqual([...sums].filter(([, found]) => found.size > 1).map(([name]) => name), []);
});

Deno.test("a program for a machine that cannot run here has no bytecode and starts all the same", async () => {
  using work = temporaryFolder();
  const [parts, output] = [`${work.path}/bundle`, `${work.path}/claude-multi`];
  const elsewhere = hostTarget() === "macos-arm64" ? "linux-x64" : "macos-arm64";
  await prepare("claude-multi", { root: ROOT, folder: parts, target: elsewhere });
  assert.equal(Deno.statSync(`${parts}/main.bytecode`).size, 0);
  const flags = ["--allow-read", "--allow-env", "--include", parts];
  await compile(`${parts}/entry.js`, { flags, output, target: hostTarget(), preferCached: true });
  const { code, stdout, stderr } = await new Deno.Command(output, {
    args: ["--version"],
    env: { CLAUDE_MULTI_DEBUG: "1" },
  }).output();
  assert.equal(code, 0);
  assert.match(new TextDecoder().decode(stdout), /^claude-multi \d/);
  assert.equal(new TextDecoder().decode(stderr), "");
});

for (const args of [["run"], ["pick"], ["status"], ["complete", "--", ""], []]) {
  const name = args.length > 0 ? "claude-multi" : "claude-multi-statusline";
  Deno.test(`V8 takes the bytecode in dist/${name} ${args.join(" ")}, and nothing that others put aside`, async () => {
    await using home = await TempHome.create();
    // Where the runtime pretends that a program's own files lie, anybody may put some.
    const planted = `${home.path}/deno-compile-${name}`;
    const reads = `${planted}/dist/bundle/${name}`;
    for (const folder of [planted, reads]) {
      Deno.mkdirSync(folder, { recursive: true });
      for (const file of ["entry.js", "main.js", "main.bytecode", "part0.js"]) {
        Deno.writeTextFileSync(`${folder}/${file}`, `console.error("planted")`);
      }
    }
    const env = { TMPDIR: home.path, CLAUDE_MULTI_DEBUG: "1" };
    const { stderr } = name === "claude-multi"
      ? await runMulti(args, { home, env })
      : await runStatusline(args, { home, env });
    assert.doesNotMatch(stderr, /bytecode of \w+ refused|planted/);
  });
}

Deno.test("without a temporary folder whose name is text, a program refuses to look for itself elsewhere", async () => {
  using work = temporaryFolder();
  for (const program of Object.keys(EXECUTABLES)) {
    const planted = `${work.path}/\ufffd/deno-compile-${program}`;
    Deno.mkdirSync(planted, { recursive: true });
    for (const file of ["main.js", "main.bytecode"]) {
      Deno.writeTextFileSync(`${planted}/${file}`, `console.error("planted")`);
    }
    const script = `TMPDIR=$(printf '%s/\\377' "$1") HOME=/ exec "$0" --version`;
    const { code, stderr } = await new Deno.Command("/bin/sh", {
      args: ["-c", script, `${ROOT}/dist/${program}`, work.path],
    }).output();
    assert.equal(code, 1);
    assert.match(new TextDecoder().decode(stderr), /Cannot start: TMPDIR is no UTF-8 text/);
    assert.doesNotMatch(new TextDecoder().decode(stderr), /planted/);
  }
});

Deno.test("a part does what its module does, with what it imports and exports", async () => {
  const script = scriptOf(
    `import{a as b,c}from"./part1.js";import d from"./part2.js";import"./part3.js";` +
      `import{e as f}from"node:x";import*as g from"node:y";var h=b+c+d+f+g.z;` +
      `function load(){return this}var i=async()=>[(await import("./part4.js")).k,load()];export{h as total,i,h as default};\n`,
  );
  const loaded: string[] = [];
  const exports: Record<string, unknown> = {
    part1: { a: "a", c: "c" },
    part2: { default: "d" },
    part3: {},
    part4: { k: "k" },
    "node:x": { e: "e" },
    "node:y": { z: "z" },
  };
  const load = (name: string) => (loaded.push(name), exports[name]);
  // deno-lint-ignore no-eval
  const { total, default: whole, i } = (0, eval)(script)(load, load);
  assert.equal(total, "acdez");
  assert.equal(whole, total);
  assert.deepEqual(loaded, ["part1", "part2", "part3", "node:x", "node:y"]);
  assert.deepEqual(await i(), ["k", undefined], "modules are strict");
});

Deno.test("text that looks like an import or an export stays as it is", () => {
  const text = 'x;import{a}from"./a.js";import("./b.js");export{c};';
  const module = `var a=${JSON.stringify(text)},b=\`${text}\`,c=/import{d}from"e"/.source;` +
    `// ${text}\nexport{a,b,c};`;
  // deno-lint-ignore no-eval
  const exported = (0, eval)(scriptOf(module))();
  assert.deepEqual(exported, { a: text, b: text, c: 'import{d}from"e"' });
});

Deno.test("a module of an unknown form is no part", () => {
  const modules = [
    'export*from"./part1.js";',
    "export default 1;",
    'export{a}from"./part1.js";',
    "export const a=1;",
    "var a;export{a};a=1;",
    'import a,{b}from"./c.js";',
    'import a from"zod";',
    'import("zod");',
    "import(a);",
    "import.meta.url;",
    "await 1;",
    "var __part_load;",
  ];
  for (const module of modules) assert.throws(() => scriptOf(module), Error, module);
});

Deno.test("an archive repeats byte for byte and unpacks to the same files and modes", async () => {
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

Deno.test("a release needs every target on the official stub", () => {
  assert.deepEqual(faultsOf(new Map([["linux-x64", "official"], ["macos-x64", "official"]])), []);
  assert.deepEqual(faultsOf(new Map([["linux-x64", "npm-hosted"], ["macos-x64", "SKIPPED"]])), [
    "linux-x64: not on the official runtime stub",
    "macos-x64: not built",
  ]);
});

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

Deno.test("the status line starts no process and cannot read the token of a session", () => {
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
  Deno.test(`a program with the flags of ${name} has those rights, and a connection is refused`, async () => {
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

Deno.test("results are counted from the report and close in one plain line", () => {
  const junit = `<testsuites name="deno test" tests="9" failures="1" errors="0">
    <testsuite name="a" tests="5" disabled="2" errors="0" failures="1"></testsuite>
    <testsuite name="b" tests="4" disabled="0" errors="1" failures="0"></testsuite></testsuites>`;
  assert.deepEqual(countsOf(junit), { passed: 5, failed: 2, skipped: 2 });
  assert.equal(closingLine(countsOf(junit)), "5 passed, 2 failed, 2 skipped");
  assert.equal(closingLine({ passed: 3, failed: 0, skipped: 0 }), "3 passed, 0 failed");
});
