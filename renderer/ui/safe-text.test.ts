import { describe, expect, it } from "vitest";
import { clipText, safeText, tooltipText } from "./safe-text.ts";

describe("text of events", () => {
  it("can't turn the direction of writing round or hide signs", () => {
    expect(safeText("invoice\u{202E}fdp.exe")).toBe("invoice\\u{202E}fdp.exe");
    expect(safeText("ad\u{200B}min\u{FEFF}")).toBe("ad\\u{200B}min\\u{FEFF}");
    expect(safeText("a\u{0}b\u{1B}[31m")).toBe("a\\u{0}b\\u{1B}[31m");
    expect(safeText("tag\u{E0041}")).toBe("tag\\u{E0041}");
  });
  it("shows line ends and tabs as signs", () => {
    expect(safeText("a\r\nb\tc")).toBe("a␍⏎b⇥c");
  });
  it("leaves letters of all scripts and emoji alone", () => {
    const text = "Überprüfung 検査 проверка 👍";
    expect(safeText(text)).toBe(text);
  });
  it("is cut between characters, and the tooltip has the whole of it", () => {
    expect(clipText("abcdef", 4)).toEqual({ text: "abc…", whole: "abcdef" });
    expect(clipText("ab👍cd", 4).text).toBe("ab…");
    expect(clipText("abcd", 4)).toEqual({ text: "abcd", whole: undefined });
  });
  it("is never longer than 2,000 characters in a tooltip", () => {
    expect(tooltipText("x".repeat(50_000))).toHaveLength(2_001);
  });
});
