import type { Fleet } from "../fleet.ts";
import type { Handlers } from "../route-table.ts";
import type { Supervision } from "../supervision/supervision.ts";
import { findRemoteConsole } from "./remote-console.ts";

export interface SessionParts {
  fleet: Fleet;
  supervision: Supervision;
  version: string;
  /** Empty when the program wasn't built from a checkout. */
  commit: string;
  /** As the server's configuration has them, the first one for new alarms, the last one for closed ones. */
  statuses: readonly string[];
  tags: readonly string[];
  /** Lowest and highest risk of Medium, as the backends of a supervisor have it. */
  riskMedium: readonly [number, number];
  /** Origins, besides the frontend's own, under which the console may be reached. */
  origins: readonly string[];
  /** Milliseconds since the epoch. */
  startedAt: number;
}

/** Who is served by what, the profiles, and the first run (console.md §1). */
export function sessionHandlers(parts: SessionParts): Handlers {
  const { fleet, supervision, version, commit, statuses, tags, riskMedium, startedAt } = parts;
  return {
    "GET /session": ({ client, user }) => {
      const { desktop, firstRun, profile } = supervision.facts();
      const other = fleet.otherConsole();
      const heard = fleet.services().flatMap(({ stats }) => (stats.role === "backend" ? [stats.node] : []));
      return {
        ...{ product: "Dsiem Console", version, commit, user, desktop, firstRun },
        ...(profile === undefined ? {} : { profile }),
        statuses: [...statuses],
        tags: [...tags],
        riskMedium: [riskMedium[0], riskMedium[1]],
        nodes: [...new Set([...(profile?.nodes ?? []), ...heard])].sort(),
        ...(other === undefined ? {} : { otherConsole: other }),
        eventsUrl: `${parts.origins.find((origin) => origin.endsWith(`//${client.host}`)) ?? `http://${client.host}`}/events/`,
        startedAt,
      };
    },
    "PUT /session/user": ({ body, client }) => {
      client.rename(body.name);
      return { ok: true };
    },
    "GET /profiles": async () => {
      const { desktop: _, firstRun, profile } = supervision.facts();
      if (supervision.state().supervised) return supervision.ask("profiles", {});
      const known = firstRun || profile === undefined ? {} : { current: profile.name };
      return { profiles: profile === undefined ? [] : [profile], ...known, switchable: false };
    },
    "POST /profiles/use": ({ body }) => supervision.ask("use", body),
    "POST /profiles/inspect": ({ body }) => supervision.ask("inspect", body),
    "POST /profiles/editable": async ({ body }) => {
      await supervision.ask("editable", body);
      return { ok: true };
    },
    "POST /profiles/connect": ({ body }) => findRemoteConsole(body.url),
    "POST /demo/erase": async () => {
      await supervision.ask("eraseDemo", {});
      return { ok: true };
    },
  };
}
