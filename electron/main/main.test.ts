import { expect, it, vi } from "vitest";
import { app, standIn } from "../testing/electron.ts";

it("has said everything that must be said early before electron is ready, and waits for nothing", async () => {
  standIn.reset();
  // Were it awaited at the top level, electron would never become ready, and this import would never end.
  await import("./main.ts");
  expect(standIn.schemes.map(({ scheme }) => scheme)).toEqual(["app"]);
  expect(app.listenerCount("open-url")).toBe(1);
  expect(standIn.protocols.size).toBe(0);
});

it("a second start of the program ends without a window", async () => {
  standIn.reset();
  standIn.hasLock = false;
  vi.resetModules();
  const again = await import("../testing/electron.ts");
  again.standIn.hasLock = false;
  await import("./main.ts");
  expect(again.standIn.exited).toBe(true);
});
