import { clipText } from "./safe-text.ts";

/** What a person wrote, line by line as it was written, made safe and cut. */
export function NoteText({ text, most }: { text: string; most: number }) {
  const { length } = text;
  const lines = text.slice(0, most).split(/\r?\n/);
  return (
    <p className="note-text">
      {lines.map((line) => clipText(line, most).text).join("\n")}
      {length > most && "…"}
    </p>
  );
}
