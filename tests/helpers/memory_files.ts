// The Files port in memory: directories, files and links, without a disk.
import { inBytes } from "../../lib/setup/rc_lines.ts";
import type { Files, PathKind } from "../../lib/ports/mod.ts";

interface FileNode {
  kind: "file";
  text: string;
  mode: number;
  modifiedAtMs: number;
}
interface DirectoryNode {
  kind: "directory";
  mode: number;
  modifiedAtMs: number;
}
interface LinkNode {
  kind: "link";
  target: string;
  modifiedAtMs: number;
}
type Node = FileNode | DirectoryNode | LinkNode;

const BACKUPS_KEPT = 20;
const LINKS_FOLLOWED = 40;

/** Files in memory. Errors have the same classes as the real ones. */
export class MemoryFiles implements Files {
  readonly #nodes = new Map<string, Node>([["/", {
    kind: "directory",
    mode: 0o755,
    modifiedAtMs: 0,
  }]]);
  /** Every path that was written, in order: what a command did to the disk. */
  readonly written: string[] = [];

  constructor(private readonly options: { backups: string; nowMs: () => number }) {}

  /** Creates a file with all its parents, to prepare a test. */
  put(path: string, text: string, mode = 0o600): void {
    this.#makeParents(path);
    this.#nodes.set(path, { kind: "file", text, mode, modifiedAtMs: this.options.nowMs() });
  }

  /** Everything in it, by path: the text of a file, `-> target` for a link, `/` for a directory. */
  dump(): Record<string, string> {
    const shown = (node: Node): string =>
      node.kind === "file" ? node.text : node.kind === "link" ? `-> ${node.target}` : "/";
    return Object.fromEntries(
      [...this.#nodes].sort(([a], [b]) => a < b ? -1 : 1).map((
        [path, node],
      ) => [path, shown(node)]),
    );
  }

  kind(path: string): PathKind {
    return this.#look(path)?.kind ?? "missing";
  }

  readText(path: string): string | null {
    const real = this.resolve(path);
    return real === null ? null : this.#file(real).text;
  }

  readBytes(path: string): string | null {
    const text = this.readText(path);
    return text === null ? null : inBytes(text);
  }

  readGiven(path: string): string | null {
    return this.readText(path);
  }

  readAt(path: string, { buffer, at }: { buffer: Uint8Array; at: number }): number {
    const bytes = new TextEncoder().encode(this.#textOrNothing(path)).subarray(at);
    buffer.set(bytes.subarray(0, buffer.length));
    return Math.min(bytes.length, buffer.length);
  }
  readHead(path: string, characters: number): string {
    return this.#textOrNothing(path).slice(0, characters);
  }

  readTail(path: string, bytes: number): string {
    const all = new TextEncoder().encode(this.#textOrNothing(path));
    return new TextDecoder().decode(all.slice(Math.max(0, all.length - bytes)));
  }

  size(path: string): number | null {
    const real = this.resolve(path);
    return real === null ? null : new TextEncoder().encode(this.#file(real).text).length;
  }

  writeText(path: string, text: string, mode?: number): void {
    const target = this.resolve(path) ?? this.#place(path);
    const before = this.#nodes.get(target);
    if (before?.kind === "directory") throw new Deno.errors.IsADirectory(path);
    const kept = before?.kind === "file" ? before.mode : 0o600;
    this.#write(target, { kind: "file", text, mode: mode ?? kept, modifiedAtMs: this.#now() });
  }

  writeBytes(path: string, bytes: string, mode?: number): void {
    const text = new TextDecoder("utf-8", { ignoreBOM: true }).decode(
      Uint8Array.from(bytes, (byte) => byte.charCodeAt(0)),
    );
    this.writeText(path, text, mode);
  }

  append(path: string, text: string): void {
    this.writeText(path, (this.readText(path) ?? "") + text);
  }

  makePrivateDirectory(path: string): void {
    const real = this.resolve(path);
    if (real === null) {
      this.#makeParents(`${path}/x`);
    } else {
      const node = this.#nodes.get(real);
      if (node?.kind !== "directory") throw new Deno.errors.AlreadyExists(path);
      node.mode = 0o700;
    }
  }

  list(path: string): string[] {
    const real = this.resolve(path);
    if (real === null || this.#nodes.get(real)?.kind !== "directory") return [];
    return this.#below(real).filter((name) => !name.includes("/")).sort();
  }

  readLink(path: string): string | null {
    const node = this.#look(path);
    return node?.kind === "link" ? node.target : null;
  }

  makeLink(path: string, target: string): void {
    const place = this.#place(path);
    if (this.#nodes.has(place)) throw new Deno.errors.AlreadyExists(path);
    this.#write(place, { kind: "link", target, modifiedAtMs: this.#now() });
  }

  rename(from: string, to: string): void {
    const source = this.#place(from);
    const place = this.#place(to);
    const node = this.#nodes.get(source);
    if (!node) throw new Deno.errors.NotFound(from);
    for (const name of this.#below(source)) {
      this.#nodes.set(`${place}/${name}`, this.#nodes.get(`${source}/${name}`) ?? node);
      this.#nodes.delete(`${source}/${name}`);
    }
    this.#nodes.delete(source);
    this.#write(place, node);
  }

  resolve(path: string): string | null {
    return this.#walk(path, { last: true });
  }

  locked<T>(path: string, action: () => T): T {
    if (this.resolve(path) === null) this.writeText(path, "");
    return action();
  }

  readonly #locked = new Set<string>();

  lockNow(path: string, text: string): (() => void) | null {
    if (this.#locked.has(path)) return null;
    this.#locked.add(path);
    this.writeText(path, text);
    return () => void this.#locked.delete(path);
  }

  backUp(path: string, name = path.slice(path.lastIndexOf("/") + 1)): string {
    const text = this.readText(path);
    if (text === null) throw new Deno.errors.NotFound(path);
    const copy = this.backupPath(name);
    this.writeText(copy, text, 0o600);
    const older = this.list(this.options.backups).filter((entry) => entry.startsWith(`${name}.`));
    for (const entry of older.slice(0, -BACKUPS_KEPT)) {
      this.remove(`${this.options.backups}/${entry}`);
    }
    return copy;
  }

  mode(path: string): number | null {
    const node = this.#target(path);
    return node === null || node.kind === "link" ? null : node.mode;
  }

  /** Everything belongs to one user. */
  owner(path: string): number | null {
    return this.resolve(path) === null ? null : 1000;
  }
  ownFacts(path: string): { owner: number; mode: number; needed: number } | null {
    const kind = this.kind(path);
    if (kind === "missing") return null;
    const needed = kind === "directory" ? 0o700 : kind === "file" ? 0o400 : 0;
    return { owner: 1000, mode: (kind === "link" ? null : this.mode(path)) ?? needed, needed };
  }
  setMode(path: string, mode: number): void {
    const node = this.#target(path);
    if (node === null || node.kind === "link") throw new Deno.errors.NotFound(path);
    node.mode = mode;
  }

  makeDirectory(path: string): boolean {
    const place = this.#place(path);
    if (this.#nodes.has(place)) return false;
    this.#write(place, { kind: "directory", mode: 0o700, modifiedAtMs: this.#now() });
    return true;
  }

  remove(path: string): void {
    const place = this.#walk(path, { last: false });
    if (place === null) return;
    if (this.#below(place).length > 0) throw new Error(`Directory not empty: ${path}`);
    this.#nodes.delete(place);
  }

  removeTree(path: string): void {
    const place = this.#walk(path, { last: false });
    if (place === null) return;
    for (const name of this.#below(place)) this.#nodes.delete(`${place}/${name}`);
    this.#nodes.delete(place);
  }

  copy(from: string, to: string): void {
    const real = this.resolve(from);
    if (real === null) throw new Deno.errors.NotFound(from);
    this.#write(this.#place(to), { ...this.#file(real) });
  }

  sameContent(a: string, b: string): boolean {
    const [left, right] = [this.readText(a), this.readText(b)];
    if (left === null || right === null) throw new Deno.errors.NotFound(left === null ? a : b);
    return left === right;
  }

  modifiedAtMs(path: string): number | null {
    return this.#look(path)?.modifiedAtMs ?? null;
  }

  /** All of memory is one device. */
  device(path: string): number | null {
    return this.resolve(path) === null ? null : 1;
  }

  backupPath(name: string): string {
    this.makePrivateDirectory(this.options.backups);
    const stamp = new Date(this.#now()).toISOString().replace(/[:.]/g, "-");
    let path = `${this.options.backups}/${name}.${stamp}`;
    for (let n = 1; this.kind(path) !== "missing"; n++) {
      path = `${this.options.backups}/${name}.${stamp}.${n}`;
    }
    return path;
  }

  /** The node at a path; links before the last name are followed. */
  #look(path: string): Node | null {
    const place = this.#walk(path, { last: false });
    return place === null ? null : this.#nodes.get(place) ?? null;
  }

  /** The node that a path leads to in the end. */
  #target(path: string): Node | null {
    const real = this.resolve(path);
    return real === null ? null : this.#nodes.get(real) ?? null;
  }

  #file(path: string): FileNode {
    const node = this.#nodes.get(path);
    if (node?.kind === "file") return node;
    throw new Deno.errors.IsADirectory(`Is a directory: ${path}`);
  }

  #textOrNothing(path: string): string {
    const node = this.#target(path);
    return node?.kind === "file" ? node.text : "";
  }

  /** Where a new entry goes: its parent must exist. */
  #place(path: string): string {
    const parent = this.resolve(path.slice(0, path.lastIndexOf("/")) || "/");
    if (parent === null || this.#nodes.get(parent)?.kind !== "directory") {
      throw new Deno.errors.NotFound(`No such directory: ${path}`);
    }
    return joined(parent, path.slice(path.lastIndexOf("/") + 1));
  }

  /** Follows a path name by name; null if any part of it is missing. */
  #walk(path: string, options: { last: boolean }): string | null {
    let at = "/";
    let names = path.split("/").filter((name) => name !== "");
    for (let followed = 0; names.length > 0;) {
      const name = names.shift() ?? "";
      if (name === ".") continue;
      if (name === "..") {
        at = at.slice(0, at.lastIndexOf("/")) || "/";
        continue;
      }
      const next = joined(at, name);
      const node = this.#nodes.get(next);
      if (node === undefined) return null;
      if (node.kind === "file" && names.length > 0) return null;
      if (node.kind !== "link" || (names.length === 0 && !options.last)) {
        at = next;
        continue;
      }
      if (++followed > LINKS_FOLLOWED) return null;
      names = [...node.target.split("/").filter((part) => part !== ""), ...names];
      if (node.target.startsWith("/")) at = "/";
    }
    return at;
  }

  #makeParents(path: string): void {
    const names = path.split("/").slice(1, -1);
    for (let n = 1; n <= names.length; n++) {
      const parent = `/${names.slice(0, n).join("/")}`;
      if (this.resolve(parent) === null) this.makeDirectory(parent);
    }
  }

  #below(place: string): string[] {
    const prefix = place === "/" ? "/" : `${place}/`;
    return [...this.#nodes.keys()].filter((path) => path.startsWith(prefix) && path !== prefix)
      .map((path) => path.slice(prefix.length));
  }

  #write(path: string, node: Node): void {
    this.#nodes.set(path, node);
    this.written.push(path);
  }

  #now(): number {
    return this.options.nowMs();
  }
}

function joined(directory: string, name: string): string {
  return directory === "/" ? `/${name}` : `${directory}/${name}`;
}
