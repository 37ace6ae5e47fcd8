import { expect, test } from "vitest";
import type { PlacedProblem } from "./problem-places.ts";
import { reasonNotToSave } from "./save-reason.ts";

const error = (line: number | undefined, text = "wrong"): PlacedProblem => ({
  problem: { severity: "error", text, file: "f.json" },
  ...{ line, from: 0, to: 0, directive: undefined },
});
const sound = { changed: true, isNew: false, readOnly: undefined, fault: undefined, checking: false, isBroken: false };

test("a text that can't be saved says why, the gravest first", () => {
  const reason = (more: object, problems: PlacedProblem[] = []) => reasonNotToSave({ ...sound, problems, ...more });
  expect(reason({})).toBeUndefined();
  expect(reason({ readOnly: "Only read." }, [error(1)])).toBe("Only read.");
  expect(reason({ changed: false })).toBe("Nothing was changed.");
  expect(reason({ changed: false, isNew: true })).toBeUndefined();
  expect(reason({ fault: "The console's server doesn't answer." })).toBe("The console's server doesn't answer.");
  expect(reason({}, [error(9), error(2, "first")])).toBe("2 errors to fix first; line 2: first");
  expect(reason({}, [error(undefined)])).toBe("One error to fix first: f.json: wrong");
  expect(reason({ checking: true })).toBe("The text is being checked.");
});
