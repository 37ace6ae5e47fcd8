import type { Page } from "@playwright/test";
import { expectNoAxeFindings } from "../lib/axe.ts";
import { expect, journey } from "../lib/journey.ts";
import { rows } from "../lib/screens.ts";

/** From a fresh machine to a triaged alarm, without reading anything (console.md §1). */
const TRIAGED_WITHIN_MS = 60_000;

async function startDemo(page: Page): Promise<void> {
  await expect(page.getByRole("heading", { name: "Dsiem Console" })).toBeVisible();
  await page.keyboard.press("1");
  await page.getByRole("button", { name: "Start the demo" }).click();
  await expect(page.getByText("Demo data.")).toBeVisible({ timeout: 30_000 });
}

journey.describe("first run", () => {
  journey.use({ configured: false });

  journey("the demo leads a newcomer to a triaged alarm within a minute", async ({ page }) => {
    await expect(page.getByRole("heading", { name: /Dsiem Console/ })).toBeVisible();
    await expectNoAxeFindings(page, "first run");
    const began = performance.now();
    await startDemo(page);
    await page.keyboard.press("g");
    await page.keyboard.press("a");
    await expect(rows(page).first()).toBeVisible({ timeout: 15_000 });
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("tab", { name: /Stages/ })).toBeVisible();
    await page.keyboard.press("c");
    await expect(page.getByText(/1 alarm/).first()).toBeVisible();
    expect(performance.now() - began).toBeLessThan(TRIAGED_WITHIN_MS);
  });

  journey("the demo is erased by one click, and the console is as it was", async ({ page }) => {
    await startDemo(page);
    await page.getByRole("button", { name: "Erase and leave" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Erase and leave" }).click();
    await expect(page.getByRole("heading", { name: "Dsiem Console" })).toBeVisible({ timeout: 30_000 });
    await expect(page.getByText("Demo data.")).toBeHidden();
  });

  journey("a folder that isn't one is answered with a sentence", async ({ page }) => {
    await expect(page.getByRole("heading", { name: "Dsiem Console" })).toBeVisible();
    await page.keyboard.press("2");
    const path = page.getByRole("textbox").first();
    await path.fill("/nowhere/to/be/found");
    await path.press("Enter");
    await expect(page.getByText(/\/nowhere\/to\/be\/found/).last()).toBeVisible();
  });
});
