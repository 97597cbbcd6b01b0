// Starts a program: its parts are scripts, each with the bytecode of the functions that a start needs.
import process from "node:process";
import vm from "node:vm";

const folder = import.meta.dirname;
// If the path isn't valid text, we would look for our files on the disk, not inside the program.
if (folder.includes("\ufffd")) throw new Error("cannot start: TMPDIR isn't UTF-8 text");
const loaded = new Map();

/** The exports of a part, which runs only once. */
function load(name) {
  let exports = loaded.get(name);
  if (exports !== undefined) return exports;
  const bytecode = Deno.readFileSync(`${folder}/${name}.bytecode`);
  const script = new vm.Script(Deno.readTextFileSync(`${folder}/${name}.js`), {
    filename: `${name}.js`,
    // V8 accepts bytecode only from the same version of V8; if it rejects it, it compiles the script.
    cachedData: bytecode.length > 0 ? bytecode : undefined,
  });
  if (script.cachedDataRejected && Deno.env.get("CLAUDE_MULTI_DEBUG") === "1") {
    console.error(`bytecode of ${name} rejected: this start takes longer`);
  }
  exports = script.runInThisContext()(load, process.getBuiltinModule);
  loaded.set(name, exports);
  return exports;
}

load("main");
