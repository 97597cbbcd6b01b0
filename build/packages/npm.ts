// `make npm`: the package claude-multi, and one optional package with the programs of each platform.
import manifest from "../../deno.json" with { type: "json" };
import { EXECUTABLES } from "../executables.ts";
import type { Target } from "../targets.ts";
import { ROOT, run } from "../toolchain.ts";
import { type Archive, packageAll, PROGRAMS, RELEASE_FOLDER, unpack } from "./archive.ts";
import { NOTICES } from "./third_party.ts";

/** Node's names of a target. */
function platformOf(target: Target): { os: string[]; cpu: string[]; libc?: string[] } {
  const [os, cpu = ""] = target.split("-");
  return os === "linux"
    ? { os: ["linux"], cpu: [cpu], libc: ["glibc"] }
    : { os: ["darwin"], cpu: [cpu] };
}

const COMMON = {
  version: manifest.version,
  description: "Several Claude subscriptions, one terminal",
  license: "MIT",
};

/**
 * Packs the npm packages of these archives into `output`; returns their files, the main one first.
 * @throws Error if npm cannot pack them.
 */
export async function npmPackages(
  archives: readonly Archive[],
  { work, output }: { work: string; output: string },
): Promise<string[]> {
  const platforms: string[] = [];
  let unpacked = "";
  for (const archive of archives) {
    unpacked = await unpack(archive, work);
    const name = `claude-multi-${archive.target}`;
    const folder = `${work}/npm/${name}`;
    Deno.mkdirSync(`${folder}/bin`, { recursive: true });
    for (const program of Object.keys(EXECUTABLES)) {
      Deno.renameSync(`${unpacked}/${program}`, `${folder}/bin/${program}`);
    }
    for (const file of ["LICENSE", NOTICES]) {
      Deno.copyFileSync(`${unpacked}/${file}`, `${folder}/${file}`);
    }
    Deno.writeTextFileSync(
      `${folder}/README.md`,
      `The programs of claude-multi for ${archive.target}. Install \`claude-multi\` instead.\n`,
    );
    // What `claude-multi uninstall` says about removing the programs.
    Deno.mkdirSync(`${folder}/share/claude-multi`, { recursive: true });
    Deno.writeTextFileSync(
      `${folder}/share/claude-multi/package`,
      "npm uninstall --global claude-multi\n",
    );
    writePackage(folder, { name, ...platformOf(archive.target), preferUnplugged: true });
    platforms.push(name);
  }
  const folder = `${work}/npm/claude-multi`;
  Deno.mkdirSync(`${folder}/bin`, { recursive: true });
  Deno.renameSync(`${unpacked}/man`, `${folder}/man`);
  for (
    const [from, to] of [
      [`${unpacked}/cl`, "bin/cl"],
      [`${unpacked}/claude-multi-ide`, "bin/claude-multi-ide"],
      [`${unpacked}/README.md`, "README.md"],
      [`${unpacked}/LICENSE`, "LICENSE"],
      ...Object.keys(EXECUTABLES).map((name) => [
        `${ROOT}/build/packages/npm_program.sh`,
        `bin/${name}`,
      ]),
    ] as const
  ) {
    Deno.copyFileSync(from, `${folder}/${to}`);
  }
  writePackage(folder, {
    name: "claude-multi",
    os: ["linux", "darwin"],
    cpu: ["x64", "arm64"],
    bin: Object.fromEntries(PROGRAMS.map((name) => [name, `bin/${name}`])),
    man: Array.from(Deno.readDirSync(`${folder}/man`), ({ name }) => `man/${name}`).toSorted(),
    optionalDependencies: Object.fromEntries(platforms.map((name) => [name, manifest.version])),
  });
  Deno.mkdirSync(output, { recursive: true });
  const names = ["claude-multi", ...platforms];
  for (const name of names) {
    const { success, stderr } = await run("npm", [
      "pack",
      "--silent",
      "--ignore-scripts",
      "--pack-destination",
      output,
      `${work}/npm/${name}`,
    ]);
    if (!success) throw new Error(`npm cannot pack ${name}: ${stderr}`);
  }
  return names.map((name) => `${output}/${name}-${manifest.version}.tgz`);
}

function writePackage(folder: string, fields: Record<string, unknown>) {
  const text = JSON.stringify({ ...fields, ...COMMON }, null, 2);
  Deno.writeTextFileSync(`${folder}/package.json`, `${text}\n`);
}

if (import.meta.main) {
  await packageAll(manifest.version, async (archives, work) => {
    await npmPackages(archives, { work, output: `${RELEASE_FOLDER}/npm` });
  });
}
