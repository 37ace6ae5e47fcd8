import type { DatabaseSync } from "node:sqlite";
import type { SavedView } from "../../contract/console/alarms.ts";
import type { Settings } from "../../contract/console/session.ts";
import { AnalystPart, type ChangeRequest } from "./analyst.ts";
import { AlarmIngest } from "./ingest.ts";
import { type IntakeResult, JournalIntake, type JournalPosition } from "./journal-intake.ts";
import { LabelWriter } from "./labels.ts";
import { Retention, type RetentionLimits } from "./retention.ts";
import { deleteView, readSettings, type SettingsChange, writeSettings, writeView } from "./small-tables.ts";
import { type Changed, Transactions } from "./transactions.ts";

/** What the writing worker does. One after the other: a long change comes in parts, so that the journals go on in between. */
export function writerCalls(db: DatabaseSync, tell: (changed: Changed) => void) {
  const labels = new LabelWriter(db);
  const transactions = new Transactions(db, labels, tell);
  const intake = new JournalIntake(db, new AlarmIngest(db, labels), transactions);
  const analyst = new AnalystPart(db, labels);
  const retention = new Retention(db, analyst);

  return {
    rev: (_: undefined): number => transactions.rev,
    position: (node: string): JournalPosition => intake.position(node),
    news: ({ node, payloads }: { node: string; payloads: readonly Uint8Array[] }): IntakeResult =>
      intake.news(node, payloads),
    page: ({ node, answer }: { node: string; answer: unknown }): IntakeResult & { done: boolean } =>
      intake.page(node, answer),

    /** Returns how many alarms are different now. */
    change: (request: ChangeRequest): number =>
      transactions.analyst((rev) => {
        const ns = analyst.change(request, rev);
        return { ns, result: ns.length };
      }),
    undo: ({ token, by, at }: { token: string; by: string; at: number }): { restored: number; skipped: number } =>
      transactions.analyst((rev) => {
        const { restored, skipped } = analyst.undo(token, by, at, rev);
        return { ns: restored, result: { restored: restored.length, skipped } };
      }),
    forgetUntil: (at: number): void => transactions.engine(() => ({ ns: [], result: analyst.forgetUntil(at) })),
    delete: (ns: Float64Array): number =>
      transactions.analyst(() => {
        const deleted = analyst.delete(ns);
        return { ns: [], deleted, result: deleted.length };
      }),

    putView: (view: SavedView): void => transactions.analyst(() => ({ ns: [], result: writeView(db, view) })),
    deleteView: (id: string): boolean => transactions.analyst(() => ({ ns: [], result: deleteView(db, id) })),
    putSettings: (changes: SettingsChange): Settings =>
      transactions.analyst(() => {
        writeSettings(db, changes);
        return { ns: [], result: readSettings(db) };
      }),

    retain: (limits: RetentionLimits): { deleted: number; more: boolean } => {
      const { deleted, more } = transactions.engine(() => {
        const step = retention.step(limits);
        return { ns: [], deleted: step.deleted, result: step };
      });
      return { deleted: deleted.length, more: more || retention.giveBack() };
    },
    close: (_: undefined): void => db.close(),
  };
}
export type WriterCalls = ReturnType<typeof writerCalls>;
