import { expect, test } from "vitest";
import { loadPage } from "./load-page.ts";

function load(error: Error | undefined, destroyed = false): Promise<void> {
  const loadURL = () => (error === undefined ? Promise.resolve() : Promise.reject(error));
  return loadPage({ loadURL, isDestroyed: () => destroyed }, "app://dsiem/");
}
const failure = (code: string) => Object.assign(new Error(`${code} loading a page`), { code });

test("a page that can't be loaded is said, one that nobody waits for any more isn't", async () => {
  await load(undefined);
  await load(failure("ERR_ABORTED"));
  await load(failure("ERR_FAILED"), true);
  await expect(load(failure("ERR_CONNECTION_REFUSED"))).rejects.toThrow("ERR_CONNECTION_REFUSED");
});
