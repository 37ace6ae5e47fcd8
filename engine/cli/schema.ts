import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DsiemError, errorText } from "../base/errors.ts";
import { configJsonSchemas } from "../directive/json-schemas.ts";
import type { Terminal } from "./command-line.ts";

/** `dsiem schema`: the JSON schemas by file name, as one object, or each in a file of `folder`. */
export async function writeSchemas(folder: string | undefined, terminal: Terminal): Promise<number> {
  const schemas = configJsonSchemas();
  if (folder === undefined) {
    terminal.out(pretty(schemas));
    return 0;
  }
  try {
    mkdirSync(folder, { recursive: true });
    for (const [name, schema] of Object.entries(schemas)) {
      writeFileSync(join(folder, name), pretty(schema));
      terminal.out(`${join(folder, name)}\n`);
    }
  } catch (error) {
    throw new DsiemError("UNWRITABLE", `the schemas can't be written: ${errorText(error)}`, { cause: error });
  }
  return 0;
}

function pretty(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`;
}
