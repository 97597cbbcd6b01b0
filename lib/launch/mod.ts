// What only a launch needs, and the check that the client is not claude-multi itself; loaded late.
export { runConversation } from "./run_conversation.ts";
export { refuseCallBack } from "./recursion_guard.ts";
