import { readFileSync } from "node:fs";
import { expect, journey } from "../lib/journey.ts";
import { dropTerm, filterBy, goTo, rows } from "../lib/screens.ts";
import { anEvent, bruteForce, SID } from "../lib/site.ts";

const SOURCES = Array.from({ length: 12 }, (_, i) => `198.51.100.${i + 1}`);

journey.describe("triage", () => {
  journey.beforeEach(async ({ page, running }) => {
    await running.send(SOURCES.flatMap((source) => bruteForce(source)));
    await running.send([anEvent(SID.single, { src_ip: "203.0.113.200" })]);
    await goTo(page, "/alarms");
    await expect(rows(page)).toHaveCount(13);
  });

  journey("is narrowed by query and by facet, and a fault in a query is shown where it is", async ({ page }) => {
    await filterBy(page, "src:203.0.113.0/24");
    await expect(rows(page)).toHaveCount(1);
    await page.reload();
    await expect(rows(page)).toHaveCount(1);
    await filterBy(page, "risk>=");
    await expect(page.getByRole("main").getByRole("alert")).toBeVisible();
    await expect(page.getByRole("main").getByRole("alert").locator("mark")).toBeVisible();
    await page.keyboard.press("Escape");
    await dropTerm(page, "src:203.0.113.0/24");
    await expect(rows(page)).toHaveCount(13);
    await page.getByRole("checkbox", { name: /High/ }).first().click();
    await expect(rows(page)).toHaveCount(12);
  });

  journey("closes all that match, and takes it back", async ({ page }) => {
    await filterBy(page, "title~brute");
    await expect(rows(page)).toHaveCount(12);
    await page.getByRole("main").getByLabel("Select all rows that are loaded").click();
    await expect(page.getByText("12 selected")).toBeVisible();
    await page.getByRole("button", { name: "Close", exact: false }).last().click();
    await expect(rows(page)).toHaveCount(0);
    await page.getByRole("button", { name: /undo/i }).first().click();
    await expect(rows(page)).toHaveCount(12);
  });

  journey("is done with the keyboard alone", async ({ page }) => {
    await page.keyboard.press("j");
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await expect(page.getByRole("tab", { name: /Stages/ })).toBeVisible();
    await page.keyboard.press("i");
    await expect(page.getByText("In-Progress").first()).toBeVisible();
    await page.keyboard.press("n");
    await expect(page.locator("textarea:focus")).toBeVisible();
    await page.keyboard.type("Asked the owner of the machine");
    await page.keyboard.press("Control+Enter");
    // Keys mean letters again only once the note is written and the field is left.
    await expect(page.locator("textarea:focus")).toHaveCount(0);
    await page.keyboard.press("Escape");
    await page.keyboard.press("c");
    await expect(rows(page)).toHaveCount(12);
    await expect(page.getByRole("button", { name: /undo/i }).first()).toBeVisible();
    await page.keyboard.press("u");
    await expect(rows(page)).toHaveCount(13);
  });

  journey("exports exactly what is filtered", async ({ page }) => {
    await filterBy(page, "src:198.51.100.1|198.51.100.2");
    await expect(rows(page)).toHaveCount(2);
    await page.getByRole("button", { name: "Export" }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name: "CSV", exact: true }).click(),
    ]);
    const lines = readFileSync(await download.path(), "utf8")
      .trimEnd()
      .split(/\r?\n/);
    expect(lines).toHaveLength(3);
    expect(lines.slice(1).every((line) => /198\.51\.100\.[12]\b/.test(line))).toBe(true);
  });

  journey("a view is saved and found again", async ({ page }) => {
    await filterBy(page, "src:203.0.113.200");
    await expect(rows(page)).toHaveCount(1);
    await page.getByRole("button", { name: "Save view" }).click();
    await page.getByLabel("Name of the view").fill("One source");
    await page.keyboard.press("Enter");
    await page.getByRole("navigation", { name: "Views" }).getByRole("button", { name: "Triage" }).click();
    await expect(rows(page)).toHaveCount(13);
    await page.getByRole("navigation", { name: "Views" }).getByRole("button", { name: "One source" }).click();
    await expect(rows(page)).toHaveCount(1);
  });
});
