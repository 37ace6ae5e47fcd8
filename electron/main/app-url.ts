import { APP_ORIGIN } from "../../engine/contract/desktop.ts";

/** Whether a URL is one of the desktop's own pages. (`URL.origin` is "null" for schemes that aren't the web's.) */
export function isAppUrl(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && `${url.protocol}//${url.host}` === APP_ORIGIN && url.username === "" && url.password === "";
}
