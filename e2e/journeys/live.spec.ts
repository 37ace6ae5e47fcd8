import { expect, journey } from "../lib/journey.ts";
import { connectionPill, goTo, rows, rowWith } from "../lib/screens.ts";
import { anEvent, bruteForce, SID } from "../lib/site.ts";

/** Killing the backend shows on the pill within a second. */
const PILL_WITHIN_MS = 1000;

journey("a live alarm arrives, and grows in place", async ({ page, running }) => {
  await goTo(page, "/alarms");
  await expect(page.getByText(/no alarms/i).first()).toBeVisible();
  await running.send(bruteForce("198.51.100.20").slice(0, 2));
  const row = rowWith(page, "198.51.100.20");
  await expect(row).toBeVisible();
  await expect(row).toContainText("2/2·1/4");
  await running.send(bruteForce("198.51.100.20").slice(0, 1));
  await expect(row).toContainText("2/2·2/4");
  await expect(rows(page)).toHaveCount(1);
});

journey("the backend is killed and comes back: the pill says so, and nothing is missed", async ({ page, running }) => {
  await goTo(page, "/alarms");
  await running.send(bruteForce("198.51.100.1"));
  await expect(rowWith(page, "198.51.100.1")).toBeVisible();
  const pill = connectionPill(page);
  await expect(pill).toHaveText("Connected");
  const pid = await running.pidOf("backend");
  process.kill(pid, "SIGKILL");
  await expect(pill).toContainText(/down|not up yet/, { timeout: PILL_WITHIN_MS });
  // What comes in meanwhile waits for the backend.
  await running.send(bruteForce("198.51.100.2"));
  await expect(rowWith(page, "198.51.100.2")).toBeVisible({ timeout: 20_000 });
  await expect(pill).toHaveText("Connected", { timeout: 20_000 });
  await expect(rows(page)).toHaveCount(2);
});

journey("a live backlog advances, and one that waits in vain expires", async ({ page, running }) => {
  await goTo(page, "/backlogs");
  await running.send([
    anEvent(SID.probe, { src_ip: "198.51.100.30" }),
    anEvent(SID.brief, { src_ip: "198.51.100.31" }),
  ]);
  const probe = rowWith(page, "198.51.100.30");
  await expect(probe).toContainText("0/3");
  await running.send([anEvent(SID.scan, { src_ip: "198.51.100.30" })]);
  await expect(probe).toContainText("1/3");
  const brief = rowWith(page, "198.51.100.31");
  await expect(brief).toBeVisible();
  await expect(brief).toContainText(/expired/i, { timeout: 25_000 });
  await expect(brief).toBeHidden({ timeout: 20_000 });
  await expect(probe).toBeVisible();
});
