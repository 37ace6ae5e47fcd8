import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * What a browser that has logged in shows. Made of the launch token, so that it holds for as long as the token does, also
 * for what listens on the port after this process; the token can't be made of it.
 */
export function sessionOf(launchToken: string): string {
  return createHmac("sha256", launchToken).update("dsiem console session").digest("base64url");
}

/**
 * Cookies belong to a host whatever its port, and several consoles may run on one machine: each names its own after the
 * port that it listens on.
 */
export function consoleCookieName(what: string, port: number | undefined): string {
  return `dsiem-${what}-${port ?? 0}`;
}

/** Whether a `Cookie` header shows the session of this token. */
export function showsSession(header: string | undefined, port: number | undefined, launchToken: string): boolean {
  const expected = Buffer.from(`${consoleCookieName("session", port)}=${sessionOf(launchToken)}`);
  return (header ?? "").split(";").some((pair) => {
    const shown = Buffer.from(pair.trim());
    return shown.length === expected.length && timingSafeEqual(shown, expected);
  });
}
