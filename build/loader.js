// Starts a program: its parts are scripts, each with the bytecode of the functions that a start needs.
import process from "node:process";
import vm from "node:vm";

const folder = import.meta.dirname;
// If the path isn't valid text, we would look for our files on the disk, not inside the program.
if (folder.includes("\ufffd")) throw new Error("cannot start: TMPDIR isn't UTF-8 text");
/** Functions that run the parts of the files read so far, and the exports of the parts that have run. */
const parts = {};
const loaded = new Map();

/** The exports of a part, which runs only once. */
function load(name) {
  let exports = loaded.get(name);
  if (exports !== undefined) return exports;
  if (!(name in parts)) Object.assign(parts, partsOf(name.split(".")[0]));
  exports = parts[name](load, process.getBuiltinModule);
  loaded.set(name, exports);
  return exports;
}

/** The parts in a file, whose name begins the name of each. */
function partsOf(file) {
  const bytecode = Deno.readFileSync(`${folder}/${file}.bytecode`);
  const script = new vm.Script(Deno.readTextFileSync(`${folder}/${file}.js`) || inflated(file), {
    filename: `${file}.js`,
    // V8 accepts bytecode only from the same version of V8; if it rejects it, it compiles the script.
    cachedData: bytecode.length > 0 ? bytecode : undefined,
  });
  if (script.cachedDataRejected && Deno.env.get("CLAUDE_MULTI_DEBUG") === "1") {
    console.error(`bytecode of ${file} rejected: this start takes longer`);
  }
  return script.runInThisContext();
}

/** The text of a large script that is rarely needed. */
function inflated(file) {
  const { inflateRawSync } = process.getBuiltinModule("node:zlib");
  return inflateRawSync(Deno.readFileSync(`${folder}/${file}.deflated`)).toString();
}

load("main");
