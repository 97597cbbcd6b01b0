// The versions of the official client that `make clients` tests, and those that pass.

/** The versions that we support, oldest first. */
export const SUPPORTED_VERSIONS = ["2.1.197", "2.1.260", "2.1.300", "2.1.328", "2.1.332"] as const;

/** Those that passed every test, as docs/compatibility.md shows: `make clients` writes both. */
const PASSED = "2.1.197 2.1.260 2.1.300 2.1.328 2.1.332";

/** The versions that passed every test. */
export const TESTED_VERSIONS: readonly string[] = PASSED.split(" ").filter((word) => word !== "");

/** The oldest version that we support. */
export const OLDEST_SUPPORTED: string = SUPPORTED_VERSIONS[0];

/** The newest version that we support, with which `make e2e` runs by default. */
export const NEWEST_SUPPORTED: string = SUPPORTED_VERSIONS.at(-1) ?? OLDEST_SUPPORTED;

/** How a version relates to the tested ones. */
export type Tested = "tested" | "between" | "newer" | "older";

/** Says whether a version such as `2.1.300` was tested. */
export function testedAs(version: string): Tested {
  if (TESTED_VERSIONS.includes(version)) return "tested";
  if (compareVersions(version, OLDEST_SUPPORTED) < 0) return "older";
  return compareVersions(version, NEWEST_SUPPORTED) > 0 ? "newer" : "between";
}

function compareVersions(a: string, b: string): number {
  const numbers = (version: string) => version.split(".").map(Number);
  const [left, right] = [numbers(a), numbers(b)];
  const at = left.findIndex((number, index) => number !== right[index]);
  return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}
