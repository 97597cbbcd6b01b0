// A release, from the build to what users install, on this machine: built, published to a loopback server,
// installed from it in every way that works here, used, and removed without a trace.
import assert from "node:assert/strict";
import manifest from "../../deno.json" with { type: "json" };
import { archiveName, RELEASE_FOLDER } from "../../build/packages/archive.ts";
import { NOTICES } from "../../build/packages/third_party.ts";
import { hostTarget } from "../../build/targets.ts";
import { startProgram } from "../helpers/binaries.ts";
import { installFakeClaude } from "../helpers/fake_claude.ts";
import { needs } from "../helpers/needs.ts";
import { TempHome } from "../helpers/temp_home.ts";
import { ci, installGh, ReleaseHost } from "./stage.ts";

const TAG = `v${manifest.version}`;
const NAME = archiveName(manifest.version, hostTarget());
const SAYS = `claude-multi ${manifest.version}\n`;

/** Every path below a folder except caches and npm's logs. */
function tree(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder)).flatMap(({ name, isDirectory }) => {
    const path = `${folder}/${name}`;
    return isDirectory ? [`${path}/`, ...tree(path)] : [path];
  }).toSorted();
}

Deno.test({
  name: "a release is built, published, installed in every way, used, and removed without a trace",
  ...needs("curl", "ruby", "lintian"),
  async fn(t) {
    await using maker = await TempHome.create();
    const served = `${maker.path}/served`;
    Deno.mkdirSync(served);
    await using host = new ReleaseHost(served);
    installGh(maker, served);
    const release = { RELEASES: host.address, RELEASE: "" };

    await t.step("build makes the archive of this machine, and its programs run", async () => {
      const built = await ci(maker, ["release", "build", hostTarget()], release);
      assert.equal(built.code, 0, built.stderr);
      assert.ok(built.stdout.includes(`${SAYS}claude-multi-statusline ${manifest.version}\n`));
    });

    await t.step("a tag of another version, or a missing target, is no release", async () => {
      const other = await ci(maker, ["release", "assemble", "v9.9.9"], release);
      assert.equal(other.code, 1);
      assert.match(other.stderr, /^the tag "v9\.9\.9" isn't v/m);
      const partial = await ci(maker, ["release", "assemble", TAG], { ...release, RELEASE: "1" });
      assert.equal(partial.code, 1);
      assert.match(partial.stderr, /^this isn't a release: there is no archive for /m);
    });

    await t.step("assemble makes checksums, install.sh, packages and notes", async () => {
      const assembled = await ci(maker, ["release", "assemble", TAG], release);
      assert.equal(assembled.code, 0, assembled.stderr);
      assert.ok(assembled.stdout.includes(`${NAME}.tar.gz: OK`));
      const formula = Deno.readTextFileSync(`${RELEASE_FOLDER}/claude-multi.rb`);
      const [sum = ""] = Deno.readTextFileSync(`${RELEASE_FOLDER}/SHA256SUMS`).split(" ");
      assert.ok(formula.includes(`url "${host.address}/download/${TAG}/${NAME}.tar.gz"`));
      assert.ok(formula.includes(`sha256 "${sum}"`));
      const ruby = await startProgram("ruby", ["-c", `${RELEASE_FOLDER}/claude-multi.rb`], {
        home: maker,
      }).ended;
      assert.equal(ruby.stdout, "Syntax OK\n", ruby.stderr);
      const args = ["--fail-on", "error,warning", "--allow-root"];
      for (const { name } of Deno.readDirSync(RELEASE_FOLDER)) {
        if (name.endsWith(".deb")) args.push(`${RELEASE_FOLDER}/${name}`);
      }
      const lintian = await startProgram("lintian", args, { home: maker, timeoutMs: 300_000 })
        .ended;
      assert.equal(lintian.code, 0, lintian.stdout);
      assert.ok(!/^[EW]:/m.test(lintian.stdout), lintian.stdout);
    });

    await t.step(
      "publish hands everything to gh once, with the notes of this version",
      async () => {
        const published = await ci(maker, ["release", "publish", TAG], release);
        assert.equal(published.code, 0, published.stderr);
        assert.match(Deno.readTextFileSync(`${served}/notes`), /^- /m);
        const names = Array.from(Deno.readDirSync(`${served}/download/${TAG}`), ({ name }) => name);
        for (const name of [`${NAME}.tar.gz`, "SHA256SUMS", "install.sh", "claude-multi.rb"]) {
          assert.ok(names.includes(name), name);
        }
      },
    );

    await t.step("one line installs it; set up, used and uninstalled without a trace", async () => {
      await using home = await TempHome.create("claude-multi new user ");
      Deno.removeSync(home.multi);
      home.seedSharedHome("kate");
      const claude = installFakeClaude(home);
      Deno.writeTextFileSync(`${home.path}/.bashrc`, "# mine\n");
      const before = tree(home.path);
      const sh = async (line: string) => {
        const result = await startProgram("/bin/sh", ["-c", line], {
          home,
          env: { SHELL: "/bin/bash" },
        }).ended;
        assert.equal(result.code, 0, `${line}\n${result.stdout}${result.stderr}`);
        return result.stdout;
      };
      const out = await sh(`curl -fsSL ${host.address}/latest/download/install.sh | sh`);
      assert.match(out, /^installed claude-multi .* in .*\nnext: .* setup\n$/);
      const bin = `"$HOME/.claude-multi/bin"`;
      await sh(`${bin}/claude-multi setup --yes`);
      await sh(`${bin}/cl --version`);
      assert.deepEqual(claude.launches().at(-1)?.argv.slice(-1), ["--version"]);
      await sh(`bash -ic 'cl --version'`);
      await sh(`${bin}/claude-multi uninstall --yes`);
      await Deno.remove(home.multi, { recursive: true });
      assert.deepEqual(
        tree(home.path).filter((path) => !path.includes("/fake-claude")),
        before.filter((path) => !path.includes("/fake-claude")),
      );
    });

    await t.step(
      "npm installs it, with and without scripts, and says what is missing",
      async () => {
        const packages = `${RELEASE_FOLDER}/npm`;
        const main = `${packages}/claude-multi-${manifest.version}.tgz`;
        const platform = `${packages}/claude-multi-${hostTarget()}-${manifest.version}.tgz`;
        for (const flags of [[], ["--ignore-scripts"]]) {
          await using home = await TempHome.create();
          installFakeClaude(home);
          const prefix = `${home.path}/prefix`;
          const npm = async (args: readonly string[]) => {
            const all = ["--global", "--prefix", prefix, "--no-audit", "--no-fund", "--offline"];
            const result = await startProgram("npm", [...args, ...all, ...flags], {
              home,
              env: { PATH: Deno.env.get("PATH") ?? "" },
              timeoutMs: 300_000,
            }).ended;
            assert.equal(result.code, 0, result.stderr);
          };
          await npm(["install", main, platform]);
          const modules = `${prefix}/lib/node_modules`;
          // From the registry, npm puts the platform's package below the main one.
          for (const nested of [false, true]) {
            if (nested) {
              Deno.mkdirSync(`${modules}/claude-multi/node_modules`);
              Deno.renameSync(
                `${modules}/claude-multi-${hostTarget()}`,
                `${modules}/claude-multi/node_modules/claude-multi-${hostTarget()}`,
              );
            }
            const version = await startProgram(`${prefix}/bin/claude-multi`, ["--version"], {
              home,
            })
              .ended;
            assert.equal(version.stdout, SAYS, version.stderr);
          }
          const setup = await startProgram(`${prefix}/bin/claude-multi`, ["setup", "--yes"], {
            home,
          })
            .ended;
          assert.equal(setup.code, 0, setup.stderr);
          const gone = await startProgram(`${prefix}/bin/claude-multi`, ["uninstall", "--yes"], {
            home,
          }).ended;
          assert.match(gone.stdout, /to remove them too: npm uninstall --global claude-multi$/m);
          Deno.removeSync(`${modules}/claude-multi/node_modules`, { recursive: true });
          const missing = await startProgram(`${prefix}/bin/cl`, ["--version"], { home }).ended;
          assert.equal(missing.code, 1);
          assert.match(
            missing.stderr,
            /^claude-multi: the npm package claude-multi-\S+ is missing; install again.*\n$/,
          );
          await npm(["uninstall", "claude-multi"]);
          assert.deepEqual(tree(prefix).filter((path) => !path.endsWith("/")), []);
        }
      },
    );

    await t.step("the Debian package installs into an empty root, and purges", async () => {
      const deb = Array.from(Deno.readDirSync(RELEASE_FOLDER), ({ name }) => name)
        .find((name) => name.endsWith(".deb"));
      // Only Linux has one.
      if (!hostTarget().startsWith("linux")) return assert.equal(deb, undefined);
      await using home = await TempHome.create();
      const root = `${home.path}/root`;
      Deno.mkdirSync(`${root}/var/lib/dpkg/updates`, { recursive: true });
      Deno.mkdirSync(`${root}/var/lib/dpkg/info`);
      Deno.writeTextFileSync(`${root}/var/lib/dpkg/status`, "");
      const dpkg = async (...args: string[]) => {
        const flags = [`--root=${root}`, "--force-depends", "--force-not-root"];
        const result = await startProgram("dpkg", [...flags, ...args], { home }).ended;
        assert.equal(result.code, 0, result.stderr);
      };
      await dpkg("--install", `${RELEASE_FOLDER}/${deb}`);
      const version = await startProgram(`${root}/usr/bin/claude-multi`, ["--version"], { home })
        .ended;
      assert.equal(version.stdout, SAYS, version.stderr);
      const doc = `${root}/usr/share/doc/claude-multi`;
      assert.ok(Deno.readTextFileSync(`${doc}/copyright`).includes(NOTICES));
      assert.match(Deno.readTextFileSync(`${doc}/${NOTICES}`), /^deno .*^jsonc-parser /ms);
      for (const page of ["claude-multi", "claude-multi-statusline", "cl"]) {
        assert.ok(Deno.statSync(`${root}/usr/share/man/man1/${page}.1.gz`).isFile);
      }
      const completion =
        `. '${root}/usr/share/bash-completion/completions/claude-multi'; COMP_WORDS=(claude-multi sta); COMP_CWORD=1; __claude_multi_complete; printf '%s\\n' "\${COMPREPLY[@]}"`;
      const completed = await startProgram("bash", ["-c", completion], {
        home,
        env: { PATH: `${root}/usr/bin:/usr/bin:/bin` },
      }).ended;
      assert.ok(
        completed.stdout.split("\n").some((line) => line.trim() === "status"),
        completed.stdout,
      );
      await dpkg("--purge", "claude-multi");
      assert.deepEqual(tree(root).filter((path) => path.startsWith(`${root}/usr`)), []);
    });
  },
});
