import { type KeyboardEvent, type Ref, useImperativeHandle, useRef, useState } from "react";
import { Icon } from "./icon.tsx";
import { fieldTerm, joinTerms, splitTerms } from "./query-terms.ts";
import { clipText } from "./safe-text.ts";
import { Keys } from "./shortcuts.tsx";

/** Why a query can't be read, and where: characters from its beginning. */
export interface QueryFault {
  text: string;
  column?: number;
  length?: number;
}

export interface QueryBarHandle {
  focus: () => void;
}

interface QueryBarProps {
  label: string;
  query: string;
  onQuery: (query: string) => void;
  /** Says what is wrong with a query before it is used; undefined: nothing. */
  check: (query: string) => Promise<QueryFault | undefined>;
  /** What the server says of the query that is in use. */
  fault?: QueryFault | undefined;
  /** What can be written, shown while nothing is. */
  example: string;
  /** Esc: back to the list. */
  onLeave?: () => void;
  handle?: Ref<QueryBarHandle>;
}

const MOST_SHOWN = 60;

/** The query of a list: a chip for each of its terms, and room to write more. Enter takes a term, Backspace gives it back. */
export function QueryBar(props: QueryBarProps) {
  const { label, query, onQuery, check, example, onLeave } = props;
  const terms = splitTerms(query);
  const [text, setText] = useState("");
  const [tried, setTried] = useState<{ query: string; fault: QueryFault }>();
  const input = useRef<HTMLInputElement>(null);
  useImperativeHandle(props.handle, () => ({ focus: () => input.current?.focus() }), []);

  const take = async () => {
    const wanted = joinTerms([...terms, text]);
    if (text.trim() === "") return;
    const fault = await check(wanted);
    if (fault !== undefined) {
      setTried({ query: wanted, fault });
      return;
    }
    setTried(undefined);
    setText("");
    onQuery(wanted);
  };
  const edit = (index: number) => {
    setText(terms[index] ?? "");
    setTried(undefined);
    onQuery(joinTerms(terms.filter((_, at) => at !== index)));
    input.current?.focus();
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Enter") void take();
    else if (event.key === "Backspace" && text === "" && terms.length > 0) {
      event.preventDefault();
      edit(terms.length - 1);
    } else if (event.key === "Escape") {
      event.stopPropagation();
      setTried(undefined);
      if (text === "") onLeave?.();
      else setText("");
    }
  };
  const shownFault = tried ?? (props.fault === undefined ? undefined : { query, fault: props.fault });
  return (
    <div className="query-bar">
      {/* biome-ignore lint/a11y/noStaticElementInteractions: pressing beside the chips goes to the input, as a field does. */}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the input is reached by Tab. */}
      <div className="query" onClick={(event) => event.target === event.currentTarget && input.current?.focus()}>
        <Icon name="filter" size={14} className="t3" />
        {terms.map((term, index) => (
          <Chip
            // biome-ignore lint/suspicious/noArrayIndexKey: the same term can stand twice.
            key={`${index} ${term}`}
            term={term}
            onEdit={() => edit(index)}
            onRemove={() => {
              setTried(undefined);
              onQuery(joinTerms(terms.filter((_, at) => at !== index)));
            }}
          />
        ))}
        <input
          ref={input}
          value={text}
          aria-label={label}
          aria-invalid={shownFault !== undefined}
          aria-describedby={shownFault === undefined ? undefined : "query-fault"}
          placeholder={example}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => {
            setText(event.target.value);
            setTried(undefined);
          }}
          onKeyDown={onKey}
        />
        <Keys action="filter" />
      </div>
      {shownFault === undefined ? null : <FaultLine {...shownFault} />}
    </div>
  );
}

function Chip({ term, onEdit, onRemove }: { term: string; onEdit: () => void; onRemove: () => void }) {
  const parsed = fieldTerm(term);
  const shown = clipText(term, MOST_SHOWN);
  const isNot = parsed?.not ?? term.startsWith("-");
  const at = parsed === undefined ? 0 : (parsed.not ? 1 : 0) + parsed.field.length + parsed.operator.length;
  return (
    <span className={`chip${isNot ? " not" : ""}`} title={shown.whole}>
      <button type="button" onClick={onEdit} aria-label={`Change ${shown.text}`}>
        <b>{shown.text.slice(0, at)}</b>
        {shown.text.slice(at)}
      </button>
      <button type="button" className="x" onClick={onRemove} aria-label={`Remove ${shown.text}`}>
        <Icon name="x" size={12} />
      </button>
    </span>
  );
}

/** The sentence, and the query with the part that it is about marked. */
function FaultLine({ query, fault }: { query: string; fault: QueryFault }) {
  const { column, length = 1 } = fault;
  return (
    <div className="query-fault" id="query-fault" role="alert">
      <span>{fault.text}</span>
      {column === undefined ? null : (
        <code className="mono">
          {query.slice(0, column)}
          <mark>{query.slice(column, column + Math.max(1, length)) || " "}</mark>
          {query.slice(column + Math.max(1, length))}
        </code>
      )}
    </div>
  );
}
