import { expectNoAxeFindings } from "../lib/axe.ts";
import { expect, journey } from "../lib/journey.ts";
import { goTo, rows } from "../lib/screens.ts";
import { anEvent, bruteForce, SID } from "../lib/site.ts";

const SCREENS = [
  "/overview",
  "/alarms",
  "/backlogs",
  "/directives",
  "/coverage",
  "/events",
  "/assets",
  "/health",
  "/settings",
  "/start",
];

for (const theme of ["dark", "light"] as const) {
  journey(`axe finds nothing on any screen, ${theme}`, async ({ page, running }) => {
    journey.setTimeout(120_000);
    await running.call("PATCH", "/settings", { theme });
    await running.send([
      ...bruteForce("198.51.100.1"),
      anEvent(SID.probe, { src_ip: "198.51.100.2" }),
      anEvent(SID.scan, { src_ip: "198.51.100.2" }),
    ]);
    await page.reload();
    for (const screen of SCREENS) {
      await goTo(page, screen);
      await expect(page.getByRole("heading", { level: 1 })).toBeVisible();
      await expectNoAxeFindings(page, `${screen}, ${theme}`);
    }
    await goTo(page, "/alarms");
    await rows(page).first().dblclick();
    for (const tab of ["Stages", "Timeline", "Events", "Intel", "Activity", "JSON"]) {
      await page.getByRole("tab", { name: new RegExp(tab) }).click();
      await expectNoAxeFindings(page, `alarm, ${tab}, ${theme}`);
    }
    await page.keyboard.press("Control+k");
    await expectNoAxeFindings(page, `palette, ${theme}`);
  });
}

journey("the theme is switched and kept", async ({ page }) => {
  await goTo(page, "/settings");
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  await page.getByRole("main").getByText("Light", { exact: true }).click();
  await expect.poll(ground).not.toBe("");
  const light = await ground();
  await page.getByRole("main").getByText("Dark", { exact: true }).click();
  await expect.poll(ground).not.toBe(light);
  const dark = await ground();
  await page.reload();
  await expect.poll(ground).toBe(dark);
});

journey("what opens over a screen holds the focus of the keyboard and gives it back", async ({ page, running }) => {
  await running.send(bruteForce("198.51.100.1"));
  await goTo(page, "/alarms");
  const row = rows(page).first();
  await row.waitFor();
  const columns = page.getByRole("button", { name: "Columns" });
  const focusIsIn = (selector: string) =>
    page.evaluate((within) => document.activeElement?.closest(within) !== null, selector);
  const tabAround = async (selector: string, key: "Tab" | "Shift+Tab"): Promise<void> => {
    for (let press = 0; press < 45; press++) {
      await page.keyboard.press(key);
      expect(await focusIsIn(selector), `after ${press + 1} times ${key}`).toBe(true);
    }
  };

  await columns.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("list", { name: "Columns" }).getByRole("checkbox").first()).toBeFocused();
  await tabAround(".bp6-portal", "Tab");
  await page.keyboard.press("Escape");
  await expect(columns).toBeFocused();

  await page.keyboard.press("?");
  const help = page.getByRole("dialog", { name: "Keys" });
  await expect(help).toBeVisible();
  await expect.poll(() => focusIsIn(".help")).toBe(true);
  await tabAround(".bp6-portal", "Tab");
  await tabAround(".bp6-portal", "Shift+Tab");
  await page.keyboard.press("Escape");
  await expect(help).toBeHidden();
  await expect(columns).toBeFocused();
});
