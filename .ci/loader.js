// Starts a program: its parts are scripts, each with the bytecode of those functions that starts run.
import process from "node:process";
import vm from "node:vm";

const folder = import.meta.dirname;
const loaded = new Map();

/** What a part exports; it runs once. */
function load(name) {
  let exports = loaded.get(name);
  if (exports !== undefined) return exports;
  const script = new vm.Script(Deno.readTextFileSync(`${folder}/${name}.js`), {
    filename: `${name}.js`,
    // V8 takes it only if the very same V8 made it from this text; else it compiles as always.
    cachedData: Deno.readFileSync(`${folder}/${name}.bytecode`),
  });
  if (script.cachedDataRejected && Deno.env.get("CLAUDE_MULTI_DEBUG") === "1") {
    console.error(`bytecode of ${name} refused: this start takes longer`);
  }
  exports = script.runInThisContext()(load, process.getBuiltinModule);
  loaded.set(name, exports);
  return exports;
}

load("main");
