import fc from "fast-check";
import { expect, it } from "vitest";
import { directivesArbitrary } from "../backlog/testing/scenarios.ts";
import { withCopy, withEnabled } from "./edit.ts";
import { directiveText, inspectDirectives } from "./inspect.ts";

const file = (text: string) => ({ name: "directives_be1.json", bytes: Buffer.from(text) });
const textOf = (bytes: Uint8Array | undefined): string => Buffer.from(bytes ?? []).toString("utf8");

const PRETTY = `{
  "note": "kept",
  "directives": [
    {
      "id": 1, "x": [ 1 ],
      "name": "one"
    },
    {
      "name": "two \\":",
      "id" : 2,
      "disabled": true
    }
  ]
}
`;

it("says disabled next to the id, in the layout of its neighbours, and leaves everything else as it is", () => {
  expect(textOf(withEnabled(file(PRETTY), new Set([1]), false))).toBe(
    PRETTY.replace(`"id": 1,`, `"id": 1,\n      "disabled": true,`),
  );
  const compact = '{"directives":[{"id":1,"name":"a"},{ "id": 2 }]}';
  expect(textOf(withEnabled(file(compact), new Set([1, 2]), false))).toBe(
    '{"directives":[{"id":1,"disabled":true,"name":"a"},{ "id": 2, "disabled": true }]}',
  );
});

it("replaces what is said already, and changes nothing that is so already", () => {
  expect(textOf(withEnabled(file(PRETTY), new Set([2]), true))).toBe(PRETTY.replace("true", "false"));
  expect(textOf(withEnabled(file(PRETTY), new Set([1]), true))).toBe(PRETTY);
  expect(textOf(withEnabled(file(PRETTY), new Set([2, 99]), false))).toBe(PRETTY);
  const twice = '{"directives":[{"id":1,"disabled":true,"disabled":false}]}';
  expect(textOf(withEnabled(file(twice), new Set([1]), false))).toBe(twice.replace("false", "true"));
});

it("puts a disabled copy behind a directive", () => {
  expect(textOf(withCopy(file(PRETTY), 1, 7))).toBe(
    PRETTY.replace(
      `"name": "one"\n    }`,
      `"name": "one"\n    },\n    {\n      "id": 7,\n      "disabled": true, "x": [ 1 ],\n      "name": "one (copy)"\n    }`,
    ),
  );
  expect(textOf(withCopy(file(PRETTY), 2, 7))).toContain('"name": "two \\": (copy)",\n      "id" : 7');
  expect(textOf(withCopy(file('{"directives":[{"id":1}]}'), 1, 2))).toBe(
    '{"directives":[{"id":1}, {"id":2,"disabled":true}]}',
  );
  expect(withCopy(file(PRETTY), 3, 7)).toBeUndefined();
});

it("a byte order mark moves nothing", () => {
  expect(textOf(withEnabled(file(`\uFEFF${PRETTY}`), new Set([1]), false))).toBe(
    `\uFEFF${PRETTY.replace(`"id": 1,`, `"id": 1,\n      "disabled": true,`)}`,
  );
});

it("disabling and enabling again gives the same directives, however they are laid out", () => {
  fc.assert(
    fc.property(
      directivesArbitrary,
      fc.constantFrom(undefined, 2, "\t", "\r\n"),
      fc.nat(2),
      (directives, space, pick) => {
        const before = file(JSON.stringify({ directives }, null, space));
        const id = directives[pick % directives.length]?.id ?? 1;
        const disabled = { ...before, bytes: withEnabled(before, new Set([id]), false) };
        expect(JSON.parse(textOf(disabled.bytes))).toEqual({
          directives: directives.map((each) => (each.id === id ? { ...each, disabled: true } : each)),
        });
        const enabled = withEnabled(disabled, new Set([id]), true);
        expect(inspectDirectives([{ ...before, bytes: enabled }]).directives.map(({ line, ...rest }) => rest)).toEqual(
          inspectDirectives([before]).directives.map(({ line, ...rest }) => rest),
        );
      },
    ),
  );
});

it("lists what isn't in order, too, and finds a directive's own text", () => {
  const { directives, problems } = inspectDirectives([file(PRETTY)]);
  expect(directives).toMatchObject([
    { id: 1, name: "one", stages: 0, enabled: true, line: 4 },
    { id: 2, name: 'two ":', enabled: false, line: 8 },
  ]);
  expect(problems.every(({ directiveId }) => directiveId === 1 || directiveId === 2)).toBe(true);
  expect(problems.length).toBeGreaterThan(0);
  expect(JSON.parse(directiveText(file(PRETTY), 2) ?? "")).toMatchObject({ disabled: true });
  expect(directiveText(file(PRETTY), 3)).toBeUndefined();
});
