// Runs a program once and then saves the bytecode of each part that ran.
// usage: build/deno run -A build/train.js FOLDER [ARGS...]   adds to FOLDER/*.bytecode
import { pathToFileURL } from "node:url";
import vm from "node:vm";

const [folder, ...args] = Deno.args;
const scripts = new Map();
const { Script } = vm;
vm.Script = function (text, options) {
  const script = new Script(text, options);
  if (script.cachedDataRejected) {
    throw new Error(`cannot add to the bytecode of ${options.filename}: V8 rejects it`);
  }
  scripts.set(options.filename.replace(/\.js$/, ".bytecode"), script);
  return script;
};
Object.defineProperty(Deno, "args", { value: args });
const exit = Deno.exit;
Deno.exit = (code) => {
  for (const [name, script] of scripts) {
    Deno.writeFileSync(`${folder}/${name}`, script.createCachedData());
  }
  return exit(code);
};
await import(pathToFileURL(`${folder}/entry.js`).href);
