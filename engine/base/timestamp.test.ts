import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parseTimestamp } from "./timestamp.ts";

function textOf(text: string): string | undefined {
  return parseTimestamp(text)?.text;
}

describe("parseTimestamp", () => {
  test.each([
    ["RFC 3339", "2023-01-01T00:00:00Z", "2023-01-01T00:00:00Z"],
    ["an offset", "2023-01-01T07:00:00.123456789+07:00", "2023-01-01T00:00:00.123456789Z"],
    ["an offset west", "2022-12-31T19:30:00-04:30", "2023-01-01T00:00:00Z"],
    ["the offset -00:00", "2023-01-01T00:00:00-00:00", "2023-01-01T00:00:00Z"],
    ["Suricata's own", "2019-11-29T08:02:29.006460+0000", "2019-11-29T08:02:29.006460Z"],
    ["UTC", "2023-01-01T00:00:00 UTC", "2023-01-01T00:00:00Z"],
    ["UTC without a blank", "2023-01-01T00:00:00UTC", "2023-01-01T00:00:00Z"],
    ["a blank for T", "2023-01-01 00:00:00Z", "2023-01-01T00:00:00Z"],
    ["a blank before the offset", "2023-01-01T00:00:00.5 +01:00", "2022-12-31T23:00:00.5Z"],
    ["blanks everywhere", "2023-01-01  7:00:00  +0700", "2023-01-01T00:00:00Z"],
    ["lower case", "2023-01-01t00:00:00z", "2023-01-01T00:00:00Z"],
    ["one digit parts", "2023-1-2T3:4:5Z", "2023-01-02T03:04:05Z"],
    ["trailing zeros", "2023-01-01T00:00:00.100000Z", "2023-01-01T00:00:00.100000Z"],
    ["more than nine digits", "2023-01-01T00:00:00.1234567899Z", "2023-01-01T00:00:00.123456789Z"],
    ["a leap day", "2024-02-29T23:59:59+00:00", "2024-02-29T23:59:59Z"],
    ["the leap day of 2000", "2000-2-29T0:0:0Z", "2000-02-29T00:00:00Z"],
    ["the first moment", "0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"],
    ["the last moment", "9999-12-31T23:59:59.999999999Z", "9999-12-31T23:59:59.999999999Z"],
  ])("accepts %s", (_name, text, canonical) => {
    const parsed = parseTimestamp(text);
    expect(parsed?.text).toBe(canonical);
    expect(parsed?.seconds).toBe(Math.floor(Date.parse(canonical.replace(/\.(\d{1,3})\d*/, ".$1")) / 1000));
  });

  test.each([
    ["", "yesterday", "1700000000", "2023-01-01", "2023-01-01T00:00:00", "2023-01-01T00:00:00+07", "2023-01-01T00:00Z"],
    ["2023-01-01T24:00:00Z", "2023-01-01T23:60:00Z", "2023-01-01T23:59:61Z", "2023-01-01T00:00:00,5Z"],
    ["2023-13-01T00:00:00Z", "2023-00-01T00:00:00Z", "2023-01-00T00:00:00Z", "2023-1-32T00:00:00Z"],
    ["2023-02-30T00:00:00Z", "2023-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2023-04-31T00:00:00Z"],
    ["2023-01-01T00:00:00.Z", "2023-01-01T00:00:00.", "2023-01-01T00:00:00.5", "2023-01-01T00:00:00.1a3Z"],
    ["2023-01-01T00:00:00+24:00", "2023-01-01T00:00:00+00:60", "2023-01-01T00:00:00+0:00", "2023-01-01T00:00:00+7:00"],
    [
      "2023-01-01T00:00:00Zx",
      "2023-01-01T00:00:00Z ",
      " 2023-01-01T00:00:00Z",
      "2023-01-01T00:00:00UT",
      "2023-01-01_00:00:00Z",
    ],
    [
      "23-01-01T00:00:00Z",
      "12023-01-01T00:00:00Z",
      "-2023-01-01T00:00:00Z",
      "2023-001-01T00:00:00Z",
      "2023-01-01T+1:00:00Z",
    ],
    [
      "2023-01-01T00:00:00GMT",
      "2023-01-01T00:00:00+07:00:00",
      "2023/01/01T00:00:00Z",
      "20230101T000000Z",
      "2023-01-01T00:00:0٠Z",
    ],
    ["0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01"],
  ])("refuses %j and the like", (...texts) => {
    for (const text of texts) expect([text, parseTimestamp(text)]).toEqual([text, undefined]);
  });

  test("second 60 belongs to the second before it, and stays in the text", () => {
    expect(parseTimestamp("2016-12-31T23:59:60Z")).toEqual({ text: "2016-12-31T23:59:60Z", seconds: 1483228799 });
    const local = { text: "2016-12-31T23:59:60.25Z", seconds: 1483228799 };
    expect(parseTimestamp("2017-01-01T06:59:60.25+0700")).toEqual(local);
    expect(parseTimestamp(local.text)).toEqual(local);
  });

  test("rounds down before 1970", () => {
    expect(parseTimestamp("1969-12-31T23:59:59.900Z")?.seconds).toBe(-1);
    expect(parseTimestamp("1970-01-01T00:00:00.000Z")?.seconds).toBe(0);
  });

  test("gives back the very text that is already canonical", () => {
    expect(textOf("2026-11-23T00:28:22.068874Z")).toBe("2026-11-23T00:28:22.068874Z");
    expect(textOf("2026-11-23T00:28:22Z")).toBe("2026-11-23T00:28:22Z");
  });

  test("agrees with Date over all years, in every spelling of the offset", () => {
    const moment = fc.integer({ min: Date.UTC(1, 0, 2) - 1900 * 31_556_952_000, max: Date.UTC(9999, 11, 30) });
    const offset = fc.integer({ min: -(23 * 60 + 59), max: 23 * 60 + 59 });
    const spelling = fc.record({
      separator: fc.constantFrom("T", "t", " "),
      colon: fc.boolean(),
      blank: fc.boolean(),
      zeros: fc.boolean(),
      fraction: fc.option(fc.stringMatching(/^[0-9]{1,12}$/), { nil: "" }),
    });
    fc.assert(
      fc.property(moment, offset, spelling, (ms, minutes, { separator, colon, blank, zeros, fraction }) => {
        const seconds = Math.floor(ms / 1000);
        const utc = new Date(seconds * 1000);
        const local = new Date((seconds + minutes * 60) * 1000);
        fc.pre(utc.getUTCFullYear() >= 0 && local.getUTCFullYear() >= 0 && local.getUTCFullYear() <= 9999);
        const part = (value: number): string => (zeros ? String(value).padStart(2, "0") : String(value));
        const year = String(local.getUTCFullYear()).padStart(4, "0");
        const date = [year, part(local.getUTCMonth() + 1), part(local.getUTCDate())].join("-");
        const time = [part(local.getUTCHours()), part(local.getUTCMinutes()), part(local.getUTCSeconds())].join(":");
        const absolute = Math.abs(minutes);
        const hh = String(Math.floor(absolute / 60)).padStart(2, "0");
        const mm = String(absolute % 60).padStart(2, "0");
        const zone = `${minutes < 0 ? "-" : "+"}${hh}${colon ? ":" : ""}${mm}`;
        const dot = fraction === "" ? "" : ".";
        const text = `${date}${separator}${time}${dot}${fraction}${blank ? " " : ""}${zone}`;
        const canonical = `${utc.toISOString().slice(0, 19)}${dot}${fraction.slice(0, 9)}Z`;
        expect(parseTimestamp(text)).toEqual({ text: canonical, seconds });
        expect(parseTimestamp(canonical)).toEqual({ text: canonical, seconds });
      }),
      { numRuns: 2000 },
    );
  });

  test("never throws, and what it accepts it accepts again unchanged", () => {
    const piece = fc.constantFrom("2023", "02", "9", "-", ":", "T", " ", ".", "5", "Z", "+07:00", "60", "utc", "é");
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece, { maxLength: 16 }).map((all) => all.join("")),
        ),
        (text) => {
          const parsed = parseTimestamp(text);
          if (parsed !== undefined) expect(parseTimestamp(parsed.text)).toEqual(parsed);
        },
      ),
      { numRuns: 2000 },
    );
  });
});
