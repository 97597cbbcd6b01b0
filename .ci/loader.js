// Starts a program: its one script, with the bytecode of the functions that such a start runs.
// The build writes the words that have bytecode of their own into WORDS.
import process from "node:process";
import { Script } from "node:vm";

const WORDS = ["@words@"];

const folder = import.meta.dirname;
const word = WORDS.includes(Deno.args[0]) ? Deno.args[0] : "other";
const script = new Script(Deno.readTextFileSync(`${folder}/program.js`), {
  filename: "program.js",
  // V8 takes it only if the very same V8 made it from this text; else it compiles as always.
  cachedData: Deno.readFileSync(`${folder}/${word}.bytecode`),
});
if (script.cachedDataRejected && Deno.env.get("CLAUDE_MULTI_DEBUG") === "1") {
  console.error("bytecode refused: this start takes longer");
}
script.runInThisContext()((name) => process.getBuiltinModule(name));
