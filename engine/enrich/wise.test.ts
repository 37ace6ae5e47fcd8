import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readWise } from "./wise.ts";

describe("readWise", () => {
  it.each([
    ["[]", []],
    [" [ ] \n", []],
    [
      '[{field:"threat.activity",len:15,value:"Scanning Host"},{field:"threat.id",len:3,value:"77"}]',
      ["threat.activity: Scanning Host"],
    ],
    ['[{field:"a",len:4,value:"x"},{field:"b",len:5,value:"y"}]', ["b: y"]],
    ['[{field: "a", len: 37, value: "spaces -- between"}]', ["a: spaces -- between"]],
    ['[{"field":"a","len":5,"value":"quoted keys"},\n]', ["a: quoted keys"]],
    ["[{value:'single', 'len':5, field:'a',}]", ["a: single"]],
    ['[{field:"a",len:9,value:"q\\"uo\\\\te \\u00e9\\x41\\n\\/"}]', ['a: q"uo\\te éA\n/']],
    ['[{field:"a",len:9,value:"field: len: value: },{ ]"}]', ["a: field: len: value: },{ ]"]],
    ['[{field:"a",extra:true,more:null,n:-1.5e3,s:"x",len:9,value:"v"}]', ["a: v"]],
  ])("reads %s", (text, expected) => {
    expect(readWise(text)).toEqual(expected);
  });

  it.each([
    "",
    "[",
    "]",
    "{}",
    "<html>no such thing</html>",
    "[1]",
    "[{}]",
    '[{field:"a",len:9}]',
    '[{field:"a",len:"9",value:"v"}]',
    '[{field:"a",len:9,value:"v"}',
    '[{field:"a",len:9,value:"v"}]x',
    '[{field:"a",len:9,value:"v',
    '[{field:"a",len:9,value:"v\\',
    '[{field:"a",len:9,value:"v\\u12"}]',
    '[{field:"a",len:9,value:"v\n"}]',
    '[{field:"a",len:9,value:v}]',
    '[{field:"a",len:1.2.3,value:"v"}]',
    '[{field:"a",len:9,value:["v"]}]',
    '[{field:"a",len:9,value:(()=>{throw 1})()}]',
    '[{field:process.exit(1),len:9,value:"v"}]',
    '[{field:"a",len:9,other:{},value:"v"}]',
    '[{field:"a" len:9,value:"v"}]',
    '[{field:"a",len:9,value:"v"} {field:"a",len:9,value:"v"}]',
  ])("refuses %s", (text) => {
    expect(() => readWise(text)).toThrow(SyntaxError);
  });

  it("reads back what is written, whatever the texts hold", () => {
    const entry = fc.record({
      field: fc.string({ unit: "binary" }),
      len: fc.nat(),
      value: fc.string({ unit: "binary" }),
    });
    fc.assert(
      fc.property(fc.array(entry), (entries) => {
        const text = entries.map(
          (e) => `{field:${JSON.stringify(e.field)},len:${e.len},value:${JSON.stringify(e.value)}}`,
        );
        const expected = entries.filter((e) => e.len >= 5).map((e) => `${e.field}: ${e.value}`);
        expect(readWise(`[${text.join(",")}]`)).toEqual(expected);
      }),
    );
  });

  it("says what is wrong about any text, and nothing else happens", () => {
    const noise = fc.string({ unit: fc.constantFrom(..."[]{}:,\"'\\ fieldlenvalue059-.eu\n") });
    fc.assert(
      fc.property(noise, (text) => {
        try {
          readWise(text);
        } catch (error) {
          expect(error).toBeInstanceOf(SyntaxError);
        }
      }),
      { numRuns: 2000 },
    );
  });

  it("takes linear time over a megabyte of anything", () => {
    for (const piece of ["[", "[{", '[{"', "[{a:", '{field:"a",len:9,value:"v"},', "\\", " ", "9"]) {
      const text = `[${piece.repeat(Math.floor(1_000_000 / piece.length))}`;
      const began = performance.now();
      expect(() => readWise(text)).toThrow(SyntaxError);
      expect(performance.now() - began).toBeLessThan(2000);
    }
  });
});
