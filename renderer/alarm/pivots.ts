import type { StoredAlarmEvent } from "../../engine/contract/console/alarms.ts";
import type { Settings } from "../../engine/contract/console/session.ts";
import type { IconName } from "../ui/icon.tsx";
import { alarmsRoute, assetsRoute, backlogsRoute, eventsRoute, href } from "../ui/links.ts";
import { type LogSearchValues, logSearchUrl } from "../ui/log-search.ts";

/** A way from a value to what has to do with it. */
export interface Pivot {
  text: string;
  icon: IconName;
  href: string;
  /** It leads out of the console. */
  external: boolean;
}

/** Where an address leads to; nothing for what isn't one, such as `any` or a name of a network. */
export function addressPivots(address: string, settings: Settings, values: LogSearchValues): Pivot[] {
  if (!isAddress(address)) return [];
  return [
    inside("Its alarms", "alarms", alarmsRoute({ q: `ip:${address}`, t: "all" })),
    inside("Its backlogs", "backlogs", backlogsRoute({ ip: address })),
    inside("Its events", "events", eventsRoute({ q: `ip:${address}` })),
    inside("What the assets say of it", "assets", assetsRoute(address)),
    ...outside(settings.logSearch.address, values),
  ];
}

export function alarmPivots(settings: Settings, values: LogSearchValues): Pivot[] {
  return outside(settings.logSearch.alarm, values);
}

export function eventPivots(settings: Settings, values: LogSearchValues): Pivot[] {
  return outside(settings.logSearch.event, values);
}

function inside(text: string, icon: IconName, route: string): Pivot {
  return { text, icon, href: href(route), external: false };
}

function outside(template: string, values: LogSearchValues): Pivot[] {
  const url = logSearchUrl(template, values);
  return url === undefined ? [] : [{ text: "Look in the log search", icon: "external", href: url, external: true }];
}

/** Only the shape is looked at: digits and dots, or hexadecimal digits with at least two colons. */
export function isAddress(text: string): boolean {
  return /^\d{1,3}(?:\.\d{1,3}){3}$/.test(text) || /^(?=(?:[^:]*:){2})[0-9a-fA-F:.]{2,45}$/.test(text);
}

/** What an event has to fill a template with. */
export function valuesOfEvent(alarmId: string, stored: StoredAlarmEvent): LogSearchValues {
  const { event } = stored;
  return {
    alarm_id: alarmId,
    event_id: stored.eventId,
    stage: stored.stage,
    src: event?.src_ip,
    dst: event?.dst_ip,
    title: event?.title,
    src_index_pattern: event?.src_index_pattern,
    from: stored.at,
    to: stored.at,
  };
}
