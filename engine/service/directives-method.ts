import type { Correlator } from "../backlog/correlator.ts";
import { directivesRequestSchema } from "../contract/rpc.ts";
import { answerOf, type RpcMethod, rpcMethod } from "./console-rpc.ts";
import type { LoadedFile } from "./running-config.ts";

/** An entry of a page takes less than this: five numbers and their names. */
const ENTRY_BYTES = 120;
/** What a page holds besides its list: samples whose titles are cut, and the files. */
const MAX_ENVELOPE_BYTES = 64 * 1024;
/** Directives that are looked through for one page, most of which have nothing to say. */
const MAX_LOOKED_AT = 50_000;
const MAX_TITLE_LENGTH = 256;
const MAX_FILES = 200;

/** `directives`: what each directive has done, page by page, and what the backend runs with. */
export function directivesMethod(
  correlator: Pick<Correlator, "tallies" | "risklessCompletions">,
  run: string,
  config: () => readonly LoadedFile[],
  startedAtMs: number,
): RpcMethod {
  const since = Math.floor(startedAtMs);
  return rpcMethod(directivesRequestSchema, ({ after = 0 }, maxBytes) => {
    const most = Math.max(1, Math.floor((maxBytes - MAX_ENVELOPE_BYTES) / ENTRY_BYTES));
    const directives: { id: number; matched: number; live: number; riskless: number }[] = [];
    let next: number | undefined;
    for (const { id, ordinal, matched, live, completedWithoutRisk } of correlator.tallies(after)) {
      if (directives.length >= most || ordinal - after >= MAX_LOOKED_AT) {
        next = ordinal;
        break;
      }
      if (matched + live + completedWithoutRisk === 0) continue;
      directives.push({ id, matched, live, riskless: completedWithoutRisk });
    }
    const riskless = correlator.risklessCompletions.map(({ directiveId, backlogId, title, atMs }) => ({
      ...{ directiveId, backlogId, at: Math.floor(atMs) },
      title: title.slice(0, MAX_TITLE_LENGTH).toWellFormed(),
    }));
    return answerOf({
      ...{ run, since },
      directives,
      ...(next !== undefined && { next }),
      riskless,
      config: config().slice(0, MAX_FILES),
    });
  });
}
