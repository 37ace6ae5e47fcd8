import { HTMLSelect } from "@blueprintjs/core";
import { useId, useState } from "react";
import { STICKY_MEANINGS } from "../rules.ts";
import type { FormField } from "./form-fields.ts";
import { fieldText, readField } from "./form-values.ts";

interface FieldInputProps {
  field: FormField;
  fields: unknown;
  /** What the field means. */
  help: string | undefined;
  /** What the loader says of it. */
  problem: string | undefined;
  readOnly: boolean;
  onChange: (value: unknown) => void;
}

/** One field with its name, and below it what is wrong with it. What can't be written stays here until it can. */
export function FieldInput({ field, fields, help, problem, readOnly, onChange }: FieldInputProps) {
  const id = useId();
  const said = fieldText(fields, field.name);
  const [typed, setTyped] = useState<string>();
  const read = typed === undefined ? undefined : readField(field.kind, typed, field.optional === true);
  const fault = read !== undefined && "fault" in read ? read.fault : problem;
  const change = (text: string) => {
    setTyped(text);
    const next = readField(field.kind, text, field.optional === true);
    if ("value" in next) onChange(next.value);
  };
  const choices = choicesOf(field);
  return (
    <div className={field.wide ? "form-field wide" : "form-field"}>
      <label htmlFor={id} className="t2 sm">
        {field.title}
      </label>
      {choices === undefined ? (
        <input
          {...{ id, readOnly }}
          className={field.prose ? "bp6-input" : "bp6-input mono"}
          value={typed ?? said}
          spellCheck={false}
          autoComplete="off"
          title={help}
          aria-invalid={fault !== undefined}
          aria-describedby={fault === undefined ? undefined : `${id}-fault`}
          onChange={({ target }) => change(target.value)}
          onBlur={() => setTyped(undefined)}
        />
      ) : (
        <HTMLSelect
          id={id}
          fill
          disabled={readOnly}
          value={said}
          title={help}
          onChange={({ target }) => change(target.value)}
          onBlur={() => setTyped(undefined)}
        >
          {choices.some(([value]) => value === said) ? null : (
            <option value={said}>{said === "" ? "not set" : said}</option>
          )}
          {choices.map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </HTMLSelect>
      )}
      {fault === undefined ? null : (
        <p id={`${id}-fault`} className="bad sm">
          {fault}
        </p>
      )}
    </div>
  );
}

function choicesOf({ choices }: FormField): [value: string, label: string][] | undefined {
  switch (choices) {
    case "priority":
      return ["1", "2", "3", "4", "5"].map((each) => [each, each]);
    case "type":
      return [
        ["PluginRule", "plugin and sids"],
        ["TaxonomyRule", "product and category"],
      ];
    case "sticky":
      return [
        ["", "nothing"],
        ...Object.entries(STICKY_MEANINGS).map(([name, meaning]): [string, string] => [name, meaning]),
      ];
    default:
      return undefined;
  }
}
