// `make formula`: the formula for Homebrew, with the addresses and checksums of the archives.
import manifest from "../../deno.json" with { type: "json" };
import { releaseAddress } from "./address.ts";
import { type Archive, packageAll, RELEASE_FOLDER } from "./archive.ts";

/** Homebrew's words for the parts of a target. */
const WORDS: Readonly<Record<string, string>> = {
  macos: "on_macos",
  linux: "on_linux",
  arm64: "on_arm",
  x64: "on_intel",
};

/** The text of the formula. The same archives and address give the same text. */
export function formula(archives: readonly Archive[], address: string): string {
  const systems = ["macos", "linux"].flatMap((os) => {
    const cpus = ["arm64", "x64"].flatMap((cpu) => {
      const found = archives.find(({ target }) => target === `${os}-${cpu}`);
      if (found === undefined) return [];
      const name = found.file.replace(/.*\//, "");
      return [
        `    ${WORDS[cpu]} do`,
        `      url "${address}/download/v${manifest.version}/${name}"`,
        `      sha256 "${found.sha256}"`,
        "    end",
      ];
    });
    return cpus.length === 0 ? [] : ["", `  ${WORDS[os]} do`, ...cpus, "  end"];
  });
  return [
    "# Made by make formula.",
    "class ClaudeMulti < Formula",
    '  desc "Several Claude subscriptions, one terminal"',
    `  homepage "${address.replace(/\/releases$/, "")}"`,
    `  version "${manifest.version}"`,
    '  license "MIT"',
    ...systems,
    "",
    "  def install",
    '    bin.install "claude-multi", "claude-multi-statusline", "cl", "claude-multi-ide"',
    '    prefix.install "THIRD-PARTY-NOTICES"',
    '    man1.install Dir["man/*.1"]',
    '    bash_completion.install "completions/claude-multi.bash" => "claude-multi"',
    '    zsh_completion.install "completions/_claude-multi"',
    '    fish_completion.install "completions/claude-multi.fish"',
    '    (share + "claude-multi/package").write "brew uninstall claude-multi\\n"',
    "  end",
    "",
    "  def caveats",
    "    <<~TEXT",
    "      Next: claude-multi setup",
    "    TEXT",
    "  end",
    "",
    "  test do",
    '    assert_match version.to_s, shell_output("#{bin}/claude-multi --version")',
    '    assert_match version.to_s, shell_output("#{bin}/claude-multi-statusline --version")',
    '    assert_match "accounts", shell_output("#{bin}/claude-multi list --json")',
    '    assert_predicate bin + "cl", :executable?',
    '    assert_predicate bin + "claude-multi-ide", :executable?',
    "  end",
    "end",
    "",
  ].join("\n");
}

if (import.meta.main) {
  await packageAll(manifest.version, async (archives) => {
    const address = releaseAddress();
    if (address === "") {
      console.log("formula      SKIPPED: it names the address of the releases; set RELEASES");
      return;
    }
    await Deno.writeTextFile(`${RELEASE_FOLDER}/claude-multi.rb`, formula(archives, address));
  });
}
