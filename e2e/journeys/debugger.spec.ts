import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import process from "node:process";
import type { Page } from "@playwright/test";
import { expectNoAxeFindings } from "../lib/axe.ts";
import { expect, journey } from "../lib/journey.ts";
import type { RunningConsole } from "../lib/running-console.ts";
import { goTo } from "../lib/screens.ts";
import { anEvent, bruteForce } from "../lib/site.ts";

const BEGAN = Date.UTC(2025, 5, 1, 12);

/** A failed log-in begins a backlog, four more end it; something that no directive looks at comes between them. */
function recording(): string {
  const at = (second: number) => ({ timestamp: new Date(BEGAN + second * 1000).toISOString() });
  const logins = bruteForce("198.51.100.9").map((event, second) => ({ ...event, ...at(second * 2) }));
  const other = anEvent(999, { title: "Heartbeat", ...at(3) });
  const [first, second, ...rest] = logins;
  return [first, second, other, "this is no event", ...rest]
    .map((each) => (typeof each === "string" ? each : JSON.stringify(each)))
    .join("\n");
}

/** Opens the recording as somebody who chooses a file. */
async function openRecording(page: Page): Promise<void> {
  await page.setInputFiles("input[type=file]", {
    name: "logins.ndjson",
    mimeType: "application/x-ndjson",
    buffer: Buffer.from(recording()),
  });
  await expect(page.getByText("logins.ndjson")).toBeVisible();
  await expect(row(page, "Heartbeat")).toBeVisible();
}

const row = (page: Page, text: string) =>
  page.getByRole("grid", { name: "Events" }).getByRole("row").filter({ hasText: text });
const place = (page: Page) => page.getByTestId("step");

async function editable(running: RunningConsole): Promise<void> {
  await running.call("POST", "/profiles/editable", { editable: true });
}

journey("a file is stepped through forwards and back, with the reason for each step", async ({ page }) => {
  await goTo(page, "/directives/debugger?directive=9002");
  await openRecording(page);
  await expect(page.getByText("1 line of the recording can’t be used")).toBeVisible();
  await page.getByRole("button", { name: "Show them" }).click();
  await expect(page.getByRole("list", { name: "Lines that can't be used" })).toContainText("line 4");
  await expect(page.getByText("Nothing has happened yet")).toBeVisible();

  await page.keyboard.press("ArrowRight");
  await expect(place(page)).toContainText("event 1 of 6");
  await expect(page.getByRole("heading", { name: "What did it do?" })).toBeVisible();
  await expect(page.getByRole("button", { name: /Brute force .* expires in/ })).toContainText("2/2");
  await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowRight");
  await expect(place(page)).toContainText("event 3 of 6");
  await expect(row(page, "Heartbeat")).toHaveAttribute("aria-selected", "true");
  await expect(page.getByRole("heading", { name: "Why didn’t it fire?" })).toBeVisible();
  const matrix = page.getByRole("table", { name: "Every rule against the event" });
  await expect(matrix.getByRole("row")).toHaveCount(3);
  await expect(page.getByRole("table", { name: "Stage 2: expected and actual" })).toContainText("999");

  await page.keyboard.press("End");
  await expect(place(page)).toContainText("after the last");
  await page.keyboard.press("ArrowLeft");
  await expect(place(page)).toContainText("event 6 of 6");
  await expect(page.getByRole("heading", { name: "Why did it fire?" })).toBeVisible();
  await expect(page.getByRole("region", { name: "Alarms so far" })).toContainText("Brute force");
  await page.getByRole("grid", { name: "Events" }).focus();
  await page.keyboard.press("ArrowUp");
  await expect(place(page)).toContainText("event 5 of 6");
  await page.keyboard.press("Home");
  await expect(place(page)).toContainText("before the first");

  // A reload finds the replay where it was.
  await row(page, "Heartbeat").click();
  await expect(place(page)).toContainText("event 3 of 6");
  await page.reload();
  await expect(place(page)).toContainText("event 3 of 6");
});

journey("a replay plays until a stage is finished, and goes on", async ({ page }) => {
  await goTo(page, "/directives/debugger");
  await openRecording(page);
  await page.getByRole("radio", { name: "max" }).click();
  await page.getByRole("button", { name: "Play" }).click();
  await expect(page.getByText(/Held at event 1:/)).toBeVisible();
  await page.getByRole("heading", { name: "Debugger" }).click();
  await page.keyboard.press("Space");
  await expect(page.getByText(/Held at event 6:/)).toBeVisible();
  await page.getByRole("checkbox", { name: "Stop on stage change" }).press("Space");
  await expect(page.getByRole("checkbox", { name: "Stop on stage change" })).not.toBeChecked();
  await page.getByRole("button", { name: "To the start" }).click();
  await page.getByRole("button", { name: "Play" }).click();
  await expect(place(page)).toContainText("after the last");
});

journey(
  "the edited directive is compared with the saved one, and kept as a test case that the command runs",
  async ({ page, running }) => {
    await editable(running);
    await goTo(page, "/directives/9002?tab=form");
    await page.getByRole("button", { name: "Debug" }).click();
    await openRecording(page);
    await page.keyboard.press("End");
    await expect(page.getByRole("region", { name: "Alarms so far" })).toContainText("Brute force");

    await page.getByRole("link", { name: "9002" }).click();
    await page.getByRole("tab", { name: "Form" }).click();
    await page.getByLabel("Events", { exact: true }).last().fill("9");
    await page.getByRole("button", { name: "Debug" }).click();
    await expect(page.getByRole("radio", { name: "Both" })).toBeVisible();
    await page.getByRole("radio", { name: "Both" }).click();
    await row(page, "Failed login").last().click();
    await expect(row(page, "Failed login").last()).toContainText("differs");
    await expect(page.getByRole("heading", { name: "Edited: What did it do?" })).toBeVisible();
    await expect(page.getByRole("heading", { name: "Saved: Why did it fire?" })).toBeVisible();

    await page.getByRole("button", { name: "Keep as test case" }).click();
    const dialog = page.getByRole("dialog", { name: "Keep as test case" });
    await dialog.getByLabel("Name").fill("nine logins");
    await dialog.getByRole("button", { name: "Keep", exact: true }).click();
    const command = await dialog.locator("code").textContent();
    expect(command).toMatch(/^dsiem test /);
    const folder = (command ?? "").slice("dsiem test ".length).replace(/^'|'$/g, "");
    expect(readdirSync(folder)).toContain("expected.json");
    const tested = spawnSync(process.execPath, [join("dist", "dsiem.js"), "test", folder], { encoding: "utf8" });
    expect([tested.status, tested.stdout]).toEqual([0, expect.stringContaining("as expected")]);
  },
);

journey("hand-written events are added, and axe finds nothing in both themes", async ({ page }) => {
  await goTo(page, "/directives/debugger");
  await expect(page.getByRole("region", { name: "An events file" })).toBeVisible();
  await expectNoAxeFindings(page, "the debugger's inputs");
  await page.getByLabel("Events as JSON").fill(recording());
  await page.getByRole("region", { name: "Written by hand" }).getByRole("button", { name: "Replay these" }).click();
  await expect(place(page)).toContainText("before the first of 6");
  await row(page, "Heartbeat").click();
  await expect(place(page)).toContainText("event 3 of 6");
  await page.getByRole("button", { name: "Add an event" }).click();
  await page.getByRole("dialog", { name: "Add an event" }).getByRole("button", { name: "Add", exact: true }).click();
  await expect(place(page)).toContainText("of 7");
  for (const theme of ["dark", "light"] as const) {
    await page.emulateMedia({ colorScheme: theme });
    await expectNoAxeFindings(page, `the debugger, ${theme}`);
  }
  await page.getByRole("button", { name: "Other input" }).click();
  await page.setInputFiles("input[type=file]", { name: "x", mimeType: "text/plain", buffer: Buffer.from("no event") });
  await expect(page.getByRole("alert")).toContainText("line 1");
  await page.getByRole("button", { name: "Replay something else" }).click();
  await expect(page.getByRole("region", { name: "An events file" })).toBeVisible();
  const dropped = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], "dropped.ndjson"));
    return transfer;
  }, recording());
  await page.getByRole("region", { name: "An events file" }).dispatchEvent("drop", { dataTransfer: dropped });
  await expect(page.getByText("dropped.ndjson")).toBeVisible();
});

journey("an alarm and retained events are replayed from where they are shown", async ({ page, running }) => {
  await running.send(bruteForce("198.51.100.77"));
  await goTo(page, "/alarms");
  await page.getByRole("main").getByRole("row").filter({ hasText: "198.51.100.77" }).first().click();
  await page.keyboard.press("Enter");
  await page.getByRole("link", { name: "Replay", exact: true }).click();
  await expect(place(page)).toContainText("before the first of 5");
  await page.keyboard.press("End");
  await expect(page.getByRole("region", { name: "Alarms so far" })).toContainText("Brute force");
  await goTo(page, "/events?q=src:198.51.100.77");
  await page.getByRole("link", { name: "Replay these" }).click();
  await expect(place(page)).toContainText("before the first of 5");
});
