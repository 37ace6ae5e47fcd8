import { spawnSync } from "node:child_process";
import { join } from "node:path";
import type { Page } from "@playwright/test";
import { expect, journey } from "../lib/journey.ts";
import type { RunningConsole } from "../lib/running-console.ts";
import { goTo, rowWith } from "../lib/screens.ts";
import { anEvent, type SentEvent } from "../lib/site.ts";

/*
 * "Why didn't my directive fire?": for each cause, an author who sees no alarm asks the event, reads the cause in the first
 * sentence, mends it, replays, sees the alarm, keeps it as a test case, and `dsiem test` passes.
 */

const FILE = "directives_node1_why.json";
const ID = 9100;
const STRANGER = "198.51.100.44";
const TARGET = "10.1.1.5";

/** Only the last stage gives a risk: before, no alarm is written. */
const steps = (...changes: object[]): object[] =>
  changes.map((change, i) => rule(i + 1, i === changes.length - 1 ? { reliability: 8, ...change } : change));
const rule = (stage: number, change: object) => ({
  name: `Step ${stage}`,
  type: "PluginRule",
  stage,
  plugin_id: 1001,
  plugin_sid: [100 + stage],
  occurrence: 1,
  from: stage === 1 ? "ANY" : ":1",
  to: stage === 1 ? "ANY" : ":1",
  port_from: "ANY",
  port_to: "ANY",
  protocol: "ANY",
  reliability: 0,
  timeout: stage === 1 ? 0 : 600,
  ...change,
});

interface Attempt {
  rules: object[];
  /** Of the configuration's assets there is one file more. */
  assets?: object[];
  /** In the order in which they come in. */
  events: SentEvent[];
  /** Title of the event that the author asks. */
  asked: string;
  /** What the first sentence says. */
  cause: RegExp;
  /** What the author does about it. */
  mend: (page: Page) => Promise<void>;
}

/** An event so many seconds ago. */
function ago(seconds: number, step: number, title: string, change: SentEvent = {}): SentEvent {
  const timestamp = new Date(Date.now() - seconds * 1000).toISOString();
  return anEvent(100 + step, { timestamp, title, src_ip: STRANGER, dst_ip: TARGET, ...change });
}

async function configure(running: RunningConsole, rules: object[], assets: object[]): Promise<void> {
  await running.call("POST", "/profiles/editable", { editable: true });
  const head = { id: ID, name: "Steps of SRC_IP", kingdom: "Intrusion", category: "Own", priority: 5 };
  const put = (kind: string, name: string, value: object) =>
    running.call("PUT", `/${kind}/files/${name}`, { text: `${JSON.stringify(value, undefined, 2)}\n` });
  if (assets.length > 0) await put("assets", "assets_why.json", { assets });
  await put("directives", FILE, { directives: [{ ...head, rules }] });
  await expect
    .poll(
      async () => {
        const { outdated } = await running.call<{ outdated: string[] }>("GET", "/directives");
        const { services } = await running.call<{ services: { state: string }[] }>("GET", "/supervisor");
        return [outdated, services.every(({ state }) => state === "ready")];
      },
      { timeout: 20_000 },
    )
    .toEqual([[], true]);
}

/** From the event's sentence, by the mend, to a test case that passes. */
async function walk(page: Page, running: RunningConsole, attempt: Attempt): Promise<void> {
  await goTo(page, "/events?mode=search");
  await rowWith(page, attempt.asked).dblclick();
  await page.getByRole("button", { name: "Explain" }).click();
  const why = page.getByRole("region", { name: /^Why:/ });
  await expect(why.getByRole("status").first()).toContainText(attempt.cause);
  const { total } = await running.call<{ total?: number }>("GET", `/alarms?q=directive:${ID}`);
  expect(total ?? 0).toBe(0);

  await attempt.mend(page);

  await goTo(page, `/directives/debugger?directive=${ID}`);
  const retained = page.getByRole("region", { name: "Retained events" });
  await retained.getByRole("button", { name: "Replay these" }).click();
  await page.getByRole("button", { name: "To the end" }).click();
  await expect(page.getByRole("region", { name: "Alarms so far" })).toContainText(`Steps of ${STRANGER}`);

  await page.getByRole("button", { name: "Keep as test case" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Name").fill("mended");
  await dialog.getByRole("button", { name: "Keep", exact: true }).click();
  await expect(dialog).toContainText("Kept with 1 expected alarm");
  const folder = await dialog.locator("p", { hasText: "Kept with" }).locator(".mono").textContent();
  const tested = spawnSync(process.execPath, [join("dist", "dsiem.js"), "test", folder ?? ""], { encoding: "utf8" });
  expect(tested.stdout).toContain("1 case, all as expected");
  expect(tested.status).toBe(0);
}

/** Opens the directive from its explanation, changes one field of one stage, and saves. */
function inForm(stage: number, field: string, value: string) {
  return async (page: Page): Promise<void> => {
    await editing(page);
    const input = page.getByRole("group", { name: `Stage ${stage}` }).getByLabel(field, { exact: true });
    if ((await input.evaluate((element) => element.tagName)) === "SELECT") await input.selectOption({ label: value });
    else await input.fill(value);
    await save(page);
  };
}

async function editing(page: Page): Promise<void> {
  await page
    .getByRole("link", { name: `Open directive ${ID}` })
    .first()
    .click();
  await page.getByRole("tab", { name: "Form" }).click();
}

async function save(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Save and reload" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("button", { name: /^Save/ }).click();
  await expect(dialog).toBeHidden();
  await expect(page.getByText("as it is saved")).toBeVisible();
}

/** Saves the file of assets with another text; an asset's dialog is tried elsewhere. */
function inAssets(change: (text: string) => string) {
  return async (page: Page): Promise<void> => {
    await goTo(page, "/assets?file=assets_why.json");
    const text = page.getByRole("textbox", { name: /assets_why/ });
    await text.fill(change(await text.inputValue()));
    await page.getByRole("button", { name: /^Save/ }).click();
    await page.getByRole("dialog").getByRole("button", { name: /^Save/ }).click();
    await expect(page.getByRole("dialog")).toBeHidden();
  };
}

const ATTEMPTS: Record<string, Attempt> = {
  "a reference to another field": {
    rules: steps({}, { port_from: ":1" }),
    events: [ago(20, 1, "First contact", { src_port: 40_001 }), ago(10, 2, "Second contact", { src_port: 40_002 })],
    asked: "Second contact",
    cause: new RegExp(`Directive ${ID} .*stage 2 wants port_from = :1.*40001`),
    mend: inForm(2, "Source port", "ANY"),
  },
  "the case of a protocol": {
    rules: steps({}, { protocol: "tcp" }),
    events: [ago(20, 1, "First contact"), ago(10, 2, "Second contact")],
    asked: "Second contact",
    cause: new RegExp(`Directive ${ID} .*stage 2 wants protocol "tcp".*"TCP".*upper and lower case`),
    mend: inForm(2, "Protocol", "TCP"),
  },
  "a sticky value": {
    rules: steps({}, { occurrence: 2, sticky_different: "SRC_IP" }),
    events: [ago(20, 1, "First contact"), ago(15, 2, "Second contact"), ago(10, 2, "Third contact")],
    asked: "Third contact",
    cause: new RegExp(`Directive ${ID} stays at 1 of 2 because stage 2 counts each .* once`),
    mend: inForm(2, "Must differ", "nothing"),
  },
  "an event out of order": {
    rules: steps({}, {}, {}),
    events: [ago(40, 1, "One"), ago(30, 2, "Two"), ago(35, 3, "Three, late"), ago(25, 2, "Two again")],
    asked: "Three, late",
    cause: new RegExp(`Directive ${ID} .*before .*stage 2`),
    mend: async (page) => {
      await editing(page);
      await page.getByRole("button", { name: "Move stage 3 up" }).click();
      // What is last now gives the risk.
      for (const [stage, value] of [
        [2, "0"],
        [3, "8"],
      ] as const) {
        await page
          .getByRole("group", { name: `Stage ${stage}` })
          .getByLabel("Reliability")
          .fill(value);
      }
      await save(page);
    },
  },
  "risk 0 for want of an asset": {
    rules: steps({}, {}),
    assets: [{ name: "elsewhere", cidr: "192.0.2.0/24", value: 1 }],
    events: [
      ago(20, 1, "First contact", { dst_ip: "203.0.113.9" }),
      ago(10, 2, "Second contact", { dst_ip: "203.0.113.9" }),
    ],
    asked: "Second contact",
    cause: new RegExp(`Directive ${ID} .*risk is 5 × 8 × 0 ÷ 25 = 0.*has an asset value`),
    mend: inAssets((text) => text.replace("192.0.2.0/24", "203.0.113.0/24").replace('"value": 1', '"value": 4')),
  },
  "a whitelisted source": {
    rules: steps({}, {}),
    assets: [{ name: "scanner of ours", cidr: "198.51.100.0/24", value: 1, whitelisted: true }],
    events: [ago(20, 1, "First contact"), ago(10, 2, "Second contact")],
    asked: "Second contact",
    cause: /in 198\.51\.100\.0\/24, which is whitelisted/,
    mend: inAssets((text) => text.replace("198.51.100.0/24", "198.51.101.0/24")),
  },
};

for (const [name, attempt] of Object.entries(ATTEMPTS)) {
  journey(`no alarm because of ${name}: why, mended, replayed, kept and tested`, async ({ page, running }) => {
    journey.setTimeout(120_000);
    await configure(running, attempt.rules, attempt.assets ?? []);
    for (const event of attempt.events) await running.send([event]);
    await walk(page, running, attempt);
  });
}

journey("no alarm because a stage had expired: why, mended, replayed, kept and tested", async ({ page, running }) => {
  journey.setTimeout(180_000);
  await configure(running, steps({}, { timeout: 2 }), []);
  await running.send([ago(0, 1, "First contact")]);
  const live = async () => (await running.call<{ total: number }>("GET", `/backlogs?directive=${ID}`)).total;
  await expect.poll(live).toBe(1);
  // A backlog is looked at every ten seconds.
  await expect.poll(live, { timeout: 30_000 }).toBe(0);
  await running.send([ago(0, 2, "Second contact")]);
  await walk(page, running, {
    ...{ rules: [], events: [], asked: "Second contact" },
    cause: new RegExp(`Directive ${ID} .*expired at .* in stage 2, which had 2 s`),
    mend: inForm(2, "Within (seconds)", "600"),
  });
});
