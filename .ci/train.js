// Runs a program's script as its loader does, and at its end keeps the bytecode of what has run.
// usage: .ci/deno run -A .ci/train.js SCRIPT BYTECODE [ARGS...]   adds to BYTECODE if it is there
import process from "node:process";
import { Script } from "node:vm";

const [path, kept, ...args] = Deno.args;
const isFirst = Deno.statSync(kept).size === 0;
const script = new Script(Deno.readTextFileSync(path), {
  filename: "program.js",
  cachedData: isFirst ? undefined : Deno.readFileSync(kept),
});
if (!isFirst && script.cachedDataRejected) throw new Error(`Cannot add to ${kept}: V8 refuses it`);
Object.defineProperty(Deno, "args", { value: args });
const exit = Deno.exit;
Deno.exit = (code) => {
  Deno.writeFileSync(kept, script.createCachedData());
  return exit(code);
};
script.runInThisContext()((name) => process.getBuiltinModule(name));
