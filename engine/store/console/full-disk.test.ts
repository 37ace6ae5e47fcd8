import { execFileSync } from "node:child_process";
import { mkdirSync, unlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { ConsoleStore } from "./console-store.ts";
import { alarmEntry, alarmRecord, sinceAnswer } from "./testing/records.ts";
import { found, StoreRig } from "./testing/store-rig.ts";

const noMount = process.platform === "linux" && process.getuid?.() === 0 ? undefined : "only root may mount a tmpfs";
if (noMount !== undefined) console.log(`a full disk isn't tried here: ${noMount}`);

let rig: StoreRig;
beforeEach(() => {
  rig = new StoreRig();
});
afterEach(() => rig.end());

// Only root may mount a small disk; elsewhere the reason is printed above.
it.skipIf(noMount !== undefined)(
  "a full disk is said in a sentence, and nothing that was confirmed is lost",
  async () => {
    const folder = join(rig.folder, "small");
    mkdirSync(folder);
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=4m", "tmpfs", folder]);
    const open = () =>
      ConsoleStore.open({
        ...{ path: join(folder, "console.db"), closed: "Closed" },
        onDefect: (error) => {
          throw error;
        },
      });
    let store = await open();
    try {
      await store.write("page", { node: "n1", answer: sinceAnswer([alarmEntry(1, alarmRecord("a1"))]) });
      const filler = join(folder, "filler");
      try {
        for (;;) writeFileSync(filler, Buffer.alloc(4096), { flag: "a" });
      } catch {
        // Now it is full.
      }
      const many = Array.from({ length: 400 }, (_, i) => alarmEntry(i + 2, alarmRecord(`b${i}`)));
      const answer = sinceAnswer([alarmEntry(1, alarmRecord("a1")), ...many]);
      await expect(store.write("page", { node: "n1", answer })).rejects.toThrow(
        /^the console's database failed \(page\): .*; make room on its disk and try again$/,
      );
      expect(await found(store, "")).toEqual(["a1"]);
      unlinkSync(filler);
      expect(await store.write("page", { node: "n1", answer })).toMatchObject({ taken: 400 });
      await store.close();
      store = await open();
      expect(await found(store, "")).toHaveLength(401);
    } finally {
      await store.close();
      execFileSync("umount", ["-l", folder]);
    }
  },
);
