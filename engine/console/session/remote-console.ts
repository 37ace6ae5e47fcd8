import { errorText } from "../../base/errors.ts";
import { apiErrorSchema } from "../../contract/console-api.ts";

/** A console elsewhere answers within this time, or isn't there. */
const TIMEOUT_MS = 5000;
const MAX_ANSWER_BYTES = 10_000;

/** What `POST /api/profiles/connect` answers. */
export interface RemoteConsole {
  ok: boolean;
  /** One sentence for people. */
  text: string;
  /** To be opened. */
  url: string;
}

/** Whether a console answers at an address: it is asked without a token, and refuses as only a console does. */
export async function findRemoteConsole(asked: string): Promise<RemoteConsole> {
  const typed = asked.trim();
  const base = URL.parse(/^[a-z]+:\/\//i.test(typed) ? typed : `http://${typed}`);
  if (base === null || (base.protocol !== "http:" && base.protocol !== "https:") || base.hostname === "") {
    return { ok: false, text: "This isn't an address such as http://siem.example.com:8080.", url: typed };
  }
  const url = `${base.origin}/ui/`;
  const no = (text: string): RemoteConsole => ({ ok: false, text, url });
  let response: Response;
  try {
    response = await fetch(`${base.origin}/api/session`, {
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
  } catch (error) {
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    return no(`Nothing answers at ${base.origin}: ${errorText(cause)}.`);
  }
  const said = await readStart(response);
  if (response.status === 401 && isApiError(said)) {
    return { ok: true, text: `A console answers at ${base.origin}. It asks for its own login.`, url };
  }
  if (response.status === 403) {
    return no(`The console at ${base.origin} may not be reached under this name; its --console-origin allows more.`);
  }
  if (response.status === 404) {
    return no(`The frontend at ${base.origin} serves no console: it was started without --console.`);
  }
  return no(`What answers at ${base.origin} isn't a console (status ${response.status}).`);
}

/** Whoever answers may be anybody, and send anything. */
async function readStart(response: Response): Promise<string> {
  let text = "";
  try {
    for await (const chunk of response.body ?? []) {
      text += Buffer.from(chunk).toString("utf8");
      if (text.length > MAX_ANSWER_BYTES) break;
    }
  } catch {
    // It ended in the middle: what there is will do.
  }
  return text;
}

function isApiError(text: string): boolean {
  try {
    return apiErrorSchema.safeParse(JSON.parse(text)).success;
  } catch {
    return false;
  }
}
