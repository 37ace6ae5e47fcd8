import { app, type Session, type WebContents } from "electron";
import type { OpenAnswer } from "./open-external.ts";

/**
 * What a page of ours may have of the browser's permissions: copying, which a click on Copy asks for, and the way to its
 * frontend on this machine, to which the content security policy holds it.
 */
const ALLOWED_PERMISSIONS = ["clipboard-sanitized-write", "local-network-access", "loopback-network"];

/**
 * Holds every page of the program, whichever window it is in, to where it belongs (console.md §5): no navigation away, no
 * windows of its own, no embedded browsers. Links out go through the one gate.
 * @param mayStay whether contents may show a page: the desktop's own, or the console elsewhere that a window is for
 */
export function restrainAllContents(options: {
  mayStay: (contents: WebContents, url: string) => boolean;
  openOutside: (url: string) => Promise<OpenAnswer>;
}): void {
  app.on("web-contents-created", (_event, contents) => {
    const stay = (event: { preventDefault(): void }, url: string): void => {
      if (!options.mayStay(contents, url)) event.preventDefault();
    };
    contents.on("will-navigate", (event) => stay(event, event.url));
    contents.on("will-frame-navigate", (event) => stay(event, event.url));
    contents.on("will-redirect", (event) => stay(event, event.url));
    contents.on("will-attach-webview", (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      // The answer is for whoever clicked; the gate has shown what there is to see.
      void options.openOutside(url);
      return { action: "deny" };
    });
  });
}

/**
 * Denies every permission and device; only the page that `isOurs` says may copy. Capturing the screen is denied by there
 * being nobody who hands out a screen.
 */
export function denyPermissions(session: Session, isOurs: (url: string) => boolean): void {
  const allowed = (permission: string, url: string): boolean => ALLOWED_PERMISSIONS.includes(permission) && isOurs(url);
  session.setPermissionRequestHandler((_contents, permission, answer, details) =>
    answer(allowed(permission, details.requestingUrl)),
  );
  session.setPermissionCheckHandler((contents, permission) => allowed(permission, contents?.getURL() ?? ""));
  session.setDevicePermissionHandler(() => false);
  session.setDisplayMediaRequestHandler(null);
}

/** Files are saved where a person says, and only those of the pages that `isOurs` says: exports and the like. */
export function guardDownloads(session: Session, isOurs: (url: string) => boolean): void {
  session.on("will-download", (event, item) => {
    const url = item.getURL();
    if (isOurs(url.startsWith("blob:") ? url.slice("blob:".length) : url)) item.setSaveDialogOptions({});
    else event.preventDefault();
  });
}
