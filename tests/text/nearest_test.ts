// Tests of the word that a mistyped one means: similar ones are found, others aren't.
import assert from "node:assert/strict";
import { nearest } from "../../lib/text/nearest.ts";

const NAMES = ["run", "pick", "status", "sessions", "installation-check"];

for (
  const [word, meant] of [
    ["stauts", "status"], // Two swapped letters.
    ["sttaus", "status"],
    ["sesions", "sessions"],
    ["rum", "run"],
    ["rnu", "run"],
    ["rnn", "run"],
    ["nnu", null], // In a short word two changes make another word.
    ["pcik", "pick"],
    ["picck", "pick"],
    ["piccck", null],
    ["pxxxk", null],
    ["installtion-chekc", "installation-check"],
    ["installXXXXXX-check", "installation-check"],
    ["installXXXXXXX-check", null],
    ["everything", null],
    ["sess", "sessions"],
    ["ssns", "sessions"],
    ["instcheck", "installation-check"],
    ["ess", null],
    ["se", null],
    ["", null],
  ] as const
) {
  Deno.test(`"${word}" means ${meant ?? "nothing"}`, () => {
    assert.equal(nearest(word, NAMES), meant);
  });
}

Deno.test("two swapped letters beat a nearer word of another length", () => {
  assert.equal(nearest("stauts", ["stats", "status"]), "status");
  assert.equal(nearest("statss", ["stats", "status"]), "stats");
});

Deno.test("what is short for several names means none of them", () => {
  assert.equal(nearest("grp", ["group", "grapes"]), null);
  assert.equal(nearest("grp", ["group", "plan"]), "group");
});

Deno.test("a word that begins with a name and goes on means that name", () => {
  assert.equal(nearest("automatic", ["ask", "auto", "off"]), "auto");
  assert.equal(nearest("offline", ["ask", "auto", "off"]), null, "too little to go by");
});

Deno.test("of names that are equally far, the one that lacks a letter is meant", () => {
  assert.equal(nearest("limt", ["list", "limit"]), "limit");
});

Deno.test("without names, nothing is meant", () => {
  assert.equal(nearest("run", []), null);
});
