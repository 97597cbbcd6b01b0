// Tests which parts of a program share a file.
import assert from "node:assert/strict";
import { filesOf } from "../../build/files.ts";

Deno.test("parts that are always loaded together share a file, named in the part's name", () => {
  const files = filesOf(
    new Map([
      ["part0", `import{a}from"./part1.js";var b=import("./part4.js");export{a,b};`],
      ["part1", `var a="./part3.js";export{a};`],
      ["part2", `import{a}from"./part1.js";import{c}from"./part3.js";import{d}from"./part5.js";`],
      ["part3", `var c=1;export{c};`],
      ["part4", `import{c}from"./part3.js";import{e}from"./part6.js";`],
      ["part5", `var d=1;export{d};`],
      ["part6", `var e=1;export{e};`],
      ["main", `import{a}from"./part0.js";import("./part2.js");`],
    ]),
  );
  const names = [...files].map(([file, parts]) => [file, [...parts.keys()]]);
  assert.deepEqual(Object.fromEntries(names), {
    main: ["main", "main.1", "main.2"],
    part2: ["part2", "part2.1"],
    part3: ["part3"],
    part4: ["part4", "part4.1"],
  });
  assert.equal(files.get("main")?.get("main"), `import{a}from"./main.1.js";import("./part2.js");`);
  assert.equal(
    files.get("part2")?.get("part2"),
    `import{a}from"./main.2.js";import{c}from"./part3.js";import{d}from"./part2.1.js";`,
  );
});

Deno.test("a part that imports one of its importers dynamically is put into a file once", () => {
  const files = filesOf(
    new Map([
      ["main", `import("./part0.js");`],
      ["part0", `import{a}from"./part1.js";export{a as b};`],
      ["part1", `var a=()=>import("./part0.js");export{a};`],
    ]),
  );
  assert.deepEqual([...files].map(([file, parts]) => [file, [...parts.keys()]]), [
    ["main", ["main"]],
    ["part0", ["part0", "part0.1"]],
  ]);
});
