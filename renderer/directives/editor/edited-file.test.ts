import { expect, test } from "vitest";
import { directiveInFile, type EditedFile, fileWith, linesAbove, newInFile, wholeFile } from "./edited-file.ts";

const FILE = `{
  "note": "{ not [ this",
  "directives": [
    {
      "id": 1,
      "name": "a \\"quoted\\" } name"
    },

    { "id": 2 ,
      "rules": [] }, {"id":3}
  ]
}
`;
const saved = (text: string) => ({ name: "directives_be-0.json", text, version: "1" });
const found = (text: string, id: number): EditedFile => {
  const edited = directiveInFile(saved(text), id);
  if (edited === undefined) throw new Error(`no directive ${id}`);
  return edited;
};

test("a directive is shown without its indentation and put back byte for byte", () => {
  const first = found(FILE, 1);
  expect(first.text).toBe('{\n  "id": 1,\n  "name": "a \\"quoted\\" } name"\n}');
  expect(linesAbove(first)).toBe(3);
  expect(fileWith(first, first.text)).toBe(FILE);
  expect(fileWith(first, first.text.replace('"id": 1', '"id": 4'))).toBe(FILE.replace('"id": 1', '"id": 4'));
  expect(found(FILE, 3).text).toBe('{"id":3}');
  expect(fileWith(found(FILE, 3), '{"id":3,\n"x":1}')).toBe(FILE.replace('{"id":3}', '{"id":3,\n      "x":1}'));
  expect(directiveInFile(saved(FILE), 9)).toBeUndefined();
});

test("a directive whose lines can't be moved without loss is shown as it stands", () => {
  const odd = '{"directives": [\n    {\n  "id": 1\n    }]}';
  expect(found(odd, 1).text).toBe('{\n  "id": 1\n    }');
  expect(fileWith(found(odd, 1), found(odd, 1).text)).toBe(odd);
});

test("line ends of Windows and a mark at the beginning stay", () => {
  const windows = `\uFEFF${FILE.replaceAll("\n", "\r\n")}`;
  const first = found(windows, 1);
  expect(first.text).toBe(found(FILE, 1).text);
  expect(fileWith(first, first.text.replace('"id": 1', '"id": 4'))).toBe(windows.replace('"id": 1', '"id": 4'));
  const whole = wholeFile(saved(FILE.replaceAll("\n", "\r\n")));
  expect(fileWith(whole, `${whole.text} `)).toBe(`${FILE.replaceAll("\n", "\r\n")} `);
});

test("the text that the server read is found without reading all of them", () => {
  expect(directiveInFile(saved('{"directives":[{"id":1e0}]}'), 7, '{"id":1e0}')?.text).toBe('{"id":1e0}');
});

test("a new directive comes behind the last, or begins the file", () => {
  const behind = newInFile(saved(FILE.replace(', {"id":3}', "")));
  const text = '{\n  "id": 9\n}';
  expect(fileWith(behind, text)).toContain('"rules": [] },\n\n    {\n      "id": 9\n    }\n  ]\n}\n');
  expect(linesAbove(behind)).toBe(11);
  for (const file of ["", '{ "directives": [] }', FILE]) {
    const made: unknown = JSON.parse(fileWith(newInFile(saved(file)), text));
    expect(made).toMatchObject({ directives: expect.arrayContaining([{ id: 9 }]) });
  }
});
