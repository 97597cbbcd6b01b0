// What only a launch needs, and the client's calls back to us: loaded after the choice.
export { follow } from "./conversation.ts";
export { refuseCallBack } from "./recursion_guard.ts";
