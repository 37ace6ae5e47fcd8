import { Readable } from "node:stream";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type InputItem, readEventInput } from "./event-input.ts";

async function read(text: string): Promise<InputItem[]> {
  const items: InputItem[] = [];
  for await (const item of readEventInput(Readable.from([Buffer.from(text)]))) items.push(item);
  return items;
}

const lines = (items: readonly InputItem[]) => items.map((item) => item.line);
const values = (items: readonly InputItem[]) => items.map((item) => ("text" in item ? JSON.parse(item.text) : item));

describe("event files", () => {
  test("NDJSON, with empty lines, arrays in a line and a byte order mark", async () => {
    const items = await read('\uFEFF{"a":1}\r\n\n[{"a":2},{"a":3}]\n{"a":4}');
    expect(values(items)).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }, { a: 4 }]);
    expect(lines(items)).toEqual([1, 3, 3, 4]);
  });

  test("a pretty-printed array names the line of each event", async () => {
    const items = await read('\n[\n  {\n    "a": "]}\\"",\n    "b": [1, 2]\n  },\n  {"a": 2}, 3\n]\n');
    expect(values(items)).toEqual([{ a: ']}"', b: [1, 2] }, { a: 2 }, 3]);
    expect(lines(items)).toEqual([3, 7, 7]);
  });

  test("one pretty-printed event", async () => {
    expect(await read('{\n "a": 1\n}\n')).toEqual([{ line: 1, text: '{\n "a": 1\n}' }]);
  });

  test("a bad line is reported and the rest goes on", async () => {
    const items = await read('{"a":1}\n{"a":\n{"a":3}\nhello\n');
    expect(lines(items)).toEqual([1, 2, 3, 4]);
    expect(items.map((item) => "problem" in item)).toEqual([false, true, false, true]);
    const first = await read('{"a"\n{"a":2}\n');
    expect(first.map((item) => "problem" in item)).toEqual([true, false]);
  });

  test("numbers keep every digit", async () => {
    expect(await read('[{"n":12345678901234567890}]')).toEqual([{ line: 1, text: '{"n":12345678901234567890}' }]);
  });

  test("nothing at all", async () => {
    expect(await read("")).toEqual([]);
    expect(await read("[]")).toEqual([]);
  });

  test("a stream that fails is an error", async () => {
    const broken = new Readable({ read: () => broken.destroy(new Error("no such disk")) });
    const reading = (async () => {
      for await (const _ of readEventInput(broken));
    })();
    await expect(reading).rejects.toThrow("the events can't be read: no such disk");
  });

  test("an array, pretty-printed or not, and NDJSON give the same events", async () => {
    const events = fc.array(fc.dictionary(fc.string(), fc.jsonValue()), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(events, async (list) => {
        const expected = JSON.parse(JSON.stringify(list));
        expect(values(await read(JSON.stringify(list)))).toEqual(expected);
        expect(values(await read(JSON.stringify(list, undefined, 2)))).toEqual(expected);
        expect(values(await read(list.map((event) => JSON.stringify(event)).join("\n")))).toEqual(expected);
      }),
    );
  });
});
