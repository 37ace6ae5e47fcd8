import { InputGroup } from "@blueprintjs/core";
import { useEffect, useState } from "react";

interface NumberFieldProps {
  id: string;
  value: number;
  lowest: number;
  highest: number;
  disabled?: boolean;
  onChange: (value: number) => Promise<void>;
}

/** A whole number; what is typed counts when the field is left or Enter is pressed, and only within its bounds. */
export function NumberField({ id, value, lowest, highest, disabled, onChange }: NumberFieldProps) {
  const [text, setText] = useState(String(value));
  useEffect(() => setText(String(value)), [value]);
  const number = /^\d{1,15}$/.test(text.trim()) ? Number(text) : undefined;
  const fits = number !== undefined && number >= lowest && number <= highest;
  const commit = (): void => {
    if (fits && number !== value) void onChange(number);
    else if (!fits) setText(String(value));
  };
  return (
    <>
      <InputGroup
        id={id}
        className="narrow"
        size="small"
        inputMode="numeric"
        disabled={disabled ?? false}
        intent={fits ? "none" : "danger"}
        aria-invalid={!fits}
        value={text}
        onValueChange={setText}
        onBlur={commit}
        onKeyDown={({ key }) => key === "Enter" && commit()}
      />
      {fits ? null : (
        <p className="bad sm" role="alert">
          A whole number from {lowest.toLocaleString("en")} to {highest.toLocaleString("en")}.
        </p>
      )}
    </>
  );
}
