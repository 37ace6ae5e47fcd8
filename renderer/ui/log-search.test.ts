import { expect, test } from "vitest";
import { logSearchUrl } from "./log-search.ts";

test("placeholders are filled in", () => {
  const url = logSearchUrl("https://logs.example/app?q=event_id:{event_id}&from={from}&stage={stage}", {
    event_id: "4hT0-7746",
    from: Date.UTC(2026, 10, 23, 14, 11),
    stage: 2,
  });
  expect(url).toBe("https://logs.example/app?q=event_id:4hT0-7746&from=2026-11-23T14%3A11%3A00.000Z&stage=2");
});

test("a value can't reach beyond its place", () => {
  const url = logSearchUrl("https://logs.example/#/?_a=(query:'{title}')", { title: "'),x:(a&b#c ../\u202e" });
  expect(url).toBe("https://logs.example/#/?_a=(query:'%27%29%2Cx%3A%28a%26b%23c%20..%2F%E2%80%AE')");
});

test("a lone surrogate in a title doesn't throw", () => {
  expect(logSearchUrl("https://logs.example/?q={title}", { title: "\ud800" })).toBe(
    "https://logs.example/?q=%EF%BF%BD",
  );
});

test("a value that isn't there leaves its place empty; what is no placeholder stays", () => {
  expect(logSearchUrl("http://logs.example/?a={src}&b={other}", {})).toBe("http://logs.example/?a=&b={other}");
});

test.each([
  "",
  "  ",
  "javascript:alert(1)//{title}",
  "file:///etc/{title}",
  "data:text/html,{title}",
  "logs.example/{src}",
])("%j gives no link", (template) => {
  expect(logSearchUrl(template, { title: "x", src: "10.0.0.1" })).toBeUndefined();
});

test("a value can't become the scheme", () => {
  expect(logSearchUrl("{src}", { src: "javascript:alert(1)" })).toBeUndefined();
});
