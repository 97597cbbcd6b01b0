// What the demo prints: steps, commands, their output, and checks that pass or fail.

const colored = Deno.stdout.isTerminal() && !Deno.env.get("NO_COLOR") &&
  Deno.env.get("TERM") !== "dumb";
const paint = (code: string, text: string): string =>
  colored ? `\x1b[${code}m${text}\x1b[0m` : text;

let steps = 0;
let held = 0;
const broken: string[] = [];

/** Variables that make a child process print for this terminal. */
export function lookOfChildren(): Record<string, string> {
  return colored
    ? { FORCE_COLOR: "1", COLORTERM: Deno.env.get("COLORTERM") ?? "truecolor", COLUMNS: "100" }
    : { NO_COLOR: "1", COLUMNS: "100" };
}

/** Prints the heading of the next step. */
export function step(title: string): void {
  console.log(`\n${paint("1;34", `${++steps}. ${title}`)}`);
}

/** Prints a sentence. */
export function tell(text: string): void {
  console.log(`   ${text}`);
}

/** Prints a command the way a user would type it. */
export function command(text: string): void {
  console.log(`   ${paint("2", "$")} ${paint("1", text)}`);
}

/** Prints the output of a command. */
export function output(text: string): void {
  for (const line of text.trimEnd().split("\n")) console.log(`     ${line}`);
}

/** Prints whether a check passed; one that fails makes the demo fail. */
export function claim(text: string, options: { holds: boolean; found?: unknown }): void {
  if (options.holds) {
    held++;
    console.log(`   ${paint("32", "✓")} ${text}`);
    return;
  }
  broken.push(text);
  console.log(`   ${paint("1;31", "✗")} ${text}`);
  if (options.found !== undefined) console.log(`     found: ${JSON.stringify(options.found)}`);
}

/** Prints the last line and returns the exit code. */
export function closing(elapsedMs: number): number {
  const seconds = (elapsedMs / 1000).toFixed(1);
  console.log();
  if (broken.length > 0) {
    console.log(paint("1;31", `${broken.length} of ${held + broken.length} checks failed.`));
    return 1;
  }
  console.log(paint("1;32", `All ${held} checks passed`) + ` in ${seconds} s.`);
  return 0;
}
