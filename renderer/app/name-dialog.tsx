import { Button, Dialog, DialogBody, DialogFooter, InputGroup } from "@blueprintjs/core";
import { useState } from "react";
import { api } from "../client/api.ts";
import { sessionStore, useSession } from "../state/session.ts";

/** Asked once in a browser: under which name changes are noted. The desktop takes the system's user. */
export function NameDialog() {
  const session = useSession();
  const [later, setLater] = useState(false);
  const [name, setName] = useState("");
  const [error, setError] = useState<string>();
  const save = async () => {
    try {
      await api.put("PUT /session/user", { body: { name } });
      sessionStore.setState({ kind: "ready", session: { ...session, user: name.trim() } }, true);
    } catch (reason) {
      setError(reason instanceof Error ? reason.message : String(reason));
    }
  };
  const isDue = session.user === "" && !session.desktop && !session.firstRun && !later;
  return (
    <Dialog isOpen={isDue} title="Who are you?" onClose={() => setLater(true)}>
      <DialogBody>
        <p className="t2">Changes of status, tags and notes are kept with a name, so that others know whom to ask.</p>
        <InputGroup
          autoFocus
          className="name-field"
          aria-label="Your name"
          placeholder="Your name"
          maxLength={60}
          value={name}
          onValueChange={setName}
          onKeyDown={(event) => event.key === "Enter" && name.trim() !== "" && void save()}
        />
        {error === undefined ? null : (
          <p className="bad" role="alert">
            {error}
          </p>
        )}
      </DialogBody>
      <DialogFooter
        actions={
          <>
            <Button text="Later" onClick={() => setLater(true)} />
            <Button intent="primary" text="That’s me" disabled={name.trim() === ""} onClick={() => void save()} />
          </>
        }
      />
    </Dialog>
  );
}
