// The parts that only a launch needs, loaded late; one also checks that the client isn't a wrapper of ours.
export { runConversation } from "./run_conversation.ts";
export { refuseCallBack } from "./recursion_guard.ts";
