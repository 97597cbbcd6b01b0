// The address of the releases, and the files of a release that name it.
import { ROOT } from "../toolchain.ts";

/**
 * The address of the releases: from RELEASES, else from build/address, the only file that says it. It has
 * `latest/download/FILE` and `download/vVERSION/FILE` below it. Empty before the first release.
 * @throws Error if it isn't one that installers accept.
 */
export function releaseAddress(): string {
  const address = Deno.env.get("RELEASES") ?? Deno.readTextFileSync(`${ROOT}/build/address`).trim();
  if (
    address === "" || /^https:\/\/[\w.~:/-]+[\w]$|^http:\/\/127\.0\.0\.1:\d+[\w/-]*$/.test(address)
  ) {
    return address;
  }
  throw new Error(`cannot use "${address}" as the address of releases: it isn't an https address`);
}

/** install.sh as a release ships it: with the address in the line that is empty in the repository. */
export function installScript(text: string, address: string): string {
  if (!/^published=$/m.test(text)) throw new Error("install.sh has no line published=");
  return text.replace(/^published=$/m, () => `published=${address}`);
}

/** The lines of the README that say how to install, with the address if there is one. */
export function installLines(address: string): string {
  if (address === "") {
    return [
      "You need Linux or macOS with the official `claude`, git, make, curl and npm. There is no published",
      "release yet, so build it from a clone:",
      "",
      "```sh",
      "make install                              # build, and install into ~/.claude-multi/bin",
      "~/.claude-multi/bin/claude-multi setup    # then open a new terminal and type cl",
      "```",
    ].join("\n");
  }
  return [
    "You need Linux or macOS with the official `claude`:",
    "",
    "```sh",
    `curl -fsSL ${address}/latest/download/install.sh | sh`,
    "~/.claude-multi/bin/claude-multi setup    # then open a new terminal and type cl",
    "```",
    "",
    "[docs/install.md](docs/install.md) has Homebrew, npm, mise, Debian packages and more. In a clone,",
    "`make install` builds and installs it.",
  ].join("\n");
}

const MARKED = /(<!-- made by make docs: install -->)[^]*?(<!-- end -->)/;

/** A README whose lines on installing name an address. */
export function withAddress(readme: string, address: string): string {
  return readme.replace(
    MARKED,
    (_, begin, end) => `${begin}\n\n${installLines(address)}\n\n${end}`,
  );
}
