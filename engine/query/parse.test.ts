import { expect, it } from "vitest";
import { parseQuery } from "./parse.ts";
import { printQuery } from "./print.ts";
import { QueryError } from "./query-error.ts";
import { ALARM_VOCABULARY } from "./vocabulary.ts";

function printed(text: string): string {
  return printQuery(parseQuery(text, ALARM_VOCABULARY));
}

function refusal(text: string): [string, number, number] {
  try {
    parseQuery(text, ALARM_VOCABULARY);
  } catch (error) {
    if (error instanceof QueryError) return [error.message, error.column, error.length];
    throw error;
  }
  throw new Error(`${text} was read`);
}

it.each([
  ["", ""],
  ["  ", ""],
  ["brute", "brute"],
  [
    'risk>=7 src:10.0.0.0/8 -tag:"False Positive" title~"brute"',
    'risk>=7 src:10.0.0.0/8 -tag:"False Positive" title~brute',
  ],
  ["status:Open|Closed", "status:Open|Closed"],
  ["STATUS:Open | Closed", "status:Open|Closed"],
  ["a OR b c", "a OR b c"],
  ["(a OR b) c", "(a OR b) c"],
  ["a AND (b AND c)", "a b c"],
  ["NOT (a b)", "-(a b)"],
  ["- a", "-a"],
  ['title:"a \\"b\\" \\\\ \\* *c"', 'title:"a \\"b\\" \\\\ \\* *c"'],
  ["title:C:\\x", 'title:"C:\\\\x"'],
  ['tag:""', 'tag:""'],
  ["ip:2001:DB8::1/128|fe80::/10", "ip:2001:db8::1|fe80::/10"],
  ["fe80::1", '"fe80::1"'],
  ["updated>=2026-11-28T10:00", "updated>=2026-11-28T10:00"],
  ['created<"2026-11-28 10:00"', 'created<"2026-11-28 10:00"'],
  ["age<24h", "updated>=now-24h"],
  ["age>=7d", "updated<=now-7d"],
  ["is:LIVE|new", "is:live|new"],
  ['"OR"', '"OR"'],
  ["port:80|443", "port:80|443"],
])("reads %s as %s", (text, meaning) => {
  expect(printed(text)).toBe(meaning);
});

it.each([
  ["abcd, efgh,ijkl", "id:abcd|efgh|ijkl"],
  ["abcd,\nabcd", "id:abcd"],
  ["-UCxkTb1kH _aaaaaaa1 Abcdefg-h", "id:-UCxkTb1kH|_aaaaaaa1|Abcdefg-h"],
  ["V1StGXR8_\nUakgb_J5m\n", "id:V1StGXR8_|Uakgb_J5m"],
])("takes %j for a pasted list of ids", (text, meaning) => {
  expect(printed(text)).toBe(meaning);
});

it.each([["brute force"], ["brute force login failure"], ["WordPress plugins"], ["a,b"]])(
  "takes %j for words",
  (text) => {
    expect(printed(text)).not.toContain("id:");
  },
);

it.each<[string, string, number, number]>([
  ["rsik>=7", "There is no field rsik: did you mean risk?", 0, 4],
  ["a http://x", "There is no field http: to look for text with such a sign in it, quote it", 2, 4],
  ["constructor:x", "There is no field constructor: to look for text with such a sign in it, quote it", 0, 11],
  ["risk>=high", 'risk is a whole number: "high" isn\'t one', 6, 4],
  ["risk>=7|8", ">= takes a single value; | goes with : and ~", 8, 1],
  ["risk~7", "risk is no text: compare it with : >= <= > or <", 0, 6],
  ["title>3", "title is text: write title:value for the whole or title~part", 0, 7],
  ["title: x", "title: needs a value right behind it", 5, 1],
  ["title:a|", "title: needs a value right behind it", 8, 0],
  ["src:10.0.0.*", "src is an address: * stands for anything only in text", 4, 8],
  ["src~10", "src is an address: write src:value", 0, 6],
  [
    "src:10.0.0.1/8",
    'src is an address or a network like 10.0.0.0/8: "10.0.0.1/8" has host bits set beyond its prefix; the network is 10.0.0.0/8',
    4,
    10,
  ],
  [
    "updated>yesterday",
    'updated is a time, and "yesterday" isn\'t one: write it like 2026-11-28, 2026-11-28T10:00 or now-24h',
    8,
    9,
  ],
  [
    "updated>2026-02-30",
    'updated is a time, and "2026-02-30" isn\'t one: write it like 2026-11-28, 2026-11-28T10:00 or now-24h',
    8,
    10,
  ],
  ["age:3d", "age takes < and >, as in age<24h", 0, 6],
  ["age<soon", 'age is a length of time like 15m, 24h or 7d; "soon" isn\'t one', 4, 4],
  ["is:hot", 'is takes open, closed, new, live, timeout, complete: "hot" is none of them', 3, 3],
  ["(a b", "This parenthesis isn't closed", 0, 1],
  ["a)", "This parenthesis closes nothing", 1, 1],
  ["()", "Something is missing before this parenthesis", 1, 1],
  ["a OR", "Something is missing here", 4, 0],
  ["OR a", "OR and AND stand between two terms; to look for the word itself, quote it", 0, 2],
  ["-", "Something is missing here: what is it that is excluded?", 1, 0],
  ["a | b", "| joins the values of a field, as in status:Open|Closed; between terms write OR", 2, 1],
  ['say "hi', "This quotation mark isn't closed", 4, 3],
  ["risk >= 7", "An operator stands right behind its field, without blanks, as in risk>=7", 5, 2],
  ['a ""', "There is nothing to look for in this", 2, 2],
])("refuses %s", (text, message, column, length) => {
  expect(refusal(text)).toEqual([message, column, length]);
});

it("bounds what a query may cost", () => {
  expect(refusal("(".repeat(20_000))[0]).toBe("More than 40 levels are too deep");
  expect(refusal("-".repeat(20_000))[0]).toBe("More than 40 levels are too deep");
  expect(refusal("a ".repeat(10_000))[0]).toBe("More than 300 terms are too many");
  expect(printed(`port:${"1|".repeat(5000)}1`)).toHaveLength(10_006);
});
