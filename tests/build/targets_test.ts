// Tests that a program's machine, and the end of its ELF image, are read from its header.
import assert from "node:assert/strict";
import { elfImageBytes, targetOf } from "../../build/targets.ts";

/** An ELF file of `machine`: 64 bytes of header, two section headers of 64 bytes, then `extra` bytes. */
function elf(machine: number, extra = 0): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(64 + 2 * 64 + extra);
  file.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  const view = new DataView(file.buffer);
  view.setUint16(0x12, machine, true);
  view.setBigUint64(0x28, 64n, true);
  view.setUint16(0x3a, 64, true);
  view.setUint16(0x3c, 2, true);
  return file;
}

function machO(cpu: number): Uint8Array {
  const file = new Uint8Array(64);
  new DataView(file.buffer).setUint32(0, 0xfeedfacf, true);
  new DataView(file.buffer).setUint32(4, cpu, true);
  return file;
}

Deno.test("the machine of a binary is recognised by its header", () => {
  assert.equal(targetOf(elf(0x3e)), "linux-x64");
  assert.equal(targetOf(elf(0xb7)), "linux-arm64");
  assert.equal(targetOf(elf(0xf3)), null);
  assert.equal(targetOf(machO(0x01000007)), "macos-x64");
  assert.equal(targetOf(machO(0x0100000c)), "macos-arm64");
  assert.equal(targetOf(machO(7)), null);
  assert.equal(targetOf(new TextEncoder().encode("MZ".padEnd(64))), null);
  assert.equal(targetOf(elf(0x3e).subarray(0, 63)), null);
  const inside = new Uint8Array(300);
  inside.set(elf(0xb7), 100);
  assert.equal(targetOf(inside.subarray(100)), "linux-arm64");
});

Deno.test("a stub is cut after its section headers", () => {
  assert.equal(elfImageBytes(elf(0x3e, 1000)), 192);
  assert.equal(elfImageBytes(elf(0xb7)), 192);
  assert.throws(() => elfImageBytes(elf(0x3e).subarray(0, 191)), /outside the file/);
  assert.throws(() => elfImageBytes(machO(0x01000007)), /not an ELF file/);
});
