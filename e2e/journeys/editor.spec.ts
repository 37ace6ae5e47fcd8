import type { Locator, Page } from "@playwright/test";
import { expectNoAxeFindings } from "../lib/axe.ts";
import { expect, journey } from "../lib/journey.ts";
import type { RunningConsole } from "../lib/running-console.ts";
import { goTo } from "../lib/screens.ts";
import { bruteForce } from "../lib/site.ts";

const FILE = "directives_node1_journeys.json";

/** The editor's text field; it stands in a shadow of its own. */
const field = (page: Page): Locator => page.getByRole("textbox", { name: /^Text of/ });
const lineWith = (page: Page, text: string | RegExp): Locator => page.locator(".cm-line", { hasText: text }).first();
const stages = (page: Page): Locator => page.getByRole("region", { name: "Stages" });
const saveButton = (page: Page): Locator => page.getByRole("button", { name: "Save and reload" }).first();
const tab = (page: Page, name: string): Locator => page.getByRole("tab", { name });

async function openEditor(page: Page, running: RunningConsole, route = "/directives/9001"): Promise<void> {
  await running.call("POST", "/profiles/editable", { editable: true });
  await goTo(page, route);
  await expect(page.getByRole("tab", { name: /^Lint/ })).toBeVisible();
}

async function fileText(running: RunningConsole): Promise<string> {
  return (await running.get("GET /directives/files/:name", `/directives/files/${FILE}`)).text;
}

/** Types behind the first line that holds this. */
async function typeBehind(page: Page, line: string, text: string): Promise<void> {
  await lineWith(page, line).click();
  await page.keyboard.press("End");
  await page.keyboard.type(text);
}

async function save(page: Page): Promise<void> {
  await expect(saveButton(page)).toHaveAttribute("aria-disabled", "false");
  await saveButton(page).click();
  await page.getByRole("dialog").getByRole("button", { name: "Save and reload" }).click();
  await expect(page.getByText(`${FILE} is saved`)).toBeVisible();
}

journey(
  "a directive is edited as text: what may be typed is offered, what is wrong is said beside its line, and a save changes nothing else",
  async ({ page, running }) => {
    await openEditor(page, running);
    await typeBehind(page, '"timeout": 0', ',\n"sti');
    await page.getByRole("option", { name: /^sticky_different/ }).click();
    await page.keyboard.press("Escape");
    await page.keyboard.type('"DST_');
    await expect(page.getByRole("option", { name: /DST_PORT.*another target port each time/ })).toBeVisible();
    await expect(page.getByRole("button", { name: /"DST_" isn't known/ }).first()).toBeVisible();
    await expect(saveButton(page)).toHaveAttribute("title", /^One error to fix first: line \d+: sticky_different/);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await expect(lineWith(page, '"sticky_different": "DST_PORT"')).toBeVisible();
    await expect(stages(page)).toContainText("another target port each time");
    await expect(page.getByText("2 lines changed, not saved")).toBeVisible();
    const before = await fileText(running);
    await save(page);
    const after = before.replace('"timeout": 0', '"timeout": 0,\n          "sticky_different": "DST_PORT"');
    expect(await fileText(running)).toBe(after);
    await expect(page.getByText("as it is saved")).toBeVisible();
  },
);

journey("form, text and stages are one: whichever is changed, the others follow", async ({ page, running }) => {
  await openEditor(page, running);
  await tab(page, "Form").click();
  const second = page.getByRole("group", { name: "Stage 2" });
  await second.getByLabel("Events").fill("7");
  await second.getByLabel("Sids").fill("2, x");
  await expect(second.getByText('"x" is no whole number.')).toBeVisible();
  await second.getByLabel("Sids").fill("2, 9");
  await expect(stages(page)).toContainText("plugin 1001, sids 2, 9");
  await page.getByRole("button", { name: "Move stage 2 up" }).click();
  await expect(stages(page).getByRole("listitem").first()).toContainText("Stage 2 of sid 2");
  await tab(page, "JSON").click();
  await expect(lineWith(page, /^\s*9$/)).toBeVisible();
  // In stage 1 an occurrence of 7 makes no sense, and that is said.
  await expect(page.getByText(/occurrence is 7; in stage 1 it is 1/)).toBeVisible();
  await field(page).click();
  for (let i = 0; i < 8; i++) await page.keyboard.press("Control+z");
  await expect(page.getByText("as it is saved")).toBeVisible();
  await expect(stages(page).getByRole("listitem").first()).toContainText("Stage 1 of sid 1");
});

journey("a draft outlives the page, and whoever leaves it is asked", async ({ page, running }) => {
  await openEditor(page, running);
  await typeBehind(page, '"priority": 4', "\n");
  await expect(page.getByText(/changed, not saved/)).toBeVisible();
  await page.reload();
  await expect(page.getByText("This is your draft of earlier, which isn't saved yet.")).toBeVisible();
  await page.getByRole("navigation", { name: "Screens" }).getByRole("link", { name: "Alarms" }).click();
  const dialog = page.getByRole("dialog", { name: "Leave with unsaved changes?" });
  await dialog.getByRole("button", { name: "Stay" }).click();
  await expect(field(page)).toBeVisible();
  await page.getByRole("navigation", { name: "Screens" }).getByRole("link", { name: "Alarms" }).click();
  await dialog.getByRole("button", { name: "Discard and leave" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Alarms" })).toBeVisible();
  await goTo(page, "/directives/9001");
  await expect(page.getByText("as it is saved")).toBeVisible();
});

journey("what somebody else saved meanwhile is kept, or decided upon", async ({ page, running }) => {
  await openEditor(page, running);
  await typeBehind(page, '"priority": 4', " ");
  const put = (text: string) => running.call("PUT", `/directives/files/${FILE}`, { text });
  await put((await fileText(running)).replace('"Brief visit of SRC_IP"', '"Short visit of SRC_IP"'));
  await save(page);
  const saved = await fileText(running);
  expect(saved).toContain("Short visit");
  expect(saved).toContain('"priority": 4, \n');
  await typeBehind(page, '"priority": 4', " ");
  await put(saved.replace('"Probe then scan of DST_IP by SRC_IP"', '"Theirs, of DST_IP"'));
  await expect(saveButton(page)).toHaveAttribute("aria-disabled", "false");
  await saveButton(page).click();
  const dialog = page.getByRole("dialog", { name: "Somebody changed this meanwhile" });
  await dialog.getByRole("button", { name: "Take theirs" }).click();
  await expect(page.getByRole("heading", { level: 1 })).toContainText("Theirs, of DST_IP");
});

journey("a new directive begins with two stages and is saved behind the others", async ({ page, running }) => {
  await running.call("POST", "/profiles/editable", { editable: true });
  await goTo(page, "/directives");
  await page.getByRole("button", { name: "New directive" }).click();
  await expect(field(page)).toBeVisible();
  await tab(page, "Form").click();
  await page.getByLabel("Name").first().fill("Made in the editor, of DST_IP");
  await save(page);
  await expect(page).toHaveURL(/#\/directives\/9005$/);
  await expect(page.getByRole("heading", { level: 1 })).toContainText("9005 Made in the editor");
  const { rows } = await running.get("GET /directives");
  expect(rows.find(({ id }) => id === 9005)).toMatchObject({ stages: 2, name: "Made in the editor, of DST_IP" });
});

journey(
  "a directive of one stage says why that won't do, and gets its second at a press",
  async ({ page, running }) => {
    await openEditor(page, running, "/directives/9004?tab=form");
    await page.getByRole("button", { name: "Remove stage 2" }).click();
    await expect(page.getByText("a directive with fewer than two rules will never expire").first()).toBeVisible();
    await page.getByRole("button", { name: "Add stage 2" }).last().click();
    await expect(stages(page).getByRole("listitem")).toHaveCount(2);
    await save(page);
  },
);

journey("an edited directive is tried on the events that are kept", async ({ page, running }) => {
  await running.send([...bruteForce("198.51.100.1"), ...bruteForce("198.51.100.2")]);
  await openEditor(page, running, "/directives/9002?tab=form");
  await page.getByRole("group", { name: "Stage 1" }).getByLabel("Sids").fill("77");
  await tab(page, "Dry run").click();
  await page.getByRole("button", { name: "Try on retained events" }).click();
  await expect(page.getByText(/Would have raised (0|no) alarms .*; what is saved raises 2/)).toBeVisible();
  await expect(page.getByRole("row", { name: /9002 Brute force/ })).toContainText("2 → –");
});

journey("the keyboard gets into the editor and out again", async ({ page, running }) => {
  await openEditor(page, running);
  await field(page).focus();
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("Tab");
  await expect(page.getByText("1 line changed, not saved")).toBeVisible();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Tab");
  await expect(field(page)).not.toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(field(page)).toBeFocused();
  await page.keyboard.press("Control+f");
  await expect(page.getByPlaceholder("Find")).toBeFocused();
  await page.keyboard.type("rules");
  await page.keyboard.press("Escape");
  await expect(field(page)).toBeFocused();
});

for (const theme of ["dark", "light"] as const) {
  journey(`axe finds nothing in the editor, ${theme}`, async ({ page, running }) => {
    await running.call("PATCH", "/settings", { theme });
    await page.reload();
    await openEditor(page, running);
    await typeBehind(page, '"timeout": 0', ',\n"sticky_different": "DST_');
    await page.getByRole("option", { name: /DST_PORT/ }).waitFor();
    await page
      .getByRole("button", { name: /"DST_" isn't known/ })
      .first()
      .waitFor();
    await expectNoAxeFindings(page, `JSON with completion, ${theme}`);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Compare" }).click();
    for (const name of ["Difference", "Live backlogs", "Dry run", "Form"]) {
      await tab(page, name).click();
      await expectNoAxeFindings(page, `${name}, ${theme}`);
    }
    await goTo(page, `/directives?file=${FILE}`);
    await page.getByRole("button", { name: "Keep the draft and leave" }).click();
    await expect(field(page)).toBeVisible();
    await expectNoAxeFindings(page, `a whole file, ${theme}`);
  });
}

journey("a new directive takes the focus, and the save key works beside the text too", async ({ page, running }) => {
  await openEditor(page, running, "/directives/new");
  await expect(field(page)).toBeFocused();
  await tab(page, "Difference").click();
  await expect(saveButton(page)).toHaveAttribute("aria-disabled", "false");
  await page.keyboard.press("Control+s");
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toBeHidden();
});
