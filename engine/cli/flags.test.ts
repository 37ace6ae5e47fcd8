import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { booleanFlag, countFlag, normaliseArguments, numberFlag, textFlag, UsageError } from "./flags.ts";

const FLAGS = [
  textFlag({ long: "msq", placeholder: "url", default: "", help: "", read: (text) => text }),
  numberFlag({ long: "tcp-port", short: "p", placeholder: "port", default: 1, min: 0, max: 9, help: "" }),
  booleanFlag({ long: "json", short: "j", default: false, help: "" }),
  countFlag({ long: "verbosity", short: "v", help: "" }),
];
const normalised = (...argv: string[]): string[] => normaliseArguments(argv, FLAGS);

describe("arguments are brought into one form", () => {
  test.each([
    [["-p80"], ["--tcp-port=80"]],
    [["-p", "80"], ["--tcp-port=80"]],
    [["-p=80"], ["--tcp-port=80"]],
    [["--tcp-port", "-1"], ["--tcp-port=-1"]],
    [["--tcp-port="], ["--tcp-port="]],
    [["-vj"], ["--verbosity", "--json=true"]],
    [
      ["-vvp", "80"],
      ["--verbosity", "--verbosity", "--tcp-port=80"],
    ],
    [
      ["-j", "serve"],
      ["--json=true", "serve"],
    ],
    [
      ["-j", "false", "serve"],
      ["--json=false", "serve"],
    ],
    [["--json", "true"], ["--json=true"]],
    [["--json=maybe"], ["--json=maybe"]],
    [["-jV"], ["--json=true", "-V"]],
    [
      ["--unknown", "x"],
      ["--unknown", "x"],
    ],
    [
      ["-x", "-vx"],
      ["-x", "--verbosity", "-x"],
    ],
    [
      ["--", "-p"],
      ["--", "-p"],
    ],
    [["-"], ["-"]],
  ])("%j → %j", (argv, expected) => {
    expect(normalised(...argv)).toEqual(expected);
  });

  test("a flag is never taken for the value of another", () => {
    expect(() => normalised("--msq", "-p", "80")).toThrow(UsageError);
    expect(() => normalised("-p")).toThrow("--tcp-port (-p) needs a value: <port>");
    expect(() => normalised("--verbosity=2")).toThrow("--verbosity (-v) takes no value");
  });

  test("any value reaches its flag, whichever way it is spelled", () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1 }), (value) => {
        expect(normalised(`--msq=${value}`)).toEqual([`--msq=${value}`]);
        fc.pre(!value.startsWith("-"));
        expect(normalised("--msq", value, "-v")).toEqual([`--msq=${value}`, "--verbosity"]);
      }),
    );
  });
});
