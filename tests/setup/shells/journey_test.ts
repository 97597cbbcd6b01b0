// The journey of a new user: install a release, set up, use new shells, uninstall without a trace.
import assert from "node:assert/strict";
import { type Entry, writeArchive } from "../../../build/archives.ts";
import { hostTarget } from "../../../build/targets.ts";
import { binary, startProgram } from "../../helpers/binaries.ts";
import { installFakeClaude } from "../../helpers/fake_claude.ts";
import { needs } from "../../helpers/needs.ts";
import { repositoryPath } from "../../helpers/paths.ts";
import { TempHome } from "../../helpers/temp_home.ts";

const NAME = `claude-multi-1.2.3-${hostTarget()}`;

/** Every path below a folder except ours, with its mode and content. */
function tree(path: string): string[] {
  return Array.from(Deno.readDirSync(path)).flatMap(({ name, isFile, isDirectory }) => {
    const inner = `${path}/${name}`;
    if (name === ".claude-multi") return [];
    const mode = ((Deno.lstatSync(inner).mode ?? 0) & 0o777).toString(8);
    if (isDirectory) return [`${inner}/ ${mode}`, ...tree(inner)];
    return [`${inner} ${mode} ${isFile ? Deno.readTextFileSync(inner) : Deno.readLinkSync(inner)}`];
  }).toSorted();
}

Deno.test({
  name: "installed from a release, set up, used in new shells, and gone without a trace",
  ...needs("zsh", "fish"),
  async fn() {
    await using release = await TempHome.create();
    const entries: Entry[] = [
      binary("claude-multi"),
      binary("claude-multi-statusline"),
      repositoryPath("shell/cl"),
      repositoryPath("docs/man/claude-multi.1"),
    ].map((path) => {
      const name = path.replace(/.*\//, "");
      const inner = name.endsWith(".1") ? `man/${name}` : name;
      return { name: `${NAME}/${inner}`, mode: 0o755, bytes: Deno.readFileSync(path) };
    });
    const cl = Deno.readFileSync(repositoryPath("shell/cl"));
    entries.push({ name: `${NAME}/claude-multi-ide`, mode: 0o755, bytes: cl });
    const archive = `${release.path}/${NAME}.tar.gz`;
    await writeArchive(archive, entries);
    const bytes = Deno.readFileSync(archive);
    const sum = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
    await using server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      (request) =>
        request.url.endsWith("/SHA256SUMS")
          ? new Response(`${sum}  ${NAME}.tar.gz\n`)
          : new Response(bytes),
    );

    await using home = await TempHome.create("claude-multi new user ");
    await Deno.remove(home.multi);
    home.seedSharedHome("kate");
    const claude = installFakeClaude(home);
    await Deno.writeTextFile(`${home.path}/.zshrc`, "PS1='> '");
    const before = tree(home.path);
    const run = async (
      program: string,
      args: readonly string[],
      env: Record<string, string> = {},
    ) => {
      const result = await startProgram(program, args, { home, env }).ended;
      assert.equal(
        result.code,
        0,
        `${program} ${args.join(" ")}\n${result.stderr}${result.stdout}`,
      );
      return result.stdout;
    };

    const installed = await run("/bin/sh", [repositoryPath("shell/install.sh")], {
      CLAUDE_MULTI_RELEASES: `http://127.0.0.1:${server.addr.port}`,
      TMPDIR: release.path,
    });
    const typed = /^next: (.*) setup$/m.exec(installed)?.[1] ?? "";
    const next = `${home.multi}/bin/claude-multi`;
    assert.equal(typed, `'${next}'`);
    // SHELL isn't set, as in a container, so every installed shell is set up.
    await run(next, ["setup", "--yes"]);

    for (
      const [shell, complete] of [
        ["bash", "complete -p claude-multi"],
        ["zsh", "whence __claude_multi_complete; [[ $precmd_functions == *claude_multi* ]]"],
        ["fish", "complete -C 'claude-multi run --account ' | grep personal"],
      ] as const
    ) {
      const launches = claude.launches().length;
      const script = `${complete} && cl-personal -p x && claude-multi list && cl -p y`;
      // A login shell starts with the system's PATH.
      const env = { CLAUDE_MULTI_CLAUDE: `${home.bin}/claude` };
      assert.match(await run(`/usr/bin/${shell}`, ["-l", "-i", "-c", script], env), /personal/);
      assert.equal(claude.launches().length, launches + 2, shell);
    }
    await run(`${home.multi}/bin/cl`, ["-p", "z"]);

    const gone = await run("/bin/sh", [repositoryPath("shell/install.sh"), "--uninstall"]);
    assert.match(gone, /removed the programs/);
    assert.deepEqual(
      tree(home.path).filter((line) => !isOfClient(line)),
      before.filter((line) => !isOfClient(line)),
    );
    for (const name of ["bin", "shell", "share"]) {
      assert.throws(() => Deno.statSync(`${home.multi}/${name}`), Deno.errors.NotFound);
    }

    function isOfClient(line: string): boolean {
      // Files that a client writes while it runs, and the shells' own files.
      return /\/(\.claude(\/|\.json)|\.local|\.cache|\.bash_history|\.zcompdump|bin\/)/.test(
        line,
      ) ||
        line.includes("/.config/fish/fish_variables") || /\/\.config\/( |fish\/ )/.test(line);
    }
  },
});
