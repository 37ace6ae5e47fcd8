import { expectNoAxeFindings } from "../lib/axe.ts";
import { expect, journey } from "../lib/journey.ts";
import { goTo, rowWith } from "../lib/screens.ts";
import { anEvent, SID } from "../lib/site.ts";

journey(
  "an event is explained: the cause in a sentence, the directives, and every check",
  async ({ page, running }) => {
    await running.send([
      anEvent(SID.probe, { title: "Probe of a port", src_ip: "198.51.100.2" }),
      anEvent(SID.scan, { title: "Scan by another", src_ip: "198.51.100.3" }),
    ]);
    await goTo(page, "/events?mode=search");
    await rowWith(page, "Scan by another").dblclick();
    await page.getByRole("button", { name: "Explain" }).click();
    const why = page.getByRole("region", { name: /^Why:/ });
    await expect(why.getByRole("status").first()).toContainText(
      "Directive 9001 stays at 0 of 3 because stage 2 wants from = :1, which is the src_ip of stage 1's first event, 198.51.100.2",
    );
    await expect(why.getByText(/^Said of the moment at which it came: \d retained events? w/)).toBeVisible();
    await expectNoAxeFindings(page, "an explained event");
    const matrix = why.getByRole("table", { name: "Every rule against the event" });
    await expect(matrix.getByRole("row")).toHaveCount(4);
    const details = why.getByRole("table", { name: "Stage 2: expected and actual" });
    await expect(details.getByRole("row").filter({ hasText: "References" })).toContainText("from = 198.51.100.2 (:1)");
    await matrix.getByRole("button", { name: /Stage 2 of sid 2/ }).focus();
    await page.keyboard.press("ArrowUp");
    await expect(why.getByRole("table", { name: "Stage 1: expected and actual" })).toBeVisible();
    await page.reload();
    await expect(page.getByRole("region", { name: /^Why:/ })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(page.getByRole("region", { name: /^Why:/ })).toBeHidden();
  },
);
