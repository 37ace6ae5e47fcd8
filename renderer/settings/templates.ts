import { type LogSearchValues, logSearchUrl } from "../ui/log-search.ts";

/** What a template may hold (console.md §2). */
export const PLACEHOLDERS = [
  "alarm_id",
  "event_id",
  "stage",
  "src",
  "dst",
  "title",
  "src_index_pattern",
  "from",
  "to",
] as const satisfies readonly (keyof LogSearchValues)[];

const EXAMPLE: LogSearchValues = {
  alarm_id: "m2Xd8_Lqe",
  event_id: "e7Tt-11830",
  stage: 2,
  src: "203.0.113.45",
  dst: "10.30.8.14",
  title: "SSH brute force",
  src_index_pattern: "linux-auth-*",
  from: Date.UTC(2026, 0, 1, 12),
  to: Date.UTC(2026, 0, 1, 13),
};

export type TemplateCheck = { kind: "none" } | { kind: "ok"; example: string } | { kind: "wrong"; why: string };

/** What a template gives for an example, or why it gives nothing. */
export function checkTemplate(template: string): TemplateCheck {
  if (template.trim() === "") return { kind: "none" };
  const unknown = [...template.matchAll(/\{([^{}]*)\}/g)]
    .map(([whole, name]) => ({ whole, name }))
    .find(({ name }) => !PLACEHOLDERS.some((known) => known === name));
  if (unknown !== undefined)
    return { kind: "wrong", why: `${unknown.whole} is no placeholder; it would stay in the address as it is.` };
  const example = logSearchUrl(template, EXAMPLE);
  if (example === undefined)
    return { kind: "wrong", why: "This isn't an http or https address, so no link would be shown." };
  return { kind: "ok", example };
}
