// What few calls need, loaded only for them: parsing is most of the cost of code.

export { explain } from "./explain.ts";
export { ofModel, weeksIn } from "./model_week.ts";
export { rareFacts } from "./lazy_facts.ts";
export { chooseSegments } from "./segments/mod.ts";
export { renderUsage } from "./usage.ts";
