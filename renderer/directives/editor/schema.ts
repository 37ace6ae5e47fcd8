import type { JsonPath } from "./json-node.ts";

/*
 * What the contract says about a directive's fields, as the JSON schema that the server makes of it (`dsiem schema` writes
 * the same): for completion, for hovering, and beside the form's fields.
 */

/** The part of JSON schema that is looked at. */
export interface FieldSchema {
  type?: string;
  description?: string;
  enum?: readonly unknown[];
  examples?: readonly unknown[];
  properties?: Readonly<Record<string, FieldSchema>>;
  items?: FieldSchema;
}

export const NO_SCHEMA: FieldSchema = {};

/** The schema of what stands at a place of a directive, or of a whole file when the path begins with `directives`. */
export function schemaAt(schema: FieldSchema, path: JsonPath): FieldSchema | undefined {
  let part: FieldSchema | undefined = schema;
  for (const step of ownPath(path)) {
    part =
      typeof step === "number"
        ? part?.items
        : Object.hasOwn(part?.properties ?? {}, step)
          ? part?.properties?.[step]
          : undefined;
  }
  return part;
}

/** The place inside the directive. */
export function ownPath(path: JsonPath): JsonPath {
  return path[0] === "directives" ? path.slice(2) : path;
}

/** Whether a value is a schema, as far as it is looked at: an object. */
export function isSchema(value: unknown): value is FieldSchema {
  return typeof value === "object" && value !== null;
}
