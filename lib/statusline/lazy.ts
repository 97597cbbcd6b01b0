// What few calls need, in one part that is loaded for them: to be parsed is most of what code costs.

export { explain } from "./explain.ts";
export { rareFacts } from "./lazy_facts.ts";
export { chooseSegments } from "./segments/mod.ts";
export { bytewiseReader } from "../claude/transcript/bytewise.ts";
export { renderUsage } from "./usage.ts";
