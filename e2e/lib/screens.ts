import type { Locator, Page } from "@playwright/test";

/** What a person sees of the console, by what assistive technology is told. */

export async function goTo(page: Page, route: string): Promise<void> {
  const address = new URL(page.url());
  address.hash = route;
  await page.goto(address.href);
}

/** The table of the screen. */
function table(page: Page): Locator {
  return page.getByRole("main").getByRole("grid").first();
}

/** The row that holds this text; the head of the table is none. */
export function rowWith(page: Page, text: string | RegExp): Locator {
  return rows(page).filter({ hasText: text }).first();
}

export function rows(page: Page): Locator {
  return table(page)
    .getByRole("row")
    .filter({ has: page.getByRole("gridcell") });
}

/** Writes a term into the query bar of the screen; Enter takes it. */
export async function filterBy(page: Page, term: string): Promise<void> {
  const box = queryBox(page);
  await box.fill(term);
  await box.press("Enter");
}

function queryBox(page: Page): Locator {
  return page.getByRole("main").locator(".query input");
}

/** Takes a term out of the query bar again. */
export async function dropTerm(page: Page, term: string): Promise<void> {
  await page.getByRole("button", { name: `Remove ${term}` }).click();
}

/** The connection as the top bar tells it. */
export function connectionPill(page: Page): Locator {
  return page.getByRole("banner").locator("a.conn");
}
