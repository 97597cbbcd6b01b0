// `make deb`: a Debian package for each Linux target, made with dpkg-deb.
import manifest from "../../deno.json" with { type: "json" };
import { EXECUTABLES } from "../executables.ts";
import { run } from "../toolchain.ts";
import { releaseAddress } from "./address.ts";
import { type Archive, packageAll, PROGRAMS, RELEASE_FOLDER, unpack } from "./archive.ts";
import { NOTICES } from "./third_party.ts";

const ARCHITECTURES: Readonly<Record<string, string>> = {
  "linux-x64": "amd64",
  "linux-arm64": "arm64",
};

/** The oldest glibc that the runtime needs: the newest version among the symbols that it imports. */
const DEPENDS = "libc6 (>= 2.27), libgcc-s1 (>= 4.2)";

const DESCRIPTION = `several Claude subscriptions, one terminal
 cl starts the official claude on the account with the most room. Each
 account has its own login; settings, skills, memory and conversations are
 shared. A conversation that meets a limit continues on another account, and
 a status line shows context, tokens and limits.
 .
 The official claude is not part of this package.`;

/** Deno's runtime brings the libraries that it uses, and cannot use the system's. */
const OVERRIDE = "# part of the runtime of deno compile\nclaude-multi: embedded-library lcms2 *\n";

const MAINTAINER = "claude-multi contributors <claude-multi@users.noreply.github.com>";

/**
 * Makes the Debian packages of the Linux archives in `output`; returns their files. The same archives and
 * date give the same bytes.
 * @throws Error if dpkg-deb cannot build one.
 */
export async function debPackages(
  archives: readonly Archive[],
  options: { work: string; output: string; address: string; date: Date },
): Promise<string[]> {
  const files: string[] = [];
  for (const archive of archives) {
    const architecture = ARCHITECTURES[archive.target];
    if (architecture === undefined) continue;
    const root = `${options.work}/deb-${archive.target}`;
    await fill(root, { ...options, unpacked: await unpack(archive, options.work), architecture });
    const file = `${options.output}/claude-multi_${manifest.version}_${architecture}.deb`;
    // The lightest xz: the next levels take ten times as long for a tenth less.
    const args = ["--root-owner-group", "-Zxz", "-z1", "--build", root, file];
    const env = { SOURCE_DATE_EPOCH: String(Math.floor(options.date.getTime() / 1000)) };
    const { success, stderr } = await run("dpkg-deb", args, { env });
    if (!success) throw new Error(`dpkg-deb cannot build ${file}: ${stderr}`);
    files.push(file);
  }
  return files;
}

interface Content {
  unpacked: string;
  architecture: string;
  address: string;
  date: Date;
}

/** Fills the root of a package. */
async function fill(root: string, { unpacked, architecture, address, date }: Content) {
  const put = (path: string, text: string) => {
    make(`${root}/${path}`);
    Deno.writeTextFileSync(`${root}/${path}`, text);
    Deno.chmodSync(`${root}/${path}`, 0o644);
  };
  const move = (from: string, to: string) => {
    make(`${root}/${to}`);
    Deno.renameSync(`${unpacked}/${from}`, `${root}/${to}`);
  };
  for (const program of PROGRAMS) move(program, `usr/bin/${program}`);
  for (const page of Object.keys(EXECUTABLES)) {
    move(`man/${page}.1`, `usr/share/man/man1/${page}.1`);
  }
  for (
    const [from, to] of [
      ["claude-multi.bash", "bash-completion/completions/claude-multi"],
      ["_claude-multi", "zsh/vendor-completions/_claude-multi"],
      ["claude-multi.fish", "fish/vendor_completions.d/claude-multi.fish"],
    ]
  ) move(`completions/${from}`, `usr/share/${to}`);
  const doc = "usr/share/doc/claude-multi";
  move("CHANGELOG.md", `${doc}/NEWS.md`);
  move(NOTICES, `${doc}/${NOTICES}`);
  put(`${doc}/changelog`, debianChangelog(date));
  put(`${doc}/copyright`, copyright(Deno.readTextFileSync(`${unpacked}/LICENSE`)));
  const pages = `${root}/usr/share/man/man1`;
  await gzip([
    `${root}/${doc}/changelog`,
    `${root}/${doc}/NEWS.md`,
    ...Object.keys(EXECUTABLES).map((page) => `${pages}/${page}.1`),
  ]);
  // The completions and the page of claude-multi are those of cl too.
  Deno.symlinkSync("claude-multi.1.gz", `${pages}/cl.1.gz`);
  Deno.symlinkSync("claude-multi.1.gz", `${pages}/claude-multi-ide.1.gz`);
  Deno.symlinkSync("claude-multi", `${root}/usr/share/bash-completion/completions/cl`);
  Deno.symlinkSync("claude-multi.fish", `${root}/usr/share/fish/vendor_completions.d/cl.fish`);
  put("usr/share/claude-multi/package", "sudo apt remove claude-multi\n");
  put("usr/share/lintian/overrides/claude-multi", OVERRIDE);
  const sums = await sumsOf(root);
  for (const path of filesIn(`${root}/usr`)) Deno.utimeSync(path, date, date);
  put("DEBIAN/md5sums", sums);
  put("DEBIAN/control", control({ architecture, address, bytes: bytesIn(`${root}/usr`) }));
  for (const folder of foldersIn(root)) Deno.chmodSync(folder, 0o755);
}

function make(path: string) {
  Deno.mkdirSync(path.replace(/\/[^/]*$/, ""), { recursive: true });
}

function control(of: { architecture: string; address: string; bytes: number }): string {
  return [
    "Package: claude-multi",
    `Version: ${manifest.version}`,
    `Architecture: ${of.architecture}`,
    `Maintainer: ${MAINTAINER}`,
    `Installed-Size: ${Math.ceil(of.bytes / 1024)}`,
    `Depends: ${DEPENDS}`,
    "Section: utils",
    "Priority: optional",
    ...of.address === "" ? [] : [`Homepage: ${of.address.replace(/\/releases$/, "")}`],
    `Description: ${DESCRIPTION}`,
    "",
  ].join("\n");
}

function debianChangelog(date: Date): string {
  return [
    `claude-multi (${manifest.version}) stable; urgency=medium`,
    "",
    "  * See NEWS.md.gz in this folder.",
    "",
    ` -- ${MAINTAINER}  ${date.toUTCString().replace("GMT", "+0000")}`,
    "",
  ].join("\n");
}

function copyright(license: string): string {
  const [holder = ""] = /Copyright .*/.exec(license) ?? [];
  const terms = license.slice(license.indexOf(holder) + holder.length).trim();
  return [
    "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/",
    "",
    "Files: *",
    `Copyright: ${holder.replace(/^Copyright (\(c\) )?/, "")}`,
    `Comment: The programs contain software of others, whose licences are in ${NOTICES}`,
    " beside this file.",
    "License: Expat",
    ...terms.split("\n").map((line) => line === "" ? " ." : ` ${line}`),
    "",
  ].join("\n");
}

async function gzip(paths: readonly string[]) {
  const { success, stderr } = await run("gzip", ["-9n", ...paths]);
  if (!success) throw new Error(`cannot compress: ${stderr}`);
}

/** The checksums that Debian's own tools verify; MD5, as they require. */
async function sumsOf(root: string): Promise<string> {
  const command = "find usr -type f | LC_ALL=C sort | xargs md5sum";
  const { stdout } = await new Deno.Command("sh", { args: ["-c", command], cwd: root }).output();
  return new TextDecoder().decode(stdout);
}

function foldersIn(folder: string): string[] {
  const inner = Array.from(Deno.readDirSync(folder)).filter(({ isDirectory }) => isDirectory);
  return [folder, ...inner.flatMap(({ name }) => foldersIn(`${folder}/${name}`))];
}

/** Regular files only: a link has no time of its own. */
function filesIn(folder: string): string[] {
  return foldersIn(folder).flatMap((inner) =>
    Array.from(Deno.readDirSync(inner)).filter(({ isFile }) => isFile)
      .map(({ name }) => `${inner}/${name}`)
  );
}

function bytesIn(folder: string): number {
  return filesIn(folder).reduce((sum, path) => sum + Deno.statSync(path).size, 0);
}

if (import.meta.main) {
  const epoch = Deno.env.get("SOURCE_DATE_EPOCH");
  const date = epoch === undefined ? new Date() : new Date(Number(epoch) * 1000);
  await packageAll(manifest.version, async (archives, work) => {
    await debPackages(archives, { work, output: RELEASE_FOLDER, address: releaseAddress(), date });
  });
}
