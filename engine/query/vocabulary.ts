/**
 * What may be asked of a field. `text` takes `:` and `~`, `address` takes `:` with addresses and networks, `choice` takes
 * `:` with one of its values, `number` and `time` also compare. `age` is another way to ask for a time: how long ago.
 */
export type FieldSort =
  | { readonly kind: "text" | "number" | "address" | "time" }
  | { readonly kind: "choice"; readonly values: readonly string[] }
  | { readonly kind: "age"; readonly of: string };

/** The fields that a query may name, by their names in lower case. */
export interface Vocabulary {
  readonly fields: Readonly<Record<string, FieldSort>>;
  /** The text field that a pasted list of ids is looked up in; without it such a list is so many words. */
  readonly ids?: string;
}

/** The fields of alarms (contract/console/alarms.ts). */
export const ALARM_VOCABULARY = {
  fields: {
    id: { kind: "text" },
    title: { kind: "text" },
    status: { kind: "text" },
    tag: { kind: "text" },
    risk: { kind: "number" },
    class: { kind: "text" },
    kingdom: { kind: "text" },
    category: { kind: "text" },
    directive: { kind: "number" },
    node: { kind: "text" },
    src: { kind: "address" },
    dst: { kind: "address" },
    ip: { kind: "address" },
    network: { kind: "text" },
    port: { kind: "number" },
    protocol: { kind: "text" },
    plugin: { kind: "number" },
    sid: { kind: "number" },
    sensor: { kind: "text" },
    intel: { kind: "number" },
    vuln: { kind: "number" },
    custom: { kind: "text" },
    note: { kind: "text" },
    events: { kind: "number" },
    stage: { kind: "number" },
    stages: { kind: "number" },
    created: { kind: "time" },
    updated: { kind: "time" },
    age: { kind: "age", of: "updated" },
    is: { kind: "choice", values: ["open", "closed", "new", "live", "timeout", "complete"] },
  },
  ids: "id",
} as const satisfies Vocabulary;
export type AlarmField = keyof (typeof ALARM_VOCABULARY)["fields"];
