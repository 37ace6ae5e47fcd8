import { Button, Dialog, DialogBody, DialogFooter, InputGroup } from "@blueprintjs/core";
import { useState } from "react";
import { api } from "../client/api.ts";
import { sessionStore, useSession } from "../state/session.ts";
import { readStored, writeStored } from "../ui/stored.ts";

const ASKED = "name-asked";

/**
 * Asked once in a browser: under which name changes are noted. The desktop takes the system's user, and the demo's data
 * is nobody else's.
 */
export function NameDialog() {
  const session = useSession();
  const [later, setLater] = useState(() => readStored(ASKED) !== undefined);
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
  const answerLater = () => {
    writeStored(ASKED, "later");
    setLater(true);
  };
  const isDemo = session.profile?.kind === "demo";
  const isDue = session.user === "" && !session.desktop && !session.firstRun && !isDemo && !later;
  return (
    <Dialog isOpen={isDue} title="Who are you?" onClose={answerLater}>
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
            <Button text="Later" onClick={answerLater} />
            <Button intent="primary" text="That’s me" disabled={name.trim() === ""} onClick={() => void save()} />
          </>
        }
      />
    </Dialog>
  );
}
