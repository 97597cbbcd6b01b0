// What only a launch needs, and the check for a client that calls us back: loaded after the choice.
export { runConversation } from "./run_conversation.ts";
export { refuseCallBack } from "./recursion_guard.ts";
