import { expect, test } from "vitest";
import { configJsonSchemas } from "./json-schemas.ts";

interface Schema {
  $schema?: string;
  title?: string;
  description?: string;
  required?: string[];
  properties?: Record<string, Schema>;
  items?: Schema;
  additionalProperties?: unknown;
}

test("there is a schema for every configuration file and for events", () => {
  const schemas = configJsonSchemas() as Record<string, Schema>;
  expect(Object.keys(schemas)).toEqual([
    "assets.schema.json",
    "directives.schema.json",
    "intel.schema.json",
    "vuln.schema.json",
    "wise_config.schema.json",
    "nesd_config.schema.json",
    "dsiem_config.schema.json",
    "event.schema.json",
  ]);
  for (const schema of Object.values(schemas)) {
    expect(schema).toMatchObject({ $schema: "https://json-schema.org/draft/2020-12/schema", type: "object" });
    expect(schema.title).toMatch(/\w/);
    // Unknown fields are ignored by the services, so the schemas allow them.
    expect(JSON.stringify(schema)).not.toContain('"additionalProperties":false');
  }
});

test("every field of a directive and its rules is described, and the required ones are named", () => {
  const directive = (configJsonSchemas() as Record<string, Schema>)["directives.schema.json"]?.properties?.directives
    ?.items;
  const rule = directive?.properties?.rules?.items;
  for (const [name, field] of Object.entries({ ...directive?.properties, ...rule?.properties })) {
    expect(`${name}: ${field.description}`).toMatch(/: [A-Z1]/);
  }
  expect(directive?.required).toEqual(["id", "name", "kingdom", "category", "priority", "rules"]);
  expect(rule?.required).toEqual([
    "name",
    "type",
    "stage",
    "occurrence",
    "from",
    "to",
    "port_from",
    "port_to",
    "protocol",
    "reliability",
    "timeout",
  ]);
});
