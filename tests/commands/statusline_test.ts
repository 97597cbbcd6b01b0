// Tests of `statusline preview`: what it draws, for which settings, in which colours, and what it refuses.
import assert from "node:assert/strict";
import { cellWidth } from "../../lib/text/cells.ts";
import type { RunResult } from "../helpers/binaries.ts";
import { runMulti } from "../helpers/binaries.ts";
import { TempHome } from "../helpers/temp_home.ts";

// deno-lint-ignore no-control-regex
const SGR = /\x1b\[[\d;]*m/g;

/** Runs `claude-multi statusline preview ARGS` on a terminal of 200 columns unless `env` says else. */
function preview(
  home: TempHome,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<RunResult> {
  return runMulti(["statusline", "preview", ...args], { home, env: { COLUMNS: "200", ...env } });
}

/** Its blocks: a heading and the lines below it, without their percentages and without colour. */
async function blocks(
  home: TempHome,
  args: readonly string[] = [],
  env: Record<string, string> = {},
): Promise<Map<string, string[]>> {
  const { code, stdout, stderr } = await preview(home, args, env);
  assert.deepEqual([code, stderr], [0, ""]);
  const [title = "", ...parts] = stdout.replace(SGR, "").trimEnd()
    .replace(/\n\nleft out at [^]*/, "").split("\n\n");
  assert.match(title, /^Percent used of context and 5h, and the line for it \(.+\):$/);
  return new Map(parts.map((part) => {
    const [heading = "", ...lines] = part.split("\n");
    assert.deepEqual(
      lines.map((line) => line.slice(0, 4)),
      ["  5 ", " 35 ", " 70 ", " 95 ", "100 "],
    );
    return [heading, lines.map((line) => line.slice(4))];
  }));
}

Deno.test("statusline preview draws every usual width up to the terminal's, each line within it", async () => {
  await using home = await TempHome.create();
  const widths = async (columns: string): Promise<number[]> => {
    const drawn = await blocks(home, [], { COLUMNS: columns });
    for (const [heading, lines] of drawn) {
      const width = Number(/^(\d+) columns$/.exec(heading)?.[1]);
      for (const line of lines) assert.ok(cellWidth(line) <= width - 4, `${heading}: ${line}`);
    }
    return [...drawn.keys()].map((heading) => parseInt(heading));
  };
  assert.deepEqual(await widths("200"), [200, 120, 80, 60, 40]);
  assert.deepEqual(await widths("100"), [80, 60, 40]);
  assert.deepEqual(await widths("30"), [30]);
});

Deno.test("statusline preview names the user's first two accounts", async () => {
  await using home = await TempHome.create();
  const full = async (accounts: unknown[]): Promise<string> => {
    home.writeConfig({ accounts });
    return (await blocks(home)).get("200 columns")?.at(-1) ?? "";
  };
  assert.match(await full([]), /^● work │ .* │ \/exit to move to personal 5h 18%$/);
  const three = [{ name: "off", disabled: true }, { name: "uni" }, { name: "home" }];
  assert.match(await full(three), /^● uni │ .* │ \/exit to move to home 5h 18%$/);
  assert.match(await full([{ name: "uni" }]), /^● uni │ .* │ 7d 60% 3d4h$/);
});

Deno.test("statusline preview shows what happens at a limit in sessions that start now", async () => {
  await using home = await TempHome.create();
  for (
    const [handoff, how] of [
      ["ask", "/exit to move to home"],
      ["auto", "will move to home"],
      ["off", "claude-multi resume --account home"],
    ] as const
  ) {
    home.writeConfig({ accounts: [{ name: "uni" }, { name: "home" }], handoff });
    const line = (await blocks(home)).get("200 columns")?.at(-1) ?? "";
    assert.ok(line.endsWith(`│ ${how} 5h 18%`), line);
  }
});

Deno.test("statusline preview follows config.json; flags override it and change nothing", async () => {
  await using home = await TempHome.create();
  const text = JSON.stringify({
    accounts: [{ name: "uni" }],
    statusline: { segments: ["account", "context"], barWidth: 3, padding: 20, theme: "light" },
  });
  home.writeConfig(`// mine\n${text}`);
  const first = async (args: readonly string[]): Promise<string | undefined> =>
    [...(await blocks(home, args)).values()][0]?.[1];
  assert.equal(await first([]), "● uni │ █░░ 35% 70.0k/200k");
  assert.equal(await first(["--width", "66"]), "● uni │ █░░ 35%");
  assert.equal(await first(["--segments", "5h, vim"]), "5h 35% 2h13m │ INSERT");
  assert.match((await preview(home)).stdout, /\(light, no colours\)/);
  assert.match((await preview(home, ["--theme", "dark"])).stdout, /\(dark, no colours\)/);
  assert.equal(Deno.readTextFileSync(`${home.multi}/config.json`), `// mine\n${text}`);
});

Deno.test("statusline preview --segments all draws every segment that has something to say", async () => {
  await using home = await TempHome.create();
  const [, , line = ""] = [
    ...(await blocks(home, ["--segments", "all", "--width", "400"])).values(),
  ]
    .flat();
  for (
    const part of ["full in 51m", "→ personal 5h 18%", "$13.02", "cache ", "⎇ main", "wt parser"]
  ) assert.ok(line.includes(part), `${part}: ${line}`);
});

Deno.test("statusline preview names what is left out for lack of space, and a wider width", async () => {
  await using home = await TempHome.create();
  const args = ["--segments", "all"];
  const { stdout } = await preview(home, args, { COLUMNS: "80" });
  assert.match(stdout, /\n\nleft out at 80 columns: [^\n]*\bvim\b/);
  assert.match(stdout, /\ntry: claude-multi statusline preview --segments all --width 200\n$/);
  assert.doesNotMatch((await preview(home, ["--segments", "5h"])).stdout, /left out/);
});

Deno.test("statusline preview has the colours of the terminal, of its theme, and none with NO_COLOR", async () => {
  await using home = await TempHome.create();
  const colored = async (env: Record<string, string>, args: string[] = []): Promise<string> =>
    (await preview(home, args, { FORCE_COLOR: "1", ...env })).stdout.replaceAll("\x1b", "\\e");
  const plain = (await preview(home)).stdout;
  assert.ok(!plain.includes("\x1b") && plain.includes("no colours"));
  assert.equal(await colored({ NO_COLOR: "1" }), plain);
  const dark = await colored({ COLORTERM: "truecolor" });
  assert.match(dark, /\(dark, all colours\).*\\e\[1;38;2;\d+;\d+;\d+m/s);
  assert.match(await colored({}), /256 colours.*\\e\[1;38;5;\d+m/s);
  assert.match(await colored({ TERM: "xterm" }), /16 colours.*\\e\[1;9\dm/s);
  const light = await colored({ COLORTERM: "truecolor" }, ["--theme", "light"]);
  assert.notEqual(light, dark);
  home.seedSharedHome("uni");
  Deno.writeTextFileSync(`${home.path}/.claude/settings.json`, '{"theme":"light"}');
  assert.equal(await colored({ COLORTERM: "truecolor" }), light);
});

for (
  const [args, line, hint] of [
    [
      ["--theme", "lihgt"],
      /invalid value "lihgt" for --theme: use auto, dark or l/,
      "--theme light",
    ],
    [
      ["--segments", "5h,tokns"],
      /invalid value "tokns" for --segments: use all, /,
      "--segments tokens",
    ],
    [["--segments", ","], /invalid value "," for --segments: use all, /, "--segments all"],
    [["--width", "0"], /"0" for --width: use a whole number from 1 to 500/, "--width 80"],
    [["--width", "1e3"], /invalid value "1e3" for --width/, "--width 80"],
    [["--width", "501"], /invalid value "501" for --width/, "--width 500"],
  ] as const
) {
  Deno.test(`statusline preview ${args.join(" ")} is refused`, async () => {
    await using home = await TempHome.create();
    const { code, stdout, stderr } = await preview(home, args);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, line);
    assert.ok(stderr.includes(`try: claude-multi statusline preview ${hint}\n`), stderr);
  });
}

Deno.test("statusline takes no other word, and reports a broken config.json", async () => {
  await using home = await TempHome.create();
  const other = await runMulti(["statusline", "prewiew"], { home });
  assert.equal(other.code, 2);
  assert.match(
    other.stderr,
    /invalid value "prewiew" for ACTION: use preview\ntry: .* statusline preview/,
  );
  const alone = await runMulti(["statusline"], { home });
  assert.deepEqual(alone, await preview(home));
  home.writeConfig('{ "statusline": { "theme": "pink" } }');
  const broken = await preview(home);
  assert.deepEqual([broken.code, broken.stdout], [2, ""]);
  assert.match(broken.stderr, /config\.json.*theme/s);
});

Deno.test("a wider bar is as wide as the line allows, and never narrower than the usual one", async () => {
  await using home = await TempHome.create();
  const cells = async (barWidth: number, width: string) => {
    home.writeConfig({ accounts: [{ name: "work" }], statusline: { barWidth } });
    const shown = await blocks(home, ["--width", width]);
    return [...shown.values()].flat().map((line) => line.match(/[█▉▊▋▌▍▎▏░]+/)?.[0].length ?? 0);
  };
  const usual = await cells(8, "100");
  assert.ok((await cells(20, "100")).every((wide, index) => wide >= (usual[index] ?? 0)));
  assert.deepEqual(await cells(20, "200"), [20, 20, 20, 20, 20]);
});

Deno.test("statusline preview shows a move only within the group of its account", async () => {
  await using home = await TempHome.create();
  const [work, home_] = [{ name: "work", group: "office" }, { name: "kate" }];
  home.writeConfig({ accounts: [work, home_] });
  assert.doesNotMatch((await preview(home)).stdout, /kate/);
  home.writeConfig({ accounts: [work, home_, { name: "spare", group: "office" }] });
  assert.match((await preview(home)).stdout, /\/exit to move to spare/);
});
