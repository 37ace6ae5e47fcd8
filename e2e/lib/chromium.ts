import { existsSync } from "node:fs";
import process from "node:process";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The browser of the journeys: `DSIEM_CHROMIUM`, else the system's. */
export function chromiumPath(): string {
  const path = process.env.DSIEM_CHROMIUM ?? PLACES.find((place) => existsSync(place));
  if (path === undefined) {
    throw new Error("The journeys need a Chromium: install Debian's package chromium, or set DSIEM_CHROMIUM to one.");
  }
  return path;
}
