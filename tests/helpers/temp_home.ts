// Throw-away homes: a HOME with made-up accounts that is deleted after the test.
import { modelLimits } from "./model_limits.ts";
import { credentialsOf, fakeIdentity, oauthAccountOf } from "./identity.ts";

/** How an account is seeded. */
export interface SeedOptions {
  /** The config dir. */
  dir: string;
  /** Whose login it has. */
  name: string;
  /** Path of `.claude.json` (default: `<dir>/.claude.json`). */
  globalConfig?: string;
  /** Folders that are already trusted. */
  trusted?: readonly string[];
  /** `blank`: emptied tokens, as a refused refresh leaves them; `none`: never logged in. */
  login?: "ok" | "blank" | "none";
  /** Whether the questions of the first start are answered (default: true). */
  onboarded?: boolean;
  /** Seconds until the access token expires (default: 28000). */
  expiresInSeconds?: number;
  /** More keys for `.claude.json`. */
  more?: Record<string, unknown>;
}

/** One window of a seeded reading. */
export interface SeededWindow {
  /** 0–100. */
  percentUsed: number;
  /** null: no reset is known. */
  resetsAtMs: number | null;
}

const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Writes what a logged-in account has: `.credentials.json` (0600) and `.claude.json` (0600). */
export function seedAccount(options: SeedOptions): void {
  const identity = fakeIdentity(options.name);
  const login = options.login ?? "ok";
  Deno.mkdirSync(options.dir, { recursive: true, mode: 0o700 });
  Deno.chmodSync(options.dir, 0o700);
  if (login !== "none") {
    const expiresAtMs = Date.now() + (options.expiresInSeconds ?? 28_000) * 1000;
    const credentials = credentialsOf(identity, { expiresAtMs, blank: login === "blank" });
    writePrivate(`${options.dir}/.credentials.json`, JSON.stringify(credentials));
  }
  const onboarded = options.onboarded ?? true;
  writeJson(options.globalConfig ?? `${options.dir}/.claude.json`, {
    numStartups: 1,
    ...(onboarded ? { hasCompletedOnboarding: true, lastOnboardingVersion: "9.9.9" } : {}),
    ...(login === "none" ? {} : { oauthAccount: oauthAccountOf(identity) }),
    projects: Object.fromEntries((options.trusted ?? []).map((path) => [path, {
      hasTrustDialogAccepted: true,
      hasCompletedProjectOnboarding: true,
      projectOnboardingSeenCount: 9,
      allowedTools: [],
    }])),
    ...options.more,
  });
}

/**
 * Puts the usage answer that the client caches into a `.claude.json`: utilization 0–100, resets as
 * ISO times (CONTRACT §8). A window that is left out is null, as from the service.
 */
export function seedCachedUsage(globalConfig: string, options: {
  name: string;
  fetchedAtMs?: number;
  fiveHour?: SeededWindow;
  sevenDay?: SeededWindow;
  /** Percent used of the weekly windows of models, by the names that the service shows. */
  models?: Readonly<Record<string, number>>;
}): void {
  const windowOf = (window: SeededWindow | undefined): unknown =>
    window === undefined ? null : {
      utilization: window.percentUsed,
      resets_at: window.resetsAtMs === null ? null : new Date(window.resetsAtMs).toISOString(),
    };
  const config = JSON.parse(Deno.readTextFileSync(globalConfig)) as Record<string, unknown>;
  config["cachedUsageUtilization"] = {
    fetchedAtMs: options.fetchedAtMs ?? Date.now(),
    accountUuid: fakeIdentity(options.name).accountUuid,
    utilization: {
      five_hour: windowOf(options.fiveHour),
      seven_day: windowOf(options.sevenDay),
      seven_day_opus: null,
      seven_day_sonnet: null,
      limits: modelLimits(options.models ?? {}, Date.now()),
      extra_usage: null,
    },
  };
  writeJson(globalConfig, config);
}

/** A throw-away HOME: `await using home = await TempHome.create()`. */
export class TempHome implements AsyncDisposable {
  private constructor(
    /** HOME, with all links resolved. */
    readonly path: string,
  ) {}

  /** Creates a home (mode 0700) with `.claude-multi`, `project` and `bin`, in `dir` if given. */
  static async create(
    prefix = "claude-multi-home-",
    place: { dir?: string } = {},
  ): Promise<TempHome> {
    const made = await Deno.makeTempDir({ ...place, prefix });
    const home = new TempHome(await Deno.realPath(made));
    await Deno.chmod(home.path, 0o700);
    for (const dir of [home.multi, home.project, home.bin]) await Deno.mkdir(dir, { mode: 0o700 });
    return home;
  }

  /** `CLAUDE_MULTI_HOME` of this home. */
  get multi(): string {
    return `${this.path}/.claude-multi`;
  }
  /** A folder to work in, trusted by seeded accounts. */
  get project(): string {
    return `${this.path}/project`;
  }
  /** The first folder on PATH, for stand-ins. */
  get bin(): string {
    return `${this.path}/bin`;
  }
  /** The config dir of an account, as DESIGN §3 lays it out. */
  accountDir(name: string): string {
    return `${this.multi}/config/${name}`;
  }

  /** Seeds an account below `.claude-multi/config`, trusting the project folder. */
  seedAccount(name: string, options: Partial<SeedOptions> = {}): void {
    seedAccount({ dir: this.accountDir(name), name, trusted: [this.project], ...options });
  }

  /** Seeds the shared home, `~/.claude` with `~/.claude.json`, as the login of a name. */
  seedSharedHome(name: string, options: Partial<SeedOptions> = {}): void {
    const globalConfig = `${this.path}/.claude.json`;
    const dir = `${this.path}/.claude`;
    seedAccount({ dir, name, globalConfig, trusted: [this.project], ...options });
  }

  /** Gives a seeded account a cached usage answer; resets are 2 hours and 3 days away. */
  seedCachedUsage(name: string, used: { fiveHour: number; sevenDay: number }): void {
    const inMs = (hours: number): number => Date.now() + hours * 3_600_000;
    seedCachedUsage(`${this.accountDir(name)}/.claude.json`, {
      name,
      fiveHour: { percentUsed: used.fiveHour, resetsAtMs: inMs(2) },
      sevenDay: { percentUsed: used.sevenDay, resetsAtMs: inMs(72) },
    });
  }

  /** Writes config.json: an object as JSON, a text as it is. */
  writeConfig(config: Record<string, unknown> | string): void {
    const text = typeof config === "string" ? config : `${JSON.stringify(config, null, 2)}\n`;
    writePrivate(`${this.multi}/config.json`, text);
  }

  /** An environment with nothing from the caller: HOME, PATH, TERM, LANG, USER and given ones. */
  env(more: Record<string, string> = {}): Record<string, string> {
    return {
      HOME: this.path,
      PATH: `${this.bin}:${SYSTEM_PATH}`,
      TERM: "xterm-256color",
      LANG: "C.UTF-8",
      USER: "tester",
      ...more,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A client or a shell's helper that is still ending may write again while its folder is being deleted.
    for (let attempt = 0;; attempt++) {
      try {
        return await Deno.remove(this.path, { recursive: true });
      } catch (error) {
        if (error instanceof Deno.errors.NotFound) return;
        if (attempt === 100) throw error;
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    }
  }
}

/** Writes an object as JSON with mode 0600. */
export function writeJson(path: string, value: unknown): void {
  writePrivate(path, `${JSON.stringify(value, null, 2)}\n`);
}

function writePrivate(path: string, text: string): void {
  Deno.writeTextFileSync(path, text, { mode: 0o600 });
  Deno.chmodSync(path, 0o600);
}
