import { createServer } from "node:http";
import { expectNoAxeFindings } from "../lib/axe.ts";
import { expect, journey } from "../lib/journey.ts";

/** What stands between the console and everybody else on the machine (operation.md §1, §3). */
journey.describe("the door", () => {
  journey("a page without a login asks for the token, and takes it", async ({ context, running }) => {
    const page = await context.newPage();
    await page.goto(`${running.url}/ui/`);
    await expectNoAxeFindings(page, "the login page");
    await page.getByLabel(/token/i).fill("not the token");
    await page.keyboard.press("Enter");
    await expect(page.getByText(/isn't the launch token/)).toBeVisible();
    await page.getByLabel(/token/i).fill(running.session.token);
    await page.keyboard.press("Enter");
    await expect(page.getByRole("navigation").first()).toBeVisible();
    await page.close();
  });

  journey("a login code works once", async ({ browser, running }) => {
    const address = await running.loginUrl();
    const first = await (await browser.newContext()).newPage();
    await first.goto(address);
    await expect(first.getByRole("navigation").first()).toBeVisible();
    await first.close();
    const second = await (await browser.newContext()).newPage();
    await second.goto(address);
    await expect(second.getByText(/was used before/)).toBeVisible();
    await second.close();
  });

  journey("a dashboard's link leads whoever is logged in to where it points", async ({ browser, running }) => {
    const page = await (await browser.newContext()).newPage();
    await page.goto(await running.loginUrl());
    await expect(page.getByRole("navigation").first()).toBeVisible();
    // Under another name than the console's: another site, whose links come without the cookie.
    const dashboard = createServer((_, response) => {
      response.setHeader("content-type", "text/html");
      response.end(`<a href="${running.url}/ui/#/data/alarm-list">Alarms</a>`);
    });
    await new Promise<void>((resolve) => dashboard.listen(0, "127.0.0.1", resolve));
    try {
      const address = dashboard.address();
      await page.goto(`http://localhost:${typeof address === "object" ? address?.port : ""}/`);
      await page.getByText("Alarms").click();
      await expect(page.getByRole("navigation").first()).toBeVisible();
      await expect(page).toHaveURL(/#\/alarms/);
    } finally {
      dashboard.close();
      await page.close();
    }
  });
});
