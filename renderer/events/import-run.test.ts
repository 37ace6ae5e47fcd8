import { expect, test } from "vitest";
import { type ImportState, runImport, type SendPiece } from "./import-run.ts";

const line = (id: number): string => JSON.stringify({ event_id: `e${id}`, title: "t".repeat(200) });
const file = (text: string, name = "events.json") => new File([text], name);
const take: SendPiece = async (text) => ({ accepted: text.split("\n").length, refused: 0, problems: [] });

test("a large file goes in pieces, with progress after each", async () => {
  const states: ImportState[] = [];
  const text = Array.from({ length: 20_000 }, (_, index) => line(index)).join("\n");
  const end = await runImport(file(text), take, new AbortController().signal, (state) => states.push(state));
  expect(end).toMatchObject({ accepted: 20_000, outcome: "done", read: text.length, format: "lines" });
  expect(states.length).toBeGreaterThan(3);
  const reads = states.map((state) => state.read);
  expect(reads).toEqual(reads.toSorted((a, b) => a - b));
});

test("problems are told with their place in the file", async () => {
  const text = Array.from({ length: 20_000 }, (_, index) => line(index)).join("\n");
  const secondLine: SendPiece = async () => ({ accepted: 1, refused: 1, problems: [{ line: 2, text: "no id" }] });
  const end = await runImport(file(text), secondLine, new AbortController().signal, () => undefined);
  expect(end.problems[0]).toEqual({ line: 2, text: "no id" });
  expect(end.problems[1]?.line).toBeGreaterThan(1000);
  expect(end.refused).toBe(end.problems.length);
});

test("what fails in the midst says why and how much was taken", async () => {
  let calls = 0;
  const fails: SendPiece = async () => {
    calls += 1;
    if (calls > 1) throw new Error("The server doesn't answer.");
    return { accepted: 10, refused: 0, problems: [] };
  };
  const text = Array.from({ length: 30_000 }, (_, index) => line(index)).join("\n");
  const end = await runImport(file(text), fails, new AbortController().signal, () => undefined);
  expect(end).toMatchObject({ accepted: 10, outcome: { failed: "The server doesn't answer." } });
});

test("a stop ends it after the piece under way", async () => {
  const stop = new AbortController();
  const stops: SendPiece = async () => {
    stop.abort();
    return { accepted: 10, refused: 0, problems: [] };
  };
  const text = Array.from({ length: 30_000 }, (_, index) => line(index)).join("\n");
  const end = await runImport(file(text), stops, stop.signal, () => undefined);
  expect(end).toMatchObject({ accepted: 10, outcome: "stopped" });
});

test("signs of several bytes that are cut by a chunk come out whole, and a byte order mark is nothing", async () => {
  let got = "";
  const keep: SendPiece = async (text) => {
    got += text;
    return { accepted: 1, refused: 0, problems: [] };
  };
  const bytes = new TextEncoder().encode(`\ufeff[{"title":"ü€😀"}]`);
  const stream = () =>
    new ReadableStream<Uint8Array<ArrayBuffer>>({
      start(controller) {
        for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
        controller.close();
      },
    });
  await runImport({ name: "x", size: bytes.length, stream }, keep, new AbortController().signal, () => undefined);
  expect(JSON.parse(got)).toEqual({ title: "ü€😀" });
});
