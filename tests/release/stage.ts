// A release on this machine: its folder, a loopback server that stands for the release host, and a `gh`
// that publishes there.
import { repositoryPath } from "../helpers/paths.ts";
import { startProgram } from "../helpers/binaries.ts";
import type { RunResult } from "../helpers/binaries.ts";
import type { TempHome } from "../helpers/temp_home.ts";

/** A loopback server of files in `folder`, with the addresses that a release host has. */
export class ReleaseHost implements AsyncDisposable {
  readonly asked: string[] = [];
  readonly #server: Deno.HttpServer<Deno.NetAddr>;

  constructor(readonly folder: string) {
    this.#server = Deno.serve(
      { hostname: "127.0.0.1", port: 0, onListen() {} },
      async (request) => {
        const { pathname } = new URL(request.url);
        this.asked.push(pathname);
        const inside = pathname.replace(/^\/o\/claude-multi\/releases\//, "");
        try {
          return new Response((await Deno.open(`${this.folder}/${inside}`)).readable);
        } catch {
          return new Response("no", { status: 404 });
        }
      },
    );
  }

  /** The address of the releases. */
  get address(): string {
    return `http://127.0.0.1:${this.#server.addr.port}/o/claude-multi/releases`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server.shutdown();
  }
}

/**
 * Puts a `gh` on the home's PATH that knows `gh release create TAG … FILES`: it copies the files to where
 * the release host serves them, and what it was told to `calls`.
 */
export function installGh(home: TempHome, folder: string): void {
  Deno.writeTextFileSync(
    `${home.bin}/gh`,
    `#!/bin/sh
set -eu
printf '%s\\n' "$*" >> '${folder}/calls'
[ "$1 $2" = "release create" ]
tag=$3
shift 3
mkdir -p '${folder}'/latest/download "${folder}/download/$tag"
while [ $# -gt 0 ]; do
  case $1 in
    --verify-tag) shift ;;
    --title) shift 2 ;;
    --notes-file) cp "$2" '${folder}/notes'; shift 2 ;;
    *) ln "$1" "${folder}/download/$tag/" && ln "$1" '${folder}/latest/download/'; shift ;;
  esac
done
`,
    { mode: 0o755 },
  );
}

/** Runs a script of `.ci` as the workflow does. */
export async function ci(
  home: TempHome,
  args: readonly string[],
  env: Record<string, string> = {},
): Promise<RunResult> {
  const own = Deno.env.toObject();
  return await startProgram(repositoryPath(`.ci/${args[0]}`), args.slice(1), {
    home,
    onlyEnv: {
      // Deno, npm and dpkg are the machine's; only gh is ours.
      ...own,
      PATH: `${home.bin}:${own["PATH"]}`,
      ...env,
    },
    cwd: repositoryPath("."),
    timeoutMs: 900_000,
  }).ended;
}
