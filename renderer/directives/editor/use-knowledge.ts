import { useMemo } from "react";
import { api } from "../../client/api.ts";
import { useLoaded } from "../../client/hooks.ts";
import { isSchema, NO_SCHEMA } from "./schema.ts";
import type { Knowledge } from "./suggestions.ts";

/** What completion and hovering draw on. Without it the editor still edits: a failure here is nobody's worry. */
export function useKnowledge(): Knowledge {
  const { data: schema } = useLoaded("schema", (signal) => api.get("GET /directives/schema", { signal }));
  const { data: known } = useLoaded("known", (signal) => api.get("GET /known", { signal }));
  return useMemo(() => ({ schema: isSchema(schema?.schema) ? schema.schema : NO_SCHEMA, known }), [schema, known]);
}
