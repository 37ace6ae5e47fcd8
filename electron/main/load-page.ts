/** The part of a window that loads pages. */
interface PageWindow {
  loadURL(url: string): Promise<void>;
  isDestroyed(): boolean;
}

/** What Chromium says of a page whose place another took, or whose window was closed, before it was there. */
const SUPERSEDED = "ERR_ABORTED";

/** Loads a page; rejects when it can't be, but not when nobody waits for it any more. */
export async function loadPage(window: PageWindow, url: string): Promise<void> {
  try {
    await window.loadURL(url);
  } catch (error) {
    if (window.isDestroyed() || (error instanceof Error && "code" in error && error.code === SUPERSEDED)) return;
    throw error;
  }
}
