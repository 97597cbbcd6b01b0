// Tests with real kills: SIGKILL at single system calls of the compiled program, chosen by strace.
import assert from "node:assert/strict";
import { binary, runMulti, startProgram } from "../helpers/binaries.ts";
import { fakeIdentity } from "../helpers/identity.ts";
import { needs } from "../helpers/needs.ts";
import { TempHome } from "../helpers/temp_home.ts";

/** Every file below the home that holds the login of kate. */
function holders(home: TempHome): string[] {
  const token = `${fakeIdentity("kate").refreshToken}"`;
  const found: string[] = [];
  const look = (dir: string) => {
    for (const entry of Deno.readDirSync(dir)) {
      const path = `${dir}/${entry.name}`;
      if (entry.isDirectory) look(path);
      else if (entry.isFile && Deno.readTextFileSync(path).includes(token)) {
        found.push(path.slice(home.path.length + 1));
      }
    }
  };
  look(home.path);
  return found;
}

function namesIn(home: TempHome): string[] {
  const config = JSON.parse(Deno.readTextFileSync(`${home.multi}/config.json`));
  return config.accounts.map((account: { name: string }) => account.name);
}

/** Every how many-th call is tried; each try is a fresh home, a kill and a second run. */
const STRIDES: Readonly<Record<string, number>> = { rename: 1, mkdir: 3, symlink: 5, fsync: 3 };

interface Case {
  words: string[];
  arrange?: (home: TempHome) => Promise<void>;
  /** What must be true after the second run. */
  check: (home: TempHome) => void;
}

async function killEverywhere({ words, arrange, check }: Case): Promise<void> {
  let kills = 0;
  for (const [call, stride] of Object.entries(STRIDES)) {
    for (let n = 1;; n += stride) {
      await using home = await TempHome.create();
      home.seedSharedHome("kate");
      await arrange?.(home);
      const inject = `inject=${call}:signal=KILL:when=${n}`;
      const strace = ["-f", "-qq", "-o", "/dev/null", "-e", `trace=${call}`, "-e", inject];
      const run = await startProgram("/usr/bin/strace", [
        ...strace,
        binary("claude-multi"),
        ...words,
      ], {
        home,
      }).ended;
      const when = `killed at ${call} number ${n}`;
      assert.equal(holders(home).length, 1, when);
      if (run.signal !== "SIGKILL" && run.code !== 137) break;
      kills++;
      await runMulti(words, { home });
      assert.equal(holders(home).length, 1, when);
      check(home);
    }
  }
  assert.ok(kills >= 8, `only ${kills} runs were killed`);
}

Deno.test({
  name: "save, killed at a system call, leaves one login, and a second run finishes it",
  ...needs("strace"),
  fn: () =>
    killEverywhere({
      words: ["save", "work"],
      check(home) {
        assert.deepEqual(holders(home), [".claude-multi/config/work/.credentials.json"]);
        const shared = JSON.parse(Deno.readTextFileSync(`${home.path}/.claude.json`));
        assert.equal(shared.oauthAccount, undefined);
      },
    }),
});

Deno.test({
  name: "remove, killed at a system call, keeps one login, and a second run finishes it",
  ...needs("strace"),
  fn: () =>
    killEverywhere({
      words: ["remove", "work"],
      arrange: async (home) => void await runMulti(["save", "work"], { home }),
      check(home) {
        assert.match(holders(home)[0] ?? "", /^\.claude-multi\/backups\/account-work\./);
        assert.deepEqual(namesIn(home), []);
      },
    }),
});

Deno.test({
  name: "setup, killed at a system call, leaves the login alone, and a second run finishes it",
  ...needs("strace"),
  fn: () =>
    killEverywhere({
      words: ["setup", "--in-place", "personal", "--add", "work", "--shell", "bash"],
      check(home) {
        assert.deepEqual(holders(home), [".claude/.credentials.json"]);
        assert.deepEqual(namesIn(home), ["personal", "work"]);
        const lines = Deno.readTextFileSync(`${home.path}/.bashrc`).match(/# claude-multi$/gm);
        assert.equal(lines?.length, 1);
      },
    }),
});
