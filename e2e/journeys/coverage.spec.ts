import { readFile } from "node:fs/promises";
import { expectNoAxeFindings } from "../lib/axe.ts";
import { expect, journey } from "../lib/journey.ts";
import { goTo, rows } from "../lib/screens.ts";
import { anEvent, SID } from "../lib/site.ts";

journey(
  "coverage names events without a directive, rules that no event met, and addresses without a value",
  async ({ page, running }) => {
    const strange = Array.from({ length: 7 }, (_, i) =>
      anEvent(777, { title: "Odd beacon", src_ip: `198.51.100.${i}`, dst_ip: "203.0.113.9" }),
    );
    await running.send([anEvent(SID.probe, { src_ip: "198.51.100.2" }), ...strange]);
    await goTo(page, "/coverage");
    await expect(page.getByText("8 retained events, 12 % of them looked at by a directive")).toBeVisible();
    await expect(rows(page).first()).toContainText("Odd beacon");
    await expect(rows(page).first()).toContainText("777");
    await expectNoAxeFindings(page, "coverage, events");

    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export" }).click();
    await page.getByRole("menuitem", { name: "CSV" }).click();
    const path = await (await download).path();
    expect(await readFile(path, "utf8")).toContain("Odd beacon,7,");

    await page.getByRole("tab", { name: /Rules that no event met/ }).click();
    await expect(rows(page).first()).toBeVisible();
    await expectNoAxeFindings(page, "coverage, rules");
    await page.getByRole("tab", { name: /Addresses without a value/ }).click();
    await expect(rows(page).first()).toContainText("203.0.113.9");
    await page.reload();
    await expect(page.getByRole("tab", { name: /Addresses without a value/ })).toHaveAttribute("aria-selected", "true");
  },
);

journey("a kind of event without a directive gets one, and then raises an alarm", async ({ page, running }) => {
  const beacon = (id: string) => anEvent(777, { title: "Odd beacon", event_id: id, src_ip: "198.51.100.7" });
  await running.send([beacon("first")]);
  await goTo(page, "/coverage");
  await page.getByRole("button", { name: "Draft a directive" }).click();
  await expect(page).toHaveURL(/directives\/new/);
  await expect(page.getByText("Odd beacon, SRC_IP to DST_IP").first()).toBeVisible();
  await page.getByRole("button", { name: "Turn editing on" }).click();
  await page.getByRole("button", { name: /^Save/ }).click();
  await page.getByRole("dialog").getByRole("button", { name: /^Save/ }).click();
  await expect(page.getByRole("dialog")).toBeHidden();
  let batch = 0;
  await expect
    .poll(
      async () => {
        batch += 1;
        await running.send(Array.from({ length: 12 }, (_, i) => beacon(`${batch}-${i}`)));
        const { rows: found } = await running.call<{ rows: unknown[] }>("GET", "/alarms?q=title~beacon");
        return found.length;
      },
      { timeout: 30_000, intervals: [1_000] },
    )
    .toBeGreaterThan(0);
});
