// The stand-in's subcommands, which aren't conversations.
import { credentialsOf, fakeIdentity, oauthAccountOf } from "../identity.ts";
import type { Json, World } from "./world.ts";
import { editGlobalConfig, isJson, readJson, readLogin, readOauthAccount } from "./world.ts";
import { writeJson } from "./world.ts";

/** Runs a subcommand and returns its exit code. */
export async function runCommand(
  world: World,
  command: { name: string; words: readonly string[] },
): Promise<number> {
  const [verb = "", ...rest] = command.words;
  if (command.name === "auth" && verb === "status") return await status(world, rest);
  if (command.name === "auth" && verb === "login") return await login(world);
  if (command.name === "auth" && verb === "logout") return await logout(world);
  if (command.name === "mcp") return await mcp(world, [verb, ...rest]);
  if (command.name === "agents") return agents(world);
  console.log(`fake claude: ${[command.name, ...command.words].join(" ")}`);
  return 0;
}

async function status(world: World, flags: readonly string[]): Promise<number> {
  // In an empty directory the real command creates `.claude.json` too (CONTRACT §4).
  if (readJson(world.globalConfig) === null) await editGlobalConfig(world, (config) => config);
  const current = readLogin(world);
  const account = readOauthAccount(world);
  const answer: Json = {
    loggedIn: current !== null,
    authMethod: current === null
      ? "none"
      : current.from === "ANTHROPIC_API_KEY"
      ? "api_key"
      : /OAUTH|AUTH_TOKEN/.test(current.from)
      ? "oauth_token"
      : "claude.ai",
    apiProvider: "firstParty",
    projectsDirectory: `${world.configDir}/projects`,
    configDirectory: world.configDir,
    loginExpiresAt: null,
  };
  if (current !== null) {
    answer["email"] = account?.["emailAddress"] ?? null;
    answer["orgId"] = account?.["organizationUuid"] ?? null;
    answer["orgName"] = account?.["organizationName"] ?? null;
    answer["subscriptionType"] = "max";
    answer["storedClaudeAiLogin"] = current.from !== "ANTHROPIC_API_KEY";
    answer["planTier"] = "max_5x";
  }
  if (flags.includes("--text")) {
    console.log(
      current ? `Login method: Claude Max account\nEmail: ${answer["email"]}` : "Not logged in",
    );
  } else console.log(JSON.stringify(answer, null, 2));
  return current === null ? 1 : 0;
}

/** Logs in as `FAKE_CLAUDE_LOGIN_AS`; without it the login fails, as if the browser was closed. */
async function login(world: World): Promise<number> {
  const name = Deno.env.get("FAKE_CLAUDE_LOGIN_AS");
  if (!name) {
    console.error("Login failed: FAKE_CLAUDE_LOGIN_AS is not set");
    return 1;
  }
  const identity = fakeIdentity(name);
  Deno.mkdirSync(world.configDir, { recursive: true, mode: 0o700 });
  console.log("Opening browser to sign in… https://example.test/oauth/authorize");
  const credentials = credentialsOf(identity, { expiresAtMs: Date.now() + 28_800_000 });
  writeJson(`${world.configDir}/.credentials.json`, credentials);
  await editGlobalConfig(world, (config) => ({
    ...config,
    oauthAccount: oauthAccountOf(identity),
  }));
  console.log("Login successful.");
  return 0;
}

async function logout(world: World): Promise<number> {
  try {
    Deno.removeSync(`${world.configDir}/.credentials.json`);
  } catch {
    // Nobody was logged in.
  }
  await editGlobalConfig(world, ({ oauthAccount: _gone, ...config }) => config);
  console.log("Successfully logged out from your Anthropic account.");
  return 0;
}

/** `mcp add -s user NAME [--] COMMAND…` writes to `.claude.json` (CONTRACT §1); `mcp list` reads. */
async function mcp(world: World, words: readonly string[]): Promise<number> {
  if (words[0] === "add") {
    const plain = words.slice(1).filter((word, i, all) =>
      !word.startsWith("-") && !["-s", "--scope"].includes(all[i - 1] ?? "")
    );
    const [name = "", command = "", ...args] = plain;
    await editGlobalConfig(world, (config) => ({
      ...config,
      mcpServers: {
        ...(isJson(config["mcpServers"]) ? config["mcpServers"] : {}),
        [name]: { type: "stdio", command, args, env: {} },
      },
    }));
    console.log(`Added stdio MCP server ${name} with command: ${command} to user config`);
    return 0;
  }
  const servers = readJson(world.globalConfig)?.["mcpServers"];
  const names = isJson(servers) ? Object.keys(servers) : [];
  console.log(names.length === 0 ? "No MCP servers configured." : names.join("\n"));
  return 0;
}

/** `agents --json`: the live sessions of this config dir only (CONTRACT §9). */
function agents(world: World): number {
  const sessions: Json[] = [];
  try {
    for (const entry of Deno.readDirSync(`${world.configDir}/sessions`)) {
      const session = readJson(`${world.configDir}/sessions/${entry.name}`);
      if (session) sessions.push(session);
    }
  } catch {
    // No session yet.
  }
  console.log(JSON.stringify(sessions, null, 2));
  return 0;
}
