// biome-ignore-all lint/suspicious/noTemplateCurlyInString: these are placeholders of provider urls, replaced by ourselves
import { isLinkLocal } from "./special-addresses.ts";

const IP = "${ip}";
const PORT = "${port}";
/** Any address and port, to see whether the url stays one when they are filled in. */
const SAMPLE_IP = "192.0.2.1";
const SAMPLE_PORT = 1;

/**
 * What is wrong with a provider's url, in one sentence, or `undefined`. Events come from outside, so what they carry
 * may choose a page at the provider and never the host that is asked (reliability.md §4).
 */
export function urlProblem(template: string): string | undefined {
  if (!/^https?:\/\/[^/?#]/i.test(template)) {
    return "the url in the config must begin with http:// or https:// and a host";
  }
  if (/[\s\\]|\p{Cc}/u.test(template))
    return "the url in the config must hold no blank, backslash or control character";
  const authority = /^https?:\/\/([^/?#]*)/i.exec(template)?.[1] ?? "";
  if (authority.includes(IP) || authority.includes(PORT)) {
    return "the url in the config must not hold ${ip} or ${port} before its path: they would choose the host to ask";
  }
  let url: URL;
  try {
    url = new URL(filledIn(template, SAMPLE_IP, SAMPLE_PORT));
  } catch {
    return "the url in the config is not a valid URL";
  }
  if (isLinkLocal(literalOf(url))) return "the url in the config must not name a link-local address";
  return undefined;
}

/** The url to ask: the first `${ip}` and the first `${port}` replaced (engine.md §8). */
export function filledIn(template: string, ip: string, port: number | undefined): string {
  const url = template.replace(IP, () => ip);
  return port === undefined ? url : url.replace(PORT, () => String(port));
}

/** The host of a url, without the brackets of an IPv6 literal. */
export function literalOf(url: URL): string {
  return url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
}
