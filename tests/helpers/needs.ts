// Decides whether a test that needs a program can run.

/** What to install for each program that a test may need. */
const PACKAGES = {
  bwrap: "bubblewrap",
  curl: "curl",
  direnv: "direnv",
  fish: "fish",
  jq: "jq",
  lintian: "lintian",
  ruby: "ruby",
  shellcheck: "shellcheck",
  strace: "strace",
  tmux: "tmux",
  wget: "wget",
  zoxide: "zoxide",
  zsh: "zsh",
} as const;

/** A program that a test may need beyond those of the build. */
export type Program = keyof typeof PACKAGES;

/** Programs that other systems don't have. */
const LINUX_ONLY: readonly Program[] = ["bwrap", "lintian", "strace"];

const told = new Set<string>();

/**
 * Spread into a test: `Deno.test({ name, ...needs("tmux"), fn })`. If a program is missing, the
 * test is ignored, and one line on stderr names what to install.
 * @throws Error in CI (if `CI` is set), where nothing may be missing that the system can have.
 */
export function needs(...programs: readonly Program[]): { ignore: boolean } {
  const missing = programs.filter((program) => !isOnPath(program));
  for (const program of missing) {
    absent(program, `apt-get install ${PACKAGES[program]}`, {
      cannotBe: Deno.build.os !== "linux" && LINUX_ONLY.includes(program),
    });
  }
  return { ignore: missing.length > 0 };
}

/**
 * What a test is told whose program is missing; `install` is the command that installs it.
 * @throws Error in CI, unless the system can't have it.
 */
export function absent(
  program: string,
  install: string,
  { cannotBe = false }: { cannotBe?: boolean } = {},
): { ignore: true } {
  const advice = `install it with: ${install}`;
  if (Deno.env.get("CI") && !cannotBe) throw new Error(`"${program}" is missing; ${advice}`);
  if (!told.has(program)) console.error(`SKIPPED: tests that need "${program}"; ${advice}`);
  told.add(program);
  return { ignore: true };
}

function isOnPath(program: string): boolean {
  return (Deno.env.get("PATH") ?? "").split(":").some((dir) => {
    try {
      const info = Deno.statSync(`${dir}/${program}`);
      return info.isFile && ((info.mode ?? 0) & 0o111) !== 0;
    } catch {
      return false;
    }
  });
}
