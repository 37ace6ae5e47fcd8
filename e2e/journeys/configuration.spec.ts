import { expect, journey } from "../lib/journey.ts";
import { goTo, rowWith } from "../lib/screens.ts";
import { anEvent, bruteForce, SID } from "../lib/site.ts";

journey(
  "a directive is disabled: its backend takes that in while it runs, and it no longer raises alarms",
  async ({ page, running }) => {
    await running.send([anEvent(SID.probe, { src_ip: "198.51.100.40" })]);
    await goTo(page, "/directives");
    const row = rowWith(page, "Brute force");
    await expect(row).toBeVisible();
    const before = await running.pidOf("backend");
    await row.click();
    await page.getByRole("button", { name: "Turn editing on" }).click();
    const enabled = page.getByRole("checkbox", { name: "Enabled" });
    await expect(enabled).toBeEnabled();
    await enabled.press("Space");
    await running.waitUntil("the backend runs without it", async () => {
      const { rows: listed, outdated } = await running.get("GET /directives");
      return listed.some((each) => !each.enabled) && outdated.length === 0 ? true : undefined;
    });
    expect(await running.pidOf("backend")).toBe(before);
    await running.send([...bruteForce("198.51.100.41"), anEvent(SID.scan, { src_ip: "198.51.100.40" })]);
    await goTo(page, "/backlogs");
    // The backlog of another directive has gone on.
    await expect(rowWith(page, "198.51.100.40")).toContainText("1/3");
    await goTo(page, "/alarms");
    await expect(rowWith(page, "198.51.100.40")).toBeVisible();
    await expect(rowWith(page, "198.51.100.41")).toBeHidden();
  },
);
