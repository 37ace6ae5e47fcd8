import { expect, test } from "vitest";
import { startOptions } from "./start-options.ts";

test("without flags the desktop begins where it was, on this machine only", () => {
  expect(startOptions([], {})).toEqual({
    wish: { demo: false, profile: undefined, dataDir: undefined },
    ...{ port: undefined, listen: "127.0.0.1" },
  });
  expect(startOptions([], { DSIEM_DATA_DIR: "/data" }).wish.dataDir).toBe("/data");
});

test("takes the flags of npm start among whatever else there is", () => {
  const args = ["--ozone-platform=x11", "--demo", "-p", "8123", "events.json", "--listen", "::1", "--data-dir", "/d"];
  expect(startOptions([...args, "--profile", "lab"], {})).toEqual({
    wish: { demo: true, profile: "lab", dataDir: "/d" },
    ...{ port: 8123, listen: "::1" },
  });
});

test("leaves out what can't be used", () => {
  expect(startOptions(["--port", "many", "--listen", "here", "--profile", "../x"], {})).toEqual(startOptions([], {}));
});
