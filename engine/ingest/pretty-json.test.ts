import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { prettyJson } from "./pretty-json.ts";

function pretty(text: string): string {
  return prettyJson(Buffer.from(text))?.toString() ?? "too large";
}

describe("prettyJson", () => {
  test("indents like JSON.stringify, however the input is laid out", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(undefined, 1, 3, "\t"), (value, indent) => {
        expect(pretty(JSON.stringify(value, null, indent))).toBe(JSON.stringify(value, null, 2));
      }),
      { numRuns: 300 },
    );
  });

  test("keeps the spelling of numbers, names, escapes and doubled fields", () => {
    expect(pretty('{"a":12345678901234567890,"a":1.0,"\\u0041":"\\/","b":1e2}')).toBe(
      '{\n  "a": 12345678901234567890,\n  "a": 1.0,\n  "\\u0041": "\\/",\n  "b": 1e2\n}',
    );
  });

  test("gives up what takes more than it may, and nothing that takes just that", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const bytes = Buffer.from(JSON.stringify(value));
        const printed = Buffer.from(JSON.stringify(value, null, 2));
        expect(prettyJson(bytes, printed.length)?.equals(printed)).toBe(true);
        expect(prettyJson(bytes, printed.length - 1)).toBeUndefined();
      }),
    );
  });

  test("keeps empty lists and objects on one line", () => {
    expect(pretty('{"a":[ \n ],"b":{ },"c":[[],{}]}')).toBe(
      '{\n  "a": [],\n  "b": {},\n  "c": [\n    [],\n    {}\n  ]\n}',
    );
  });
});
