// Loaded before the tests by `make fuzz`: every property runs longer, with another seed.
import fc from "fast-check";

const numRuns = Number(Deno.env.get("FUZZ_RUNS") ?? "5000");
fc.configureGlobal({ ...fc.readConfigureGlobal(), numRuns });
console.log(`each property without its own count runs ${numRuns} times`);
