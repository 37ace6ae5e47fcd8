import { expect, test } from "vitest";
import { openedEventsFile } from "./opened-file.ts";

const FILE = { id: "f1", name: "e.ndjson", bytes: 9 };

async function read(pieces: readonly string[]): Promise<{ text: string; asked: [string, number][] }> {
  const asked: [string, number][] = [];
  const file = openedEventsFile(
    {
      readOpenedFile: async (id, from) => {
        asked.push([id, from]);
        const text = pieces[from] ?? "";
        return from + 1 < pieces.length ? { text, next: from + 1 } : { text };
      },
    },
    FILE,
  );
  expect([file.name, file.size]).toEqual(["e.ndjson", 9]);
  return { text: await new Response(file.stream()).text(), asked };
}

test.each([[["{}\n", "é€\n", "last"]], [["one"]], [[""]], [["a", ""]]])(
  "the pieces %j come one after the other",
  async (pieces) => {
    const { asked, text } = await read(pieces);
    expect(text).toBe(pieces.join(""));
    expect(asked).toEqual(pieces.map((_, at) => ["f1", at]));
  },
);

test("a file that can't be read any more ends the stream with its sentence", async () => {
  const closed = () => Promise.reject(new Error("This file was closed: open it again."));
  const { stream } = openedEventsFile({ readOpenedFile: closed }, FILE);
  await expect(new Response(stream()).text()).rejects.toThrow("This file was closed");
});
