import { readFile, realpath } from "node:fs/promises";
import { extname, join, sep } from "node:path";
import type { CustomScheme } from "electron";
import { errorText } from "../../engine/base/errors.ts";
import { APP_ORIGIN, APP_SCHEME } from "../../engine/contract/desktop.ts";
import type { ConsoleAddress } from "./console-host.ts";
import { contentSecurityPolicy } from "./content-security.ts";

/** Told to electron before it is ready: a scheme like https, with fetch, and with no right that a web page hasn't. */
export const APP_SCHEME_PRIVILEGES: CustomScheme = {
  scheme: APP_SCHEME,
  privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
};

/** The page that every window of the desktop begins with. */
export const APP_PAGE = `${APP_ORIGIN}/index.html`;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
};

/** Of a page's request only these go on: cookies, Origin and Referer are the browser's own and mean nothing there. */
const PASSED_ON = ["accept", "accept-language", "content-type", "if-none-match", "range"];
/** What concerns one connection, or was undone by reading the answer. */
const KEPT_BACK = ["connection", "content-encoding", "content-length", "keep-alive", "set-cookie", "transfer-encoding"];

export interface AppProtocolOptions {
  /** The built renderer. */
  rendererFolder: string;
  /** `undefined` while no frontend runs. */
  console: () => ConsoleAddress | undefined;
  /** Hears of each request of the page that changed something, such as `PATCH /api/settings`. */
  onChanged: (method: string, path: string) => void;
}

/**
 * Answers `app://dsiem/…`: files of the renderer, and below /api what the frontend answers, asked with the launch token,
 * which thus never gets into a page's request (operation.md §3).
 */
export function appRequestHandler(options: AppProtocolOptions): (request: Request) => Promise<Response> {
  return async (request) => {
    const url = new URL(request.url);
    if (`${url.protocol}//${url.host}` !== APP_ORIGIN) return refusal(404, "There is nothing under this address.");
    if (url.pathname === "/api" || url.pathname.startsWith("/api/")) return passOn(request, url, options);
    if (request.method !== "GET" && request.method !== "HEAD") return refusal(405, "Files can only be read.");
    return fileAnswer(url.pathname, options);
  };
}

async function fileAnswer(pathname: string, { rendererFolder, console }: AppProtocolOptions): Promise<Response> {
  const path = await fileOf(rendererFolder, pathname);
  if (path === undefined) return refusal(404, `The console has no file ${pathname.slice(0, 200)}.`);
  const type = TYPES[extname(path)];
  if (type === undefined) return refusal(404, "Files of this kind are no part of the console.");
  const headers = ownHeaders(console()?.url);
  headers.set("content-type", type);
  // Files that Vite builds have a hash in their names; the page that names them has none.
  headers.set("cache-control", extname(path) === ".html" ? "no-store" : "max-age=31536000, immutable");
  return new Response(new Uint8Array(await readFile(path)), { headers });
}

/** The file that a path names, or `undefined` when it is none of the renderer's, whatever the path looks like. */
async function fileOf(folder: string, pathname: string): Promise<string | undefined> {
  let name: string;
  try {
    name = decodeURIComponent(pathname);
  } catch {
    return undefined;
  }
  const parts = name.split("/").slice(1);
  if (name.includes("\\") || name.includes("\0") || parts.includes("..") || parts.includes(".")) return undefined;
  try {
    const root = await realpath(folder);
    const path = await realpath(join(root, ...(name === "/" ? ["index.html"] : parts)));
    return path.startsWith(root + sep) ? path : undefined;
  } catch {
    return undefined;
  }
}

async function passOn(request: Request, url: URL, options: AppProtocolOptions): Promise<Response> {
  const console = options.console();
  if (console === undefined) return apiRefusal(503, "The services are starting; try again in a moment.");
  const headers = new Headers({ authorization: `Bearer ${console.token}` });
  for (const name of PASSED_ON) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  const hasBody = request.body !== null && request.method !== "GET" && request.method !== "HEAD";
  let answer: Response;
  try {
    answer = await fetch(console.url + url.pathname + url.search, {
      method: request.method,
      headers,
      redirect: "error",
      signal: request.signal,
      ...(hasBody ? { body: request.body, duplex: "half" } : {}),
    });
  } catch (error) {
    if (request.signal.aborted) throw error;
    return apiRefusal(502, `The frontend doesn't answer: ${causeText(error)}.`);
  }
  if (answer.ok && request.method !== "GET") options.onChanged(request.method, url.pathname);
  const own = ownHeaders(console.url);
  for (const [name, value] of answer.headers) if (!KEPT_BACK.includes(name)) own.set(name, value);
  return new Response(answer.body, { status: answer.status, headers: own });
}

function ownHeaders(frontend: string | undefined): Headers {
  return new Headers({
    "content-security-policy": contentSecurityPolicy(frontend),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
  });
}

function refusal(status: number, text: string): Response {
  const headers = ownHeaders(undefined);
  headers.set("content-type", "text/plain; charset=utf-8");
  return new Response(`${text}\n`, { status, headers });
}

/** In the form of the API's own refusals, so that the page needs to know one only. */
function apiRefusal(status: number, error: string): Response {
  const headers = ownHeaders(undefined);
  headers.set("content-type", "application/json");
  return new Response(JSON.stringify({ error }), { status, headers });
}

/** `fetch` wraps what happened to the connection. */
function causeText(error: unknown): string {
  return errorText(error instanceof Error && error.cause !== undefined ? error.cause : error);
}
