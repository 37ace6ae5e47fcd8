import { z } from "zod";
import type { ConfigFile } from "../../base/config-file.ts";
import type { KnownAnswer } from "../../contract/console/coverage.ts";
import type { DirectiveRow } from "../../contract/console/directives.ts";
import { directiveSchema } from "../../contract/directive.ts";
import { CONFIG_FILE_NAME } from "../../contract/limits.ts";
import { ApiFault } from "../api-fault.ts";
import type { Handlers } from "../route-table.ts";
import type { ConfigDesk } from "./config-desk.ts";
import type { ConfigSaver } from "./config-saver.ts";
import { configProblem } from "./config-tools.ts";
import { type DirectiveRowsParts, directiveRows } from "./directive-rows.ts";
import { versionOf } from "./file-version.ts";

/** Under this name a text is checked that belongs to no file. */
const DRAFT = "directives_draft.json";

/** Of the same contract as what `dsiem schema` writes. */
const DIRECTIVE_SCHEMA = z.toJSONSchema(directiveSchema, { io: "input" });

export interface DirectiveHandlerParts extends DirectiveRowsParts {
  saver: ConfigSaver;
  /** What the events seen say of plugins and taxonomies. */
  known: () => Promise<KnownAnswer>;
}

/** `/directives`: the list with its counters, and every change of the files. */
export function directiveHandlers(parts: DirectiveHandlerParts): Handlers {
  const { desk, saver, known } = parts;
  return {
    "GET /directives": async () => {
      const [listing, infos] = await Promise.all([directiveRows(parts), desk.info("directives")]);
      const files = infos.map((info) => ({
        ...info,
        node: desk.tools.nodeOf(info.name) ?? "",
        directives: listing.rows.filter(({ file }) => file === info.name).length,
      }));
      const readOnly = saver.readOnly();
      return { ...listing, files, ...(readOnly !== undefined && { readOnly }) };
    },
    "GET /directives/schema": () => ({ schema: DIRECTIVE_SCHEMA }),
    "GET /directives/:id": async ({ params }) => {
      const { rows } = await directiveRows(parts);
      const row = rowOf(rows, idOf(params.id));
      const text = await desk.tools.directiveText(await fileOf(desk, row.file), row.id);
      if (text === undefined) throw noDirective(row.id);
      return { row, directive: JSON.parse(text), text };
    },
    "POST /directives/enable": ({ body, user }) =>
      saver.save(async () => ({ changed: await enabledFiles(desk, body.ids, body.enabled), dryRun: false, user })),
    "POST /directives/:id/duplicate": async ({ params, user }) => {
      const id = idOf(params.id);
      let newId = 0;
      const saved = await saver.save(async () => {
        const listed = (await desk.directives()).flatMap(({ directives }) => directives);
        const original = listed.find((each) => each.id === id);
        if (original === undefined) throw noDirective(id);
        const taken = new Set(listed.map((each) => each.id));
        newId = id + 1;
        while (taken.has(newId)) newId += 1;
        const file = await fileOf(desk, original.file);
        const bytes = await desk.tools.withCopy(file, id, newId);
        if (bytes === undefined) throw noDirective(id);
        return { changed: [{ name: file.name, bytes }], dryRun: false, user };
      });
      return { ...saved, id: newId };
    },
    "POST /directives/validate": async ({ body }) => {
      const name = body.name ?? DRAFT;
      checkName(desk, name);
      const draft: ConfigFile = { name, bytes: Buffer.from(body.text) };
      const node = desk.tools.nodeOf(name) ?? "";
      const others = body.name === undefined ? [] : ((await desk.namesByNode()).get(node) ?? []);
      const files = await Promise.all(others.filter((other) => other !== name).map((other) => fileOf(desk, other)));
      const all = [...files, draft].sort((a, b) => (a.name < b.name ? -1 : 1));
      const [{ problems, directives }, lint] = await Promise.all([
        desk.tools.inspectDirectives(all),
        desk.assets().then(async ({ highestValue }) => {
          const facts = { highestValue, known: await known().catch(() => undefined) };
          return desk.tools.lint(all, facts, name);
        }),
      ]);
      return {
        problems: [...problems.map(configProblem), ...lint],
        directives: directives.filter(({ file }) => file === name).length,
      };
    },
    "GET /directives/files/:name": async ({ params: { name } }) => {
      checkName(desk, name);
      const file = await fileOf(desk, name);
      return { name, text: Buffer.from(file.bytes).toString("utf8"), version: versionOf(file) };
    },
    "PUT /directives/files/:name": ({ params: { name }, query, body, user }) => {
      checkName(desk, name);
      const changed = [{ name, bytes: Buffer.from(body.text) }];
      const { ifVersion } = body;
      return saver.save(async () => ({ changed, dryRun: query.dryRun === "true", user, ifVersion }));
    },
  };
}

async function enabledFiles(desk: ConfigDesk, ids: readonly number[], enabled: boolean): Promise<ConfigFile[]> {
  const listed = (await desk.directives()).flatMap(({ directives }) => directives);
  const wanted = new Set(ids);
  const found = listed.filter(({ id }) => wanted.has(id));
  const known = new Set(found.map(({ id }) => id));
  const missing = ids.find((id) => !known.has(id));
  if (missing !== undefined) throw noDirective(missing);
  const names = new Set(found.filter((each) => each.enabled !== enabled).map(({ file }) => file));
  return Promise.all(
    Array.from(names, async (name) => ({
      name,
      bytes: await desk.tools.withEnabled(await fileOf(desk, name), ids, enabled),
    })),
  );
}

function rowOf(rows: readonly DirectiveRow[], id: number): DirectiveRow {
  const row = rows.find((each) => each.id === id);
  if (row === undefined) throw noDirective(id);
  return row;
}

async function fileOf(desk: ConfigDesk, name: string): Promise<ConfigFile> {
  const file = await desk.read(name);
  if (file === undefined) throw new ApiFault(404, `There is no file ${name} in the folder configs.`);
  return file;
}

function idOf(text: string): number {
  const id = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(id)) throw new ApiFault(404, `${JSON.stringify(text.slice(0, 40))} is no directive's id.`);
  return id;
}

function noDirective(id: number): ApiFault {
  return new ApiFault(404, `No directive ${id} is in the files of the folder configs.`);
}

function checkName(desk: ConfigDesk, name: string): void {
  if (CONFIG_FILE_NAME.test(name) && desk.tools.nodeOf(name) !== undefined) return;
  const wanted = "directives_NODE.json or directives_NODE_….json, of letters, digits, - and _";
  throw new ApiFault(400, `${JSON.stringify(name.slice(0, 100))} is no name of a directive file; expected ${wanted}.`, {
    field: "name",
  });
}
