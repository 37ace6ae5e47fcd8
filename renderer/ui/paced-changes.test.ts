import { expect, it } from "vitest";
import { type Changes, PacedChanges } from "./paced-changes.ts";

interface Row {
  id: string;
  value: number;
}
function setUp() {
  let now = 0;
  let due: { at: number; run: () => void } | undefined;
  const handed: Changes<Row>[] = [];
  const paced = new PacedChanges<Row>({
    idOf: (row) => row.id,
    hand: (changes) => handed.push(changes),
    now: () => now,
    after: (milliseconds, run) => {
      due = { at: now + milliseconds, run };
      return () => {
        due = undefined;
      };
    },
  });
  const advance = (to: number) => {
    now = to;
    if (due !== undefined && due.at <= now) due.run();
  };
  return { paced, handed, advance };
}
const many = (value: number): Row[] => Array.from({ length: 100 }, (_, index) => ({ id: `r${index}`, value }));

it("hands a few on as they come", () => {
  const { paced, handed } = setUp();
  paced.add({ rows: [{ id: "a", value: 1 }], gone: [] });
  paced.add({ rows: [], gone: ["a"] });
  expect(handed).toHaveLength(2);
});
it("hands many on in steps, joined by id, the last value of each", () => {
  const { paced, handed, advance } = setUp();
  paced.add({ rows: many(1), gone: [] });
  expect(handed).toHaveLength(1);
  advance(100);
  paced.add({ rows: many(2), gone: [] });
  advance(200);
  paced.add({ rows: many(3), gone: ["r0"] });
  expect(handed).toHaveLength(1);
  advance(500);
  expect(handed).toHaveLength(2);
  expect(handed[1]?.rows).toHaveLength(99);
  expect(new Set(handed[1]?.rows.map((row) => row.value))).toEqual(new Set([3]));
  expect(handed[1]?.gone).toEqual(["r0"]);
});
it("forgets what waits when a snapshot comes", () => {
  const { paced, handed, advance } = setUp();
  paced.add({ rows: many(1), gone: [] });
  paced.add({ rows: many(2), gone: [] });
  paced.clear();
  advance(1_000);
  expect(handed).toHaveLength(1);
});
