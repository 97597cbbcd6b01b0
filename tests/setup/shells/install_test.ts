// Tests of install.sh against a file server on loopback, with a small stand-in for a release.
import assert from "node:assert/strict";
import { type Entry, writeArchive } from "../../../build/archives.ts";
import { hostTarget } from "../../../build/targets.ts";
import { startProgram } from "../../helpers/binaries.ts";
import { repositoryPath } from "../../helpers/paths.ts";
import { needs } from "../../helpers/needs.ts";
import { TempHome } from "../../helpers/temp_home.ts";

const VERSION = "9.8.7";
const NAME = `claude-multi-${VERSION}-${hostTarget()}`;

/** A release on a loopback server: paths below its address, and their content. */
class Releases implements AsyncDisposable {
  readonly files = new Map<string, Uint8Array<ArrayBuffer>>();
  readonly asked: string[] = [];
  readonly #server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const { pathname } = new URL(request.url);
    this.asked.push(pathname);
    const bytes = this.files.get(pathname);
    return bytes ? new Response(bytes) : new Response("no", { status: 404 });
  });

  get address(): string {
    return `http://127.0.0.1:${this.#server.addr.port}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

function text(content: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(content);
}

/** Serves a release whose program records how it was called. */
async function released(home: TempHome, options: { program?: string } = {}): Promise<Releases> {
  const program = options.program ?? `#!/bin/sh\necho "claude-multi ${VERSION}" "$@"\n`;
  const entries: Entry[] = [
    "claude-multi",
    "claude-multi-statusline",
    "cl",
    "claude-multi-ide",
    "man/claude-multi.1",
  ]
    .map((name) => ({
      name: `${NAME}/${name}`,
      mode: 0o755,
      bytes: name === "cl" || name === "claude-multi-ide"
        ? Deno.readFileSync(repositoryPath("shell/cl"))
        : text(program),
    }));
  const file = `${home.path}/release.tar.gz`;
  await writeArchive(file, entries);
  const bytes = Deno.readFileSync(file);
  Deno.removeSync(file);
  const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  const releases = new Releases();
  const sums = `${
    "0".repeat(64)
  }  claude-multi-${VERSION}-other-x64.tar.gz\n${sum}  ${NAME}.tar.gz\n`;
  for (const from of ["latest/download", `download/v${VERSION}`]) {
    releases.files.set(`/${from}/SHA256SUMS`, text(sums));
    releases.files.set(`/${from}/${NAME}.tar.gz`, bytes);
  }
  return releases;
}

/** Every path below the home, with the content of files. */
function tree(path: string): string[] {
  return Array.from(
    Deno.readDirSync(path),
    ({ name, isDirectory }) =>
      isDirectory
        ? [`${path}/${name}/`, ...tree(`${path}/${name}`)]
        : [`${path}/${name} ${Deno.readTextFileSync(`${path}/${name}`)}`],
  ).flat().toSorted();
}

async function run(home: TempHome, options: {
  args?: readonly string[];
  env?: Record<string, string>;
  shell?: readonly string[];
}) {
  const [program = "", ...before] = options.shell ?? ["/bin/sh"];
  const args = [...before, repositoryPath("shell/install.sh"), ...options.args ?? []];
  return await startProgram(program, args, { home, env: { TMPDIR: home.bin, ...options.env } })
    .ended;
}

for (const shell of [["/bin/sh"], ["/bin/bash", "--posix"]]) {
  Deno.test(`${shell.join(" ")}: installs the latest release and prints the next step`, async () => {
    await using home = await TempHome.create("claude-multi $x 'q' ");
    await using releases = await released(home);
    const result = await run(home, { shell, env: { CLAUDE_MULTI_RELEASES: releases.address } });
    assert.equal(result.code, 0, result.stderr);
    const bin = `${home.multi}/bin`;
    const typed = `'${bin.replaceAll("'", "'\\''")}/claude-multi'`;
    assert.equal(
      result.stdout,
      `installed claude-multi ${VERSION} --version in ${bin}\nnext: ${typed} setup\n`,
    );
    const next = await startProgram("/bin/sh", ["-c", `${typed} setup`], { home }).ended;
    assert.equal(next.stdout, `claude-multi ${VERSION} setup\n`);
    for (const name of ["claude-multi", "claude-multi-statusline", "cl", "claude-multi-ide"]) {
      assert.equal((Deno.statSync(`${bin}/${name}`).mode ?? 0) & 0o777, 0o755);
    }
    assert.equal((Deno.statSync(home.multi).mode ?? 0) & 0o777, 0o700);
    assert.deepEqual([...Deno.readDirSync(home.bin)], [], "no temporary file stays");
  });
}

for (const loader of ["curl", "wget"] as const) {
  Deno.test({
    name: `install.sh takes --version and --prefix, with ${loader} alone`,
    ...needs(loader),
    async fn() {
      await using home = await TempHome.create();
      await using releases = await released(home);
      // A PATH with everything except the other one.
      await Deno.mkdir(`${home.path}/tools`);
      for (const folder of ["/bin", "/usr/bin"]) {
        for (const { name } of Deno.readDirSync(folder)) {
          if (["curl", "wget"].includes(name) && name !== loader) continue;
          await Deno.symlink(`${folder}/${name}`, `${home.path}/tools/${name}`).catch(() => {});
        }
      }
      const prefix = `${home.path}/own place`;
      const result = await run(home, {
        args: ["--version", `v${VERSION}`, "--prefix", prefix],
        env: { CLAUDE_MULTI_RELEASES: `${releases.address}/`, PATH: `${home.path}/tools` },
      });
      assert.equal(result.code, 0, `${loader}: ${result.stderr}`);
      assert.deepEqual([...Deno.readDirSync(`${prefix}/bin`)].map((f) => f.name).toSorted(), [
        "cl",
        "claude-multi",
        "claude-multi-ide",
        "claude-multi-statusline",
      ]);
      assert.ok(releases.asked.every((path) => path.startsWith(`/download/v${VERSION}/`)));
      const gone = await run(home, { args: ["--uninstall", "--prefix", prefix] });
      assert.match(gone.stdout, /uninstall --yes --keep-programs\nremoved the programs/);
      assert.deepEqual([...Deno.readDirSync(prefix)], []);
    },
  });
}

Deno.test("install.sh and make install refuse root in the folder of another user, and change nothing", async () => {
  await using home = await TempHome.create("claude-multi $x 'q' ");
  await using releases = await released(home);
  const isRoot = Deno.uid() === 0;
  // A stand-in for sudo: a user's home and an id that says root.
  if (isRoot) Deno.chownSync(home.path, 1234, 1234);
  await Deno.writeTextFile(`${home.bin}/id`, "#!/bin/sh\necho 0\n", { mode: 0o755 });
  const before = tree(home.path);
  const env = { CLAUDE_MULTI_RELEASES: releases.address };
  const owner = isRoot ? 1234 : Deno.uid();
  for (const args of [[], ["--prefix", `${home.path}/not there/yet`], ["--uninstall"]]) {
    const result = await run(home, { args, env });
    assert.equal(result.code, 5, result.stderr);
    assert.match(
      result.stderr,
      new RegExp(`cannot run as root: .* belongs to user ${owner}, .*\n$`),
    );
  }
  const made = await startProgram(repositoryPath("build/install"), [], { home }).ended;
  assert.equal(made.code, 5);
  assert.match(made.stderr, new RegExp(`^cannot install as root: .* belongs to user ${owner};`));
  assert.deepEqual(tree(home.path), before);
  assert.deepEqual(releases.asked, []);
  if (!isRoot) return;
  // Root's own folder is fine, whatever HOME is.
  await using other = await TempHome.create();
  const result = await run(home, { args: ["--prefix", `${other.path}/root's own`], env });
  assert.equal(result.code, 0, result.stderr);
});

Deno.test("install.sh refuses musl before it downloads anything, with the reason", async () => {
  await using home = await TempHome.create();
  await using releases = await released(home);
  const answer = "/lib/ld-musl-x86_64.so.1 (0x7f0000000000)";
  Deno.writeTextFileSync(`${home.bin}/ldd`, `#!/bin/sh\necho "${answer}"\n`, { mode: 0o755 });
  const result = await run(home, { env: { CLAUDE_MULTI_RELEASES: releases.address } });
  assert.equal(result.code, 1);
  assert.match(
    result.stderr,
    /^install\.sh: this system has musl, and the programs need glibc \(.*debian.*\); nothing was changed\n$/,
  );
  assert.deepEqual(releases.asked, []);
  assert.equal(result.stdout, "");
});

Deno.test("install.sh upgrades in place and keeps settings and ledger", async () => {
  await using home = await TempHome.create();
  await using releases = await released(home);
  home.writeConfig({ accounts: [{ name: "work" }] });
  Deno.mkdirSync(`${home.multi}/bin`);
  Deno.writeTextFileSync(`${home.multi}/bin/claude-multi`, "old");
  Deno.writeTextFileSync(`${home.multi}/ledger.db`, "rows");
  const result = await run(home, { env: { CLAUDE_MULTI_RELEASES: releases.address } });
  assert.equal(result.code, 0, result.stderr);
  assert.match(Deno.readTextFileSync(`${home.multi}/bin/claude-multi`), /9\.8\.7/);
  assert.match(Deno.readTextFileSync(`${home.multi}/config.json`), /work/);
  assert.equal(Deno.readTextFileSync(`${home.multi}/ledger.db`), "rows");
});

/** What stops an installation, and the one line that says so. */
const FAULTS: ReadonlyArray<{
  name: string;
  line: RegExp;
  code?: number;
  args?: readonly string[];
  env?: Record<string, string>;
  spoil?: (releases: Releases, home: TempHome) => void;
}> = [
  {
    name: "a wrong checksum",
    line: /wrong checksum for "claude-multi-9.*its SHA-256 is [0-9a-f]{64}, not [0-9a-f]{64}/,
    spoil: ({ files }) => files.set(`/latest/download/${NAME}.tar.gz`, text("something else")),
  },
  {
    name: "no network",
    line: /cannot download "http:\/\/127\.0\.0\.1:1\/latest\/download\/SHA256SUMS": \S/,
    env: { CLAUDE_MULTI_RELEASES: "http://127.0.0.1:1" },
  },
  {
    name: "no such release",
    line: /cannot download ".*\/download\/v1\.1\.1\/SHA256SUMS": .*404/,
    args: ["--version", "1.1.1"],
  },
  {
    name: "a release without this machine",
    line: new RegExp(`the release "latest" has no programs for ${hostTarget()}`),
    spoil: ({ files }) => files.set("/latest/download/SHA256SUMS", text(`${"0".repeat(64)}  x\n`)),
  },
  {
    name: "an unsupported system",
    line: /unsupported system "Plan9" \(only Linux and macOS are supported\)/,
    spoil: (_, home) => uname(home, "Plan9"),
  },
  {
    name: "an unsupported machine",
    line: /unsupported processor "Linux" \(only x86_64 and arm64 are supported\)/,
    spoil: (_, home) => uname(home, "Linux"),
  },
  {
    name: "a folder that can't be written",
    line: /cannot write to "\/dev\/null\/here\/bin" \(choose another folder with --prefix\)/,
    args: ["--prefix", "/dev/null/here"],
  },
  {
    name: "a flag instead of a value",
    line: /option "--prefix" needs a value/,
    code: 2,
    args: ["--prefix", "--uninstall"],
  },
  {
    name: "an invalid version",
    line: /invalid version "\.\.\/x"/,
    code: 2,
    args: ["--version", "../x"],
  },
  {
    name: "no home",
    line: /: HOME is not set;/,
    code: 2,
    env: { HOME: "" },
  },
  {
    name: "a missing temporary folder",
    line: /cannot create a temporary folder in "\/nowhere"/,
    env: { TMPDIR: "/nowhere" },
  },
  {
    name: "an invalid archive",
    line: /cannot unpack "claude-multi-9.*": \S/,
    spoil: ({ files }) => {
      const sum = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881";
      files.set(`/latest/download/${NAME}.tar.gz`, text("x"));
      files.set("/latest/download/SHA256SUMS", text(`${sum}  ${NAME}.tar.gz\n`));
    },
  },
  {
    name: "half an archive",
    line: /wrong checksum for "claude-multi-9/,
    spoil: ({ files }) => {
      const path = `/latest/download/${NAME}.tar.gz`;
      files.set(path, files.get(path)?.slice(0, 100) ?? text(""));
    },
  },
  {
    name: "sums that name a file of another folder, or one with odd characters",
    line: /the release "latest" has no programs for/,
    spoil: ({ files }) => {
      const names = [`claude-multi-9/../${NAME}`, `claude-multi-9\u001b[2J-${hostTarget()}`];
      const lines = names.map((name) => `${"0".repeat(64)}  ${name}.tar.gz\n`).join("");
      files.set("/latest/download/SHA256SUMS", text(lines));
    },
  },
  {
    name: "a folder where a program belongs",
    line: /cannot write ".*\/bin\/cl": /,
    spoil: (_, home) => Deno.mkdirSync(`${home.multi}/bin/cl`, { recursive: true }),
  },
  {
    name: "a cl of the user's own",
    line: /".*\/bin\/cl" is another program \(move it away/,
    spoil: (_, home) => {
      Deno.mkdirSync(`${home.multi}/bin`, { recursive: true });
      Deno.writeTextFileSync(`${home.multi}/bin/cl`, "#!/bin/sh\nclear\n");
    },
  },
  { name: "an unknown flag", line: /unknown option "--nonsense"/, code: 2, args: ["--nonsense"] },
  {
    name: "a flag without its value",
    line: /option "--prefix" needs a value/,
    code: 2,
    args: ["--prefix"],
  },
  {
    name: "no address",
    line: /no release has been published yet \(set CLAUDE_MULTI_RELEASES to/,
    code: 2,
    env: { CLAUDE_MULTI_RELEASES: "" },
  },
  { name: "nothing to uninstall", line: /there is no claude-multi in/, args: ["--uninstall"] },
];

function uname(home: TempHome, answer: string): void {
  Deno.writeTextFileSync(`${home.bin}/uname`, `#!/bin/sh\necho ${answer}\n`, { mode: 0o755 });
}

for (const { name, line, code = 1, args = [], env = {}, spoil } of FAULTS) {
  Deno.test(`install.sh: ${name}: one line, and nothing changed`, async () => {
    await using home = await TempHome.create();
    await using releases = await released(home);
    spoil?.(releases, home);
    const before = tree(home.path);
    const result = await run(home, {
      args,
      env: { CLAUDE_MULTI_RELEASES: releases.address, ...env },
    });
    assert.equal(result.code, code);
    assert.match(result.stderr, line);
    assert.match(result.stderr, /^install\.sh: [^\n]+; nothing was changed\n$/);
    assert.equal(result.stdout, "");
    assert.deepEqual(tree(home.path), before);
  });
}

Deno.test("install.sh doesn't install a program that can't run here", async () => {
  await using home = await TempHome.create();
  await using releases = await released(home, { program: "#!/bin/sh\nexit 1\n" });
  const result = await run(home, { env: { CLAUDE_MULTI_RELEASES: releases.address } });
  assert.equal(result.code, 1);
  assert.match(result.stderr, /the downloaded program does not run here: no reason given/);
  assert.deepEqual([...Deno.readDirSync(home.multi)], []);
});

Deno.test("install.sh does nothing if it is cut off anywhere", async () => {
  await using home = await TempHome.create();
  await using releases = await released(home);
  const whole = Deno.readTextFileSync(repositoryPath("shell/install.sh")).trimEnd();
  const before = tree(home.path);
  const ends = [...Array(40).keys()].map((n) => whole.length - 1 - n)
    .concat([...Array(20).keys()].map((n) => Math.floor(whole.length * n / 20)));
  for (const end of ends) {
    await startProgram("/bin/sh", ["-c", whole.slice(0, end)], {
      home,
      env: { CLAUDE_MULTI_RELEASES: releases.address, TMPDIR: home.bin },
    }).ended;
    assert.deepEqual(tree(home.path), before, `cut at ${end}`);
  }
  assert.deepEqual(releases.asked, []);
});

Deno.test("install.sh prints the next step if the path has no odd characters", async () => {
  await using home = await TempHome.create();
  await using releases = await released(home);
  const result = await run(home, {
    env: { CLAUDE_MULTI_RELEASES: releases.address, TMPDIR: "relative", CLAUDE_MULTI_HOME: "too" },
  });
  assert.equal(result.code, 0, result.stderr);
  assert.match(result.stdout, new RegExp(`next: ${home.multi}/bin/claude-multi setup\n$`));
  assert.deepEqual([...Deno.readDirSync(home.project)], []);
});

Deno.test("install.sh replaces a running program, which continues", async () => {
  await using home = await TempHome.create();
  await using releases = await released(home);
  await Deno.mkdir(`${home.multi}/bin`);
  await Deno.copyFile("/bin/sleep", `${home.multi}/bin/claude-multi`);
  const running = startProgram(`${home.multi}/bin/claude-multi`, ["3"], { home });
  const result = await run(home, { env: { CLAUDE_MULTI_RELEASES: releases.address } });
  assert.equal(result.code, 0, result.stderr);
  assert.match(Deno.readTextFileSync(`${home.multi}/bin/claude-multi`), /9\.8\.7/);
  assert.equal((await running.ended).code, 0);
  assert.deepEqual(
    [...Deno.readDirSync(`${home.multi}/bin`)].map((f) => f.name).toSorted(),
    ["cl", "claude-multi", "claude-multi-ide", "claude-multi-statusline"],
  );
});

Deno.test({
  name: "install.sh with wget alone says why a download failed",
  ...needs("wget"),
  async fn() {
    await using home = await TempHome.create();
    await using releases = await released(home);
    await Deno.mkdir(`${home.path}/tools`);
    for (const folder of ["/bin", "/usr/bin"]) {
      for (const { name } of Deno.readDirSync(folder)) {
        if (name === "curl") continue;
        await Deno.symlink(`${folder}/${name}`, `${home.path}/tools/${name}`).catch(() => {});
      }
    }
    const env = { CLAUDE_MULTI_RELEASES: releases.address, PATH: `${home.path}/tools` };
    const result = await run(home, { env, args: ["--version", "1.1.1"] });
    assert.equal(result.code, 1);
    assert.match(
      result.stderr,
      /^install\.sh: cannot download ".*SHA256SUMS": .*404.*; nothing was changed\n$/,
    );
  },
});

Deno.test("install.sh warns about an address without https, and continues", async () => {
  await using home = await TempHome.create();
  await using releases = await released(home);
  const address = releases.address.replace("127.0.0.1", "0.0.0.0");
  const result = await run(home, { env: { CLAUDE_MULTI_RELEASES: address } });
  assert.equal(result.code, 0, result.stderr);
  assert.match(
    result.stderr,
    /^install\.sh: warning: "http:\/\/0\.0\.0\.0:\d+" is not https, [^\n]+\n$/,
  );
});

Deno.test("install.sh --uninstall keeps a user's own cl and other files", async () => {
  await using home = await TempHome.create();
  await using releases = await released(home);
  const env = { CLAUDE_MULTI_RELEASES: releases.address };
  const prefix = `${home.path}/.local`;
  assert.equal((await run(home, { env, args: ["--prefix", prefix] })).code, 0);
  Deno.writeTextFileSync(`${prefix}/bin/cl`, "#!/bin/sh\nclear\n");
  Deno.writeTextFileSync(`${prefix}/bin/mine`, "mine");
  assert.equal((await run(home, { args: ["--uninstall", "--prefix", prefix] })).code, 0);
  assert.deepEqual([...Deno.readDirSync(`${prefix}/bin`)].map((f) => f.name).toSorted(), [
    "cl",
    "mine",
  ]);
  assert.equal(Deno.readTextFileSync(`${prefix}/bin/cl`), "#!/bin/sh\nclear\n");
});
