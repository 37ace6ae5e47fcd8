/**
 * A cell of a CSV file. A spreadsheet takes what begins like a formula for one, and what stands in an event is its
 * sender's: an apostrophe keeps it a text.
 */
export function csvCell(value: string | number | boolean): string {
  const text = String(value);
  const safe = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
