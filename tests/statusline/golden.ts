// The golden files of the status line.
import { goldenFile } from "../helpers/golden.ts";

/** Compares a text with tests/statusline/golden/NAME.txt, or writes it if UPDATE_GOLDEN is 1. */
export function golden(name: string, actual: string): void {
  goldenFile(`tests/statusline/golden/${name}.txt`, actual);
}
