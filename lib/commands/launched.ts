// What only a launch needs, and the client's calls back to us: loaded after the choice.
export { follow } from "./following.ts";
export { hook } from "./hook.ts";
export { refuseCallBack } from "./called_back.ts";
