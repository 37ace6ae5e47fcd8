import { Button, Radio, RadioGroup } from "@blueprintjs/core";
import { useState } from "react";

/** Events from a file: which directives they meet, then the screen that takes the file in. */
export function FilePanel({ onUse }: { onUse: (kind: "demo" | "own") => void }) {
  const [kind, setKind] = useState<"demo" | "own">("own");
  return (
    <>
      <header>
        <h2>Events from a file</h2>
      </header>
      <div className="start-body">
        <RadioGroup
          label="They are correlated by"
          selectedValue={kind}
          onChange={({ currentTarget }) => setKind(currentTarget.value === "demo" ? "demo" : "own")}
        >
          <Radio value="own" label="the console's own folder: no directive yet, you write or import them" />
          <Radio value="demo" label="the demo's directives, with the demo's traffic beside them" />
        </RadioGroup>
        <h3>What happens next</h3>
        <ul className="start-next t2 sm">
          <li>The services start, and the Events screen opens with its import.</li>
          <li>The file is read in pieces: a JSON array, or one event a line, of any size.</li>
          <li>Its timestamps can be moved so that the last event happens now.</li>
          <li>Each event shows what became of it, and why.</li>
        </ul>
      </div>
      <div className="start-act">
        <span className="grow sm t2">With a folder of your own, choose 2 and import there.</span>
        <Button intent="primary" size="small" onClick={() => onUse(kind)}>
          Start and choose the file
        </Button>
      </div>
    </>
  );
}
