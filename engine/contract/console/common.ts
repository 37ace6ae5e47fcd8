import { z } from "zod";

export const count = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
/** Milliseconds since the epoch. */
export const atMs = z.number();
/** A number in a query string. */
export const countText = z
  .string()
  .regex(/^\d{1,15}$/)
  .transform(Number);

/** A request that did what it was asked and has nothing more to say. */
export const doneSchema = z.object({ ok: z.literal(true) });

/** A time range: `last` of so many seconds before now, or from and to; both ends are included. */
export const timeRangeSchema = z.union([z.object({ last: count }), z.object({ from: atMs, to: atMs })]);
export type TimeRange = z.infer<typeof timeRangeSchema>;

/** Values of one field and how often each came, the most frequent first. */
export const facetSchema = z.object({
  field: z.string(),
  values: z.array(z.object({ value: z.string(), count })),
  /** Values beyond those listed. */
  more: count,
});
export type Facet = z.infer<typeof facetSchema>;

/** Figures over time: `counts[i]` belongs to the `stepSeconds` from `from + i × stepSeconds`. */
export const seriesSchema = z.object({ from: atMs, stepSeconds: count, counts: z.array(count) });
export type Series = z.infer<typeof seriesSchema>;
