// A browser without a window for tests of pages: Chromium, or Chrome.
import type { Browser } from "playwright-core";
import { chromium } from "playwright-core";
import { absent } from "./needs.ts";

/** Where browsers are: names on PATH, and where macOS has applications. */
const NAMES = ["chromium", "google-chrome", "google-chrome-stable"];
const APPLICATIONS = [
  "Chromium.app/Contents/MacOS/Chromium",
  "Google Chrome.app/Contents/MacOS/Google Chrome",
];

function browserPath(): string | null {
  // A browser in a snap sees no file in /tmp.
  const folders = (Deno.env.get("PATH") ?? "").split(":").filter((dir) => dir !== "/snap/bin");
  const places = [
    ...NAMES.flatMap((name) => folders.map((folder) => `${folder}/${name}`)),
    ...APPLICATIONS.map((name) => `/Applications/${name}`),
    // Where playwright-core installs one, which .ci/run asks it to where the system has none.
    chromium.executablePath(),
  ];
  return places.find((path) => {
    try {
      return Deno.statSync(path).isFile;
    } catch {
      return false;
    }
  }) ?? null;
}

/**
 * Spread into a test that needs a browser, like `needs` of other programs.
 * @throws Error in CI if there is none.
 */
export function needsBrowser(): { ignore: boolean } {
  if (browserPath() !== null) return { ignore: false };
  const advice = Deno.build.os === "darwin"
    ? "brew install --cask google-chrome"
    : "apt-get install chromium";
  return absent("chromium", advice);
}

/** Starts the browser; the caller closes it. */
export function startBrowser(): Promise<Browser> {
  const executablePath = browserPath();
  if (executablePath === null) throw new Error("there is no browser");
  // Root has no sandbox of Chromium's.
  return chromium.launch({ executablePath, chromiumSandbox: Deno.uid() !== 0 });
}
