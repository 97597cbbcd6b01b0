// Starts a program: its parts are scripts, each with the bytecode of those functions that starts run.
import process from "node:process";
import vm from "node:vm";

const folder = import.meta.dirname;
// If the name isn't text, the runtime finds its own files there, but we would look for them on the disk.
if (folder.includes("\ufffd")) throw new Error("Cannot start: TMPDIR isn't UTF-8 text");
const loaded = new Map();

/** What a part exports; it runs once. */
function load(name) {
  let exports = loaded.get(name);
  if (exports !== undefined) return exports;
  const bytecode = Deno.readFileSync(`${folder}/${name}.bytecode`);
  const script = new vm.Script(Deno.readTextFileSync(`${folder}/${name}.js`), {
    filename: `${name}.js`,
    // V8 accepts only what the very same V8 made, and compiles if it refuses or there is none.
    cachedData: bytecode.length > 0 ? bytecode : undefined,
  });
  if (script.cachedDataRejected && Deno.env.get("CLAUDE_MULTI_DEBUG") === "1") {
    console.error(`bytecode of ${name} refused: this start takes longer`);
  }
  exports = script.runInThisContext()(load, process.getBuiltinModule);
  loaded.set(name, exports);
  return exports;
}

load("main");
