import { join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import { ALARM_FACETS, DEFAULT_ALARM_SORT, MAX_ALARM_PAGE } from "../../contract/console/alarms.ts";
import { EVENT_FIELDS } from "../../query/event-fields.ts";
import { parseQuery } from "../../query/parse.ts";
import { QueryError } from "../../query/query-error.ts";
import { ALARM_VOCABULARY } from "../../query/vocabulary.ts";
import { ApiFault } from "../api-fault.ts";
import type { CurrentSettings } from "../current-settings.ts";
import type { Handlers } from "../route-table.ts";
import { alarmExport } from "./alarm-export.ts";
import type { AlarmStore } from "./alarm-store.ts";
import type { BulkChanges } from "./bulk.ts";
import { checkAlarmQuery } from "./query-fault.ts";

const DEFAULT_LIMIT = 100;
const DEFAULT_EVENTS = 500;
const MAX_EVENTS = 2000;
const MAX_BUCKETS = 500;

export interface AlarmHandlersParts {
  store: AlarmStore;
  bulk: BulkChanges;
  clock: Clock;
  /** Where copies of the database go. */
  backupFolder: string;
  settings: CurrentSettings;
}

/** The alarms of the API (contract/console/alarms.ts). */
export function alarmHandlers(parts: AlarmHandlersParts): Handlers {
  return { ...listHandlers(parts), ...oneHandlers(parts), ...changeHandlers(parts), ...viewHandlers(parts) };
}

function listHandlers({ store, clock }: AlarmHandlersParts): Handlers {
  return {
    "GET /alarms": ({ query: { sort = DEFAULT_ALARM_SORT, limit = DEFAULT_LIMIT, ...query }, signal }) => {
      checkAlarmQuery(query.q);
      const rows = Math.min(Math.max(1, limit), MAX_ALARM_PAGE);
      return store.read("page", { ...query, sort, limit: rows, nowMs: clock.now() }, signal);
    },
    "GET /alarms/counts": async ({ query: { facets, buckets = 0, q, from, to }, signal }) => {
      checkAlarmQuery(q);
      const wanted = facets === undefined ? ALARM_FACETS : facets.split(",").map(readFacet);
      const request = { q, from, to, nowMs: clock.now(), facets: wanted, buckets: Math.min(buckets, MAX_BUCKETS) };
      const counts = await store.read("counts", request, signal);
      if (counts === undefined) throw new ApiFault(499, "The count was given up.");
      return counts;
    },
    "GET /alarms/export": async ({ query: { format, columns, q, from, to, sort = DEFAULT_ALARM_SORT }, signal }) => {
      checkAlarmQuery(q);
      const ns = await store.read("matching", { q, from, to, sort, nowMs: clock.now() }, signal);
      return alarmExport(store, { format, columns, ns }, `alarms-${timeName(clock)}`);
    },
    "POST /query/check": ({ body: { q, of } }) => {
      try {
        parseQuery(q, of === "alarms" ? ALARM_VOCABULARY : EVENT_FIELDS);
        return { ok: true };
      } catch (error) {
        if (!(error instanceof QueryError)) throw error;
        return { ok: false, error: error.message, column: error.column, length: error.length };
      }
    },
  };
}

function oneHandlers({ store }: AlarmHandlersParts): Handlers {
  return {
    "GET /alarms/:id": async ({ params: { id } }) => there(await store.read("detail", id)),
    "GET /alarms/:id/events": async ({ params: { id }, query: { stage, after, limit = DEFAULT_EVENTS } }) => {
      const page = { ...(stage !== undefined && { stage }), ...(after !== undefined && { after }) };
      return there(await store.read("events", { id, ...page, limit: Math.min(Math.max(1, limit), MAX_EVENTS) }));
    },
    "GET /alarms/:id/activity": async ({ params: { id } }) => ({ activity: there(await store.read("activity", id)) }),
  };
}

function changeHandlers({ bulk }: AlarmHandlersParts): Handlers {
  return {
    "POST /alarms/bulk": ({ body, user }) => bulk.change(body, user),
    "DELETE /alarms": async ({ body }) => ({ deleted: await bulk.delete(body) }),
    "POST /undo/:token": ({ params: { token }, user }) => bulk.undo(token, user),
  };
}

function viewHandlers({ store, clock, settings, backupFolder }: AlarmHandlersParts): Handlers {
  return {
    "POST /backup": async () => {
      const file = join(backupFolder, `console-${timeName(clock)}.db`);
      return { file, bytes: await store.backUp(file) };
    },
    "GET /views": async () => ({ views: await store.read("views", undefined) }),
    "PUT /views/:id": async ({ params: { id }, body }) => {
      if (!/^[\w-]{1,64}$/.test(id)) {
        throw new ApiFault(400, "The id of a view takes letters, digits, - and _ only, 64 at most.", { field: "id" });
      }
      const view = { id, ...body };
      await store.write("putView", view);
      return view;
    },
    "DELETE /views/:id": async ({ params: { id } }) => {
      if (!(await store.write("deleteView", id))) throw new ApiFault(404, "There is no such view (any more).");
      return { ok: true };
    },
    "GET /settings": () => store.read("settings", undefined),
    "PATCH /settings": async ({ body }) => {
      const changed = await store.write("putSettings", body);
      settings.change(changed);
      return changed;
    },
  };
}

/** The time as a part of a file's name: `2026-11-28T120000`. */
function timeName(clock: Clock): string {
  return new Date(clock.now()).toISOString().slice(0, 19).replaceAll(":", "");
}

function there<T>(found: T | undefined): T {
  if (found === undefined) throw new ApiFault(404, "There is no such alarm (any more).");
  return found;
}

function readFacet(name: string): (typeof ALARM_FACETS)[number] {
  const facet = ALARM_FACETS.find((each) => each === name.trim());
  if (facet !== undefined) return facet;
  throw new ApiFault(400, `There is no facet ${name}; there are ${ALARM_FACETS.join(", ")}.`, { field: "facets" });
}
