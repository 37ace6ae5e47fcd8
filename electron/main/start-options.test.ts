import { expect, it } from "vitest";
import { readStart } from "./start-options.ts";

it("reads what dsiem start knows, and overlooks what is Chromium's, links and files", () => {
  const args = [
    "--demo",
    "--enable-features=X",
    "-p",
    "8123",
    "--data-dir",
    "/d",
    "-v",
    "-v",
    "dsiem://alarm/a",
    "e.json",
  ];
  expect(readStart([...args, "--console-origin", "https://a.example"], {})).toEqual({
    ...{ demo: true, profile: undefined, dataDir: "/d", port: 8123, listen: "127.0.0.1" },
    ...{ consoleOrigins: ["https://a.example"], verbosity: 2 },
  });
});

it("takes the data folder of the environment when none is named", () => {
  expect(readStart([], { DSIEM_DATA_DIR: "/env" }).dataDir).toBe("/env");
  expect(readStart(["--data-dir=/arg"], { DSIEM_DATA_DIR: "/env" }).dataDir).toBe("/arg");
  expect(readStart([], { DSIEM_DATA_DIR: "" }).dataDir).toBeUndefined();
});

it.each([
  [["--port", "0"], "--port 0 isn't a port"],
  [["--port", "http"], "--port http isn't a port"],
  [["--listen", "localhost"], "--listen localhost isn't an address"],
  [["--profile", "../x"], "--profile ../x isn't a name"],
  [["--profile"], "--profile needs a value."],
])("%j is refused in a sentence", (args, sentence) => {
  expect(() => readStart(args, {})).toThrow(sentence);
});
