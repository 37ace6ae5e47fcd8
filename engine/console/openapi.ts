import { z } from "zod";
import type { Route } from "../contract/console/route.ts";
import { API_ROUTES } from "../contract/console/routes.ts";
import { apiErrorSchema } from "../contract/console-api.ts";
import type { Handlers } from "./route-table.ts";

type Json = Readonly<Record<string, unknown>>;

/** `GET /api/openapi.json`, put together when somebody asks for it first. */
export function openApiHandlers(version: string): Handlers {
  let text: string | undefined;
  return {
    "GET /openapi.json": () => {
      text ??= `${JSON.stringify(openApiDocument(version), undefined, 2)}\n`;
      return { contentType: "application/json", content: text };
    },
  };
}

/** The whole API of the contract as an OpenAPI 3.1 document. */
function openApiDocument(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [key, route] of Object.entries<Route>(API_ROUTES)) {
    const [method = "", path = ""] = key.split(" ");
    const templated = `/api${path.replace(/:(\w+)/g, "{$1}")}`;
    paths[templated] ??= {};
    paths[templated][method.toLowerCase()] = operation(path, route);
  }
  return {
    openapi: "3.1.0",
    info: { title: "Dsiem Console", version },
    components: {
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "The launch token." },
      },
    },
    security: [{ token: [] }],
    paths,
  };
}

function operation(path: string, route: Route): Json {
  const parameters = [
    ...[...path.matchAll(/:(\w+)/g)].map(([, name]) => parameter("path", name ?? "", { type: "string" }, true)),
    ...queryParameters(route.query),
  ];
  const answer =
    route.answer === undefined ? undefined : { "application/json": { schema: schemaOf(route.answer, "output") } };
  const stream =
    route.stream === undefined ? undefined : { "application/octet-stream": { schema: { type: "string" } } };
  return {
    summary: route.summary,
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(route.body === undefined
      ? {}
      : {
          requestBody: { required: true, content: { "application/json": { schema: schemaOf(route.body, "input") } } },
        }),
    responses: {
      200: { description: route.stream ?? "Done.", content: answer ?? stream ?? {} },
      default: {
        description: "Refused or failed: one sentence.",
        content: { "application/json": { schema: schemaOf(apiErrorSchema, "output") } },
      },
    },
  };
}

function queryParameters(query: z.ZodType | undefined): Json[] {
  if (query === undefined) return [];
  const { properties = {}, required = [] } = schemaOf(query, "input") as { properties?: Json; required?: string[] };
  return Object.entries(properties).map(([name, schema]) => parameter("query", name, schema, required.includes(name)));
}

function parameter(place: "path" | "query", name: string, schema: unknown, required: boolean): Json {
  return { in: place, name, required, schema };
}

/** What JSON Schema can't say, such as what a text becomes, is left out. */
function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: "any", reused: "inline" });
  return rest;
}
