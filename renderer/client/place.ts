import type { DesktopApi } from "../../engine/contract/desktop.ts";

declare global {
  interface Window {
    /** What the desktop's preload script offers; missing in a browser. */
    readonly dsiem?: DesktopApi;
  }
}

/**
 * The desktop, where the page runs in its window: it comes from app://dsiem then, whose main process forwards /api with
 * the token, and only the WebSocket goes directly. In a browser the frontend itself serves the page, and a cookie speaks.
 */
export function desktop(): DesktopApi | undefined {
  return window.dsiem;
}
