import { expect, journey } from "../lib/journey.ts";
import { goTo, rows } from "../lib/screens.ts";
import { anEvent, bruteForce, SID } from "../lib/site.ts";

const SCRIPT = `<img src=x onerror="globalThis.executed=1"><script>globalThis.executed=1</script>`;
const TEXTS: Record<string, string> = {
  script: SCRIPT,
  terminal: "\u001b[31mred\u001b[0m \u001b]0;title\u0007",
  direction: "safe\u202Egpj.exe\u202C \u2066x\u2069 \u200B\u200F",
  control: "a\u0000b\u0008c\u007f\r\nd\te",
  long: "x".repeat(256 * 1024),
  formula: "=cmd|' /C calc'!A0",
};

for (const [kind, text] of Object.entries(TEXTS)) {
  journey(`hostile text (${kind}) in every field does nothing and breaks nothing`, async ({ page, running }) => {
    // An event takes at most 1 MiB on the bus: the long text goes into as many fields as that allows.
    const fields =
      kind === "long"
        ? { title: text, sensor: text, custom_label1: "x", custom_data1: text }
        : {
            title: text,
            sensor: text,
            product: text,
            category: text,
            subcategory: text,
            protocol: text,
            custom_label1: text,
            custom_data1: text,
            custom_label2: text,
            custom_data2: text,
            src_index_pattern: text,
          };
    for (const event of bruteForce("198.51.100.66", fields)) await running.send([event]);
    await running.send([anEvent(SID.probe, { src_ip: "198.51.100.67", ...fields })]);
    for (const screen of ["/alarms", "/backlogs", "/events", "/overview", "/health"]) {
      await goTo(page, screen);
      await expect(page.getByRole("main")).toBeVisible();
      if (screen !== "/overview" && screen !== "/health") await expect(rows(page).first()).toBeVisible();
      await expectSound(page);
    }
    await goTo(page, "/alarms");
    await rows(page).first().dblclick();
    for (const tab of [/Stages/, /Timeline/, /Events/, /Custom|Intel/, /Activity/, /JSON/]) {
      await page.getByRole("tab", { name: tab }).first().click();
      await expectSound(page);
    }
  });
}

/** Nothing ran, nothing sticks out of the window, and the page still answers at once. */
async function expectSound(page: import("@playwright/test").Page): Promise<void> {
  const state = await page.evaluate(() => ({
    executed: "executed" in globalThis,
    wide: document.documentElement.scrollWidth > globalThis.innerWidth,
    tall: document.documentElement.scrollHeight > globalThis.innerHeight,
  }));
  expect(state).toEqual({ executed: false, wide: false, tall: false });
  const began = performance.now();
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(resolve)));
  expect(performance.now() - began).toBeLessThan(1000);
}
