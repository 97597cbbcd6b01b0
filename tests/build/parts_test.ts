// Tests that the script of a part does what its module does, and unsupported forms are rejected.
import assert from "node:assert/strict";
import { scriptOf } from "../../build/parts.ts";

Deno.test("a part does what its module does, including imports and exports", async () => {
  const script = scriptOf(
    `import{a as b,c}from"./part1.js";import d from"./part2.js";import"./part3.js";` +
      `import{e as f}from"node:x";import*as g from"node:y";var h=b+c+d+f+g.z;` +
      `function load(){return this}var i=async()=>[(await import("./part4.js")).k,load()];export{h as total,i,h as default};\n`,
  );
  const loaded: string[] = [];
  const exports: Record<string, unknown> = {
    part1: { a: "a", c: "c" },
    part2: { default: "d" },
    part3: {},
    part4: { k: "k" },
    "node:x": { e: "e" },
    "node:y": { z: "z" },
  };
  const load = (name: string) => (loaded.push(name), exports[name]);
  // deno-lint-ignore no-eval
  const { total, default: whole, i } = (0, eval)(script)(load, load);
  assert.equal(total, "acdez");
  assert.equal(whole, total);
  assert.deepEqual(loaded, ["part1", "part2", "part3", "node:x", "node:y"]);
  assert.deepEqual(await i(), ["k", undefined], "modules are strict");
});

Deno.test("text that looks like an import or export is unchanged", () => {
  const text = 'x;import{a}from"./a.js";import("./b.js");export{c};';
  const module = `var a=${JSON.stringify(text)},b=\`${text}\`,c=/import{d}from"e"/.source;` +
    `// ${text}\nexport{a,b,c};`;
  // deno-lint-ignore no-eval
  const exported = (0, eval)(scriptOf(module))();
  assert.deepEqual(exported, { a: text, b: text, c: 'import{d}from"e"' });
});

Deno.test("a module in an unsupported form is rejected", () => {
  const modules = [
    'export*from"./part1.js";',
    "export default 1;",
    'export{a}from"./part1.js";',
    "export const a=1;",
    "var a;export{a};a=1;",
    'import a,{b}from"./c.js";',
    'import a from"zod";',
    'import("zod");',
    "import(a);",
    "import.meta.url;",
    "await 1;",
    "var __part_load;",
  ];
  for (const module of modules) assert.throws(() => scriptOf(module), Error, module);
});
