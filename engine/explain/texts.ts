/** Longest piece of an event or a rule that a sentence repeats: events are hostile. */
const SHOWN_LENGTH = 200;
/** Values of a list that are named. */
const SHOWN_VALUES = 8;

export function cut(text: string): string {
  return text.length <= SHOWN_LENGTH ? text : `${text.slice(0, SHOWN_LENGTH).toWellFormed()}…`;
}

/** In quotes, because it may be empty or hold blanks. */
export function quote(text: string): string {
  return `"${cut(text)}"`;
}

/** As it is, and in quotes when there is nothing to see. */
export function valueText(value: string | number): string {
  return value === "" ? '""' : cut(String(value));
}

/** `a, b, c and 4 more` */
export function listed(values: Iterable<string | number>, total: number): string {
  const shown: string[] = [];
  for (const value of values) {
    if (shown.length === SHOWN_VALUES) break;
    shown.push(cut(String(value)));
  }
  const more = total - shown.length;
  return more > 0 ? `${shown.join(", ")} and ${more} more` : shown.join(", ");
}

/** The time of day in UTC, with the day where that isn't the day of `near`. */
export function timeText(seconds: number, near = seconds): string {
  const [day, time] = dayAndTime(seconds);
  return day === dayAndTime(near)[0] ? time : `${day} ${time}`;
}

function dayAndTime(seconds: number): [day: string, time: string] {
  const date = new Date(seconds * 1000);
  // A saved backlog may say anything.
  if (Number.isNaN(date.getTime())) return ["", `second ${seconds}`];
  const text = date.toISOString();
  return [text.slice(0, text.indexOf("T")), text.slice(text.indexOf("T") + 1, -5)];
}

/** `1 event`, `2 events` */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** The first letter in capitals. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
