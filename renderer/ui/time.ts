/* Times as people read them. All arguments are milliseconds since the epoch; zones are IANA names, empty: the machine's. */

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

/** A span in its largest unit, as a table writes it: `12 s`, `3 min`, `5 h`, `9 d`. */
export function spanText(milliseconds: number): string {
  const span = Math.max(0, milliseconds);
  if (span < MINUTE) return `${Math.floor(span / SECOND)} s`;
  if (span < HOUR) return `${Math.floor(span / MINUTE)} min`;
  if (span < DAY) return `${Math.floor(span / HOUR)} h`;
  return `${Math.floor(span / DAY)} d`;
}

/** A span as a clock counts it down: `28 s`, `2:30`, `1:04:00`. */
export function countdownText(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / SECOND));
  if (seconds < 60) return `${seconds} s`;
  const two = (value: number) => String(value).padStart(2, "0");
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  return hours === 0 ? `${minutes}:${two(seconds % 60)}` : `${hours}:${two(minutes)}:${two(seconds % 60)}`;
}

const formats = new Map<string, Intl.DateTimeFormat>();
function formatOf(zone: string): Intl.DateTimeFormat {
  const known = formats.get(zone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-GB", {
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
    timeZoneName: "longOffset",
    ...(zone === "" ? {} : { timeZone: zone }),
  });
  formats.set(zone, made);
  return made;
}

function partsOf(at: number, zone: string): Record<string, string> {
  return Object.fromEntries(
    formatOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, value]),
  );
}

/** ISO 8601 with the zone's offset: `2026-11-28T14:32:07+01:00`. */
export function isoText(at: number, zone: string): string {
  const { year, month, day, hour, minute, second, timeZoneName = "GMT" } = partsOf(at, zone);
  // Greenwich's own offset is written in two ways, by versions of the platform.
  const offset = timeZoneName.replace(/^GMT([+]00:00)?$/, "Z").replace("GMT", "");
  return `${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`;
}

/** `14:32:07`. */
export function clockText(at: number, zone: string): string {
  const { hour, minute, second } = partsOf(at, zone);
  return `${hour}:${minute}:${second}`;
}

/** The clock of today, with the date before it on any other day: `14:32:07`, `11-27 14:32:07`, `2025-11-27 14:32:07`. */
export function shortDateText(at: number, now: number, zone: string): string {
  const [then, today] = [partsOf(at, zone), partsOf(now, zone)];
  const clock = `${then.hour}:${then.minute}:${then.second}`;
  if (then.year !== today.year) return `${then.year}-${then.month}-${then.day} ${clock}`;
  return then.month === today.month && then.day === today.day ? clock : `${then.month}-${then.day} ${clock}`;
}

/** How the zone is called in the status bar: `UTC`, `Europe/Berlin`. */
export function zoneName(zone: string): string {
  return zone === "" ? Intl.DateTimeFormat().resolvedOptions().timeZone : zone;
}
