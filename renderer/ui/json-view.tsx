import { memo, useMemo } from "react";
import { type JsonLine, jsonPicture } from "./json-lines.ts";
import { safeText } from "./safe-text.ts";
import "./json-view.css";

/** A value as coloured JSON. Everything in it is text; signs that could hide or turn round are made visible. */
export const JsonView = memo(function JsonView({ value, label }: { value: unknown; label: string }) {
  const picture = useMemo(() => jsonPicture(value), [value]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable without a mouse.
    <section className="json-view" aria-label={label} tabIndex={0}>
      <pre>
        {picture.lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: lines of a value that is replaced as a whole.
          <Line key={index} line={line} />
        ))}
      </pre>
      {picture.more > 0 && (
        <p className="json-more">
          {picture.more.toLocaleString("en")} more lines aren't shown. Copy takes all of them.
        </p>
      )}
    </section>
  );
});

function Line({ line }: { line: JsonLine }) {
  return (
    <div className="json-line" style={{ paddingLeft: `${line.indent * 2}ch` }}>
      {line.tokens.map((token, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: tokens of a line that is replaced as a whole.
        <span key={index} className={`json-${token.part}`}>
          {safeText(token.text)}
        </span>
      ))}
    </div>
  );
}
