// The versions of the official client with which the end-to-end tests are run: `make clients`.

/** The tested versions, oldest first. The oldest is the oldest that we support. */
export const TESTED_VERSIONS = ["2.1.197", "2.1.260", "2.1.300", "2.1.328", "2.1.332"] as const;

/** The oldest version that we support. */
export const OLDEST_TESTED: string = TESTED_VERSIONS[0];

/** The newest tested version, with which `make e2e` runs by default. */
export const NEWEST_TESTED: string = TESTED_VERSIONS[TESTED_VERSIONS.length - 1] ?? OLDEST_TESTED;

/** How a version relates to the tested ones. */
export type Tested = "tested" | "between" | "newer" | "older";

/** Says whether a version such as `2.1.300` was tested. */
export function testedAs(version: string): Tested {
  if ((TESTED_VERSIONS as readonly string[]).includes(version)) return "tested";
  if (compareVersions(version, OLDEST_TESTED) < 0) return "older";
  return compareVersions(version, NEWEST_TESTED) > 0 ? "newer" : "between";
}

function compareVersions(a: string, b: string): number {
  const numbers = (version: string) => version.split(".").map(Number);
  const [left, right] = [numbers(a), numbers(b)];
  const at = left.findIndex((number, index) => number !== right[index]);
  return at < 0 ? 0 : (left[at] ?? 0) - (right[at] ?? 0);
}
