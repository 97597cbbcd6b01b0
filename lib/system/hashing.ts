// The Hashing port on node:crypto.
import { createHmac, randomBytes } from "node:crypto";
import type { Hashing } from "../ports/mod.ts";

/** Hashes and random values of the runtime. */
export const systemHashing: Hashing = {
  keyedHash: (text, key) => createHmac("sha256", key).update(text).digest("hex"),
  random: (bytes) => randomBytes(bytes).toString("hex"),
};
