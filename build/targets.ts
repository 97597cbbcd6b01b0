// The four targets of a release: their names, and how to recognise their binaries.

/** Deno's names of the targets, by our names. */
export const TARGETS = {
  "linux-x64": "x86_64-unknown-linux-gnu",
  "linux-arm64": "aarch64-unknown-linux-gnu",
  "macos-x64": "x86_64-apple-darwin",
  "macos-arm64": "aarch64-apple-darwin",
} as const;

/** One of {@link TARGETS}: `<os>-<arch>`, as in the names of release files. */
export type Target = keyof typeof TARGETS;

/** Machine numbers: ELF `e_machine`, Mach-O `cputype`. */
const ELF_MACHINES = new Map<number, Target>([[0x3e, "linux-x64"], [0xb7, "linux-arm64"]]);
const MACH_O_MACHINES = new Map<number, Target>([
  [0x0100_0007, "macos-x64"],
  [0x0100_000c, "macos-arm64"],
]);

/** The target of this machine. */
export function hostTarget(): Target {
  const os = Deno.build.os === "darwin" ? "macos" : Deno.build.os;
  const target = `${os}-${Deno.build.arch === "aarch64" ? "arm64" : "x64"}`;
  if (target in TARGETS) return target as Target;
  throw new Error(
    `cannot build on ${Deno.build.target}, only on ${Object.keys(TARGETS).join(", ")}`,
  );
}

/** The target of a program, from its first 64 bytes; null if it isn't one of ours. */
export function targetOf(head: Uint8Array): Target | null {
  if (head.length < 64) return null;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  const isElf64 = view.getUint32(0) === 0x7f454c46 && head[4] === 2 && head[5] === 1;
  if (isElf64) return ELF_MACHINES.get(view.getUint16(18, true)) ?? null;
  const isMachO64 = view.getUint32(0, true) === 0xfeed_facf;
  return isMachO64 ? MACH_O_MACHINES.get(view.getUint32(4, true)) ?? null : null;
}

/**
 * The length in bytes of the ELF image at the start of a file: the end of its section headers, which
 * linkers write last. Anything after it was appended, for example by `deno compile`.
 * @throws Error if it isn't a 64-bit little-endian ELF file, or the image is longer than the file.
 */
export function elfImageBytes(file: Uint8Array): number {
  if (!targetOf(file)?.startsWith("linux-")) throw new Error("not an ELF file of a known machine");
  const view = new DataView(file.buffer, file.byteOffset, file.length);
  const offset = Number(view.getBigUint64(0x28, true));
  const end = offset + view.getUint16(0x3a, true) * view.getUint16(0x3c, true);
  if (offset === 0 || end > file.length) {
    throw new Error("the ELF section headers are outside the file");
  }
  return end;
}
