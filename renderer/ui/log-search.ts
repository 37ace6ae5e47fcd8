/** What a link to an external log search may be filled with (console.md §2). */
export interface LogSearchValues {
  alarm_id?: string | undefined;
  event_id?: string | undefined;
  stage?: number | undefined;
  src?: string | undefined;
  dst?: string | undefined;
  title?: string | undefined;
  src_index_pattern?: string | undefined;
  /** Milliseconds since the epoch, written as ISO times. */
  from?: number | undefined;
  to?: number | undefined;
}

/**
 * The address that a template of the settings gives for these values: every `{placeholder}` is percent-encoded, so that
 * no value can reach beyond its place; one without a value becomes empty. Undefined for an empty template, and for
 * anything that isn't http or https, such as `javascript:`.
 */
export function logSearchUrl(template: string, values: LogSearchValues): string | undefined {
  if (template.trim() === "") return undefined;
  const filled = template.trim().replace(/\{([a-z_]+)\}/g, (whole, name: string) => encoded(whole, name, values));
  const url = URL.parse(filled);
  if (url === null || (url.protocol !== "https:" && url.protocol !== "http:")) return undefined;
  return url.href;
}

function encoded(whole: string, name: string, values: LogSearchValues): string {
  switch (name) {
    case "alarm_id":
    case "event_id":
    case "stage":
    case "src":
    case "dst":
    case "title":
    case "src_index_pattern":
      // A lone surrogate can't be encoded; the address would throw in the middle of a render.
      return strictlyEncoded(String(values[name] ?? "").toWellFormed());
    case "from":
    case "to":
      return strictlyEncoded(isoText(values[name]));
    default:
      return whole;
  }
}

/** The apostrophe and parentheses too: Kibana's addresses are written in rison, where they are syntax. */
function strictlyEncoded(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}

function isoText(ms: number | undefined): string {
  if (ms === undefined || !Number.isFinite(ms) || Math.abs(ms) > 8.64e15) return "";
  return new Date(ms).toISOString();
}
