import { journey as base, expect } from "../lib/journey.ts";
import { LookUps } from "../lib/look-ups.ts";
import { goTo, rowWith } from "../lib/screens.ts";
import { bruteForce } from "../lib/site.ts";

/** A public address: private ones and those for documentation aren't looked up. */
const ATTACKER = "45.33.32.156";

const journey = base.extend<{ lookUps: LookUps }>({
  prepare: async ({ lookUps }, use) => use((site) => lookUps.configure(site)),
  // biome-ignore lint/correctness/noEmptyPattern: Playwright reads from the pattern which fixtures are wanted: none
  lookUps: async ({}, use) => {
    const lookUps = await LookUps.start();
    await use(lookUps);
    await lookUps.close();
  },
});

journey("an alarm is told whole: stages, risk, events, look-ups, activity", async ({ page, running }) => {
  await running.send(bruteForce(ATTACKER));
  await goTo(page, "/alarms");
  await rowWith(page, ATTACKER).dblclick();
  await expect(page.getByRole("tab", { name: /Stages/ })).toHaveAttribute("aria-selected", "true");
  await expect(page.getByText("Stage 2 of sid 3").first()).toBeVisible();
  await expect(page.getByText("reliability").first()).toBeVisible();
  await page.getByRole("tab", { name: /Events/ }).click();
  await expect(page.getByText("Failed login").first()).toBeVisible();
  await page.getByRole("tab", { name: /Timeline/ }).click();
  await expect(page.getByRole("tabpanel").first()).toBeVisible();
  await page.getByRole("tab", { name: /Intel/ }).click();
  await expect(page.getByText(/seen in brute force/).first()).toBeVisible();
  await page.getByRole("tab", { name: /Vulnerabilities/ }).click();
  await expect(page.getByText(/CVE-2021-44228/).first()).toBeVisible();
  await page.getByRole("tab", { name: /Activity/ }).click();
  await page.getByRole("textbox", { name: /note/i }).fill("Known scanner");
  await page.keyboard.press("Control+Enter");
  await expect(page.getByText("Known scanner").first()).toBeVisible();
  await page.getByRole("tab", { name: /JSON/ }).click();
  await expect(page.getByText(/"alarm_id"/).first()).toBeVisible();
});

journey("links of earlier consoles lead to the alarm", async ({ page, running }) => {
  await running.send(bruteForce("198.51.100.9"));
  const id = await running.waitUntil("the alarm is stored", async () => {
    const { rows } = await running.get("GET /alarms");
    return rows[0]?.id;
  });
  await goTo(page, `/data/alarm-detail/${id}`);
  await expect(page.getByRole("tab", { name: /Stages/ })).toBeVisible();
  await expect(page).toHaveURL(new RegExp(id));
  await goTo(page, "/data/alarm-list");
  await expect(rowWith(page, "198.51.100.9")).toBeVisible();
});
