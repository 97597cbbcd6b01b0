// The licences of what the programs contain besides our own code: Deno, and the npm packages of which the
// bundler took something. They ask to be shipped with the programs, so every archive has them.
import { bundle, cacheFolders } from "../bundle.ts";
import { EXECUTABLES } from "../executables.ts";
import { ROOT } from "../toolchain.ts";

/** The name of the file in archives and packages. */
export const NOTICES = "THIRD-PARTY-NOTICES";

/** How a readable bundle names a module of a package: package, version, and path inside it. */
const MODULE = /^\/\/ npm:((?:@[^/\n]+\/)?[^/\n]+\/[^/\n]+)\/(.+)$/gm;
const LICENCE_FILE = /^(licen[cs]e|copying|notice)/i;
/** A comment at the start of a line: a block, or lines that follow each other. */
const COMMENT = /^[ \t]*(?:\/\*[^]*?\*\/|\/\/.*(?:\n[ \t]*\/\/.*)*)/gm;
const RULE = "=".repeat(78);

/** What has to be said about a package. */
export interface Notice {
  readonly name: string;
  readonly version: string;
  /** Its licence by the identifier of SPDX, such as `MIT`. */
  readonly licence: string;
  /** Its licence files, and comments of bundled modules that name the licence of foreign code in them. */
  readonly terms: string;
}

/**
 * The text of {@link NOTICES} for the programs of this checkout: the same on every machine.
 * @throws Error if bundling fails, or a package doesn't say its licence or has no file with it.
 */
export async function thirdPartyNotices(): Promise<string> {
  const { npmCache } = await cacheFolders();
  const hosts = Array.from(Deno.readDirSync(npmCache), ({ name }) => `${npmCache}/${name}`);
  const notices = (await bundledModules()).entries().map(([place, modules]) => {
    const folder = hosts.map((host) => `${host}/${place}`).find(exists);
    if (folder === undefined) {
      throw new Error(`cannot write ${NOTICES}: ${place} isn't in npm's cache`);
    }
    return noticeOf(folder, modules);
  });
  return noticesText([...notices]);
}

/** The bundled modules of each package, by `NAME/VERSION`; minifying takes none of them away. */
async function bundledModules(): Promise<Map<string, Set<string>>> {
  const found = new Map<string, Set<string>>();
  const folder = Deno.makeTempDirSync();
  try {
    for (const { entry } of Object.values(EXECUTABLES)) {
      for (const text of (await bundle(entry, { root: ROOT, folder, readable: true })).values()) {
        for (const [, place = "", path = ""] of text.matchAll(MODULE)) {
          found.set(place, (found.get(place) ?? new Set()).add(path));
        }
      }
    }
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
  return found;
}

/**
 * Reads the notice of a package in `folder` from its files and these of its modules.
 * @throws Error if it doesn't say its licence, or has no file with it.
 */
export function noticeOf(folder: string, modules: Iterable<string>): Notice {
  const { name, version, license } = JSON.parse(Deno.readTextFileSync(`${folder}/package.json`));
  const fail = (why: string) => new Error(`cannot write ${NOTICES}: ${name} ${version} ${why}`);
  if (typeof license !== "string") throw fail("doesn't say its licence in package.json");
  const read = (path: string) =>
    Deno.readTextFileSync(`${folder}/${path}`).replaceAll("\r\n", "\n").trim();
  const files = Array.from(Deno.readDirSync(folder), (file) => file.isFile ? file.name : "")
    .filter((file) => LICENCE_FILE.test(file)).sort();
  if (files.length === 0) throw fail("has no licence file");
  const comments = [...modules].sort().flatMap((path) => read(path).match(COMMENT) ?? [])
    .filter((comment) => /licen[cs]/i.test(comment)).map((comment) => comment.trim());
  const inside = comments.length === 0 ? [] : ["In its sources:", ...new Set(comments)];
  return { name, version, licence: license, terms: [...files.map(read), ...inside].join("\n\n") };
}

/** All notices as one text, Deno's first; packages with the same terms share them. */
export function noticesText(notices: readonly Notice[]): string {
  const sorted = notices.map((notice) => ({ ...notice, key: `${notice.name} ${notice.version}` }))
    .sort((a, b) => a.key < b.key ? -1 : 1);
  const parts = Map.groupBy(sorted, ({ terms }) => terms).entries().map(([terms, sharing]) =>
    `${sharing.map(({ key, licence }) => `${key} (${licence})\n`).join("")}\n${terms}`
  );
  const programs = Object.keys(EXECUTABLES).join(" and ");
  const intro = `${programs} contain the software below, each under its own
licence. The licence of claude-multi itself is in LICENSE.`;
  return `${[intro, denoPart(), ...parts].join(`\n\n${RULE}\n`)}\n`;
}

/** Deno has the licence that we have, from its own authors. */
function denoPart(): string {
  const { deno } = Deno.version;
  const licence = Deno.readTextFileSync(`${ROOT}/LICENSE`).trim();
  return `deno ${deno} (MIT)

The runtime. Its licence is LICENSE.md in its sources, whose Cargo.lock names what it contains in turn:
https://github.com/denoland/deno/tree/v${deno}

${licence.replace(/^Copyright .*$/m, "Copyright 2018-2026 the Deno authors")}`;
}

function exists(folder: string): boolean {
  try {
    return Deno.statSync(folder).isDirectory;
  } catch {
    return false;
  }
}
