import { AnchorButton, Button, InputGroup } from "@blueprintjs/core";
import { type FormEvent, useState } from "react";
import { api } from "../client/api.ts";
import { desktop } from "../client/place.ts";
import type { Answer } from "../client/route-types.ts";
import { Icon } from "../ui/icon.tsx";
import { safeText } from "../ui/safe-text.ts";

type Asked =
  | { kind: "asking" }
  | { kind: "said"; answer: Answer<"POST /profiles/connect"> }
  | { kind: "failed"; text: string };

/** A console elsewhere: asked whether it answers, then opened as what it is, a page of its own. */
export function ConnectPanel() {
  const [url, setUrl] = useState("");
  const [token, setToken] = useState("");
  const [asked, setAsked] = useState<Asked>();
  const said = asked?.kind === "said" ? asked.answer : undefined;
  const ask = async (event: FormEvent): Promise<void> => {
    event.preventDefault();
    if (url.trim() === "") return;
    setAsked({ kind: "asking" });
    try {
      setAsked({ kind: "said", answer: await api.post("POST /profiles/connect", { body: { url: url.trim() } }) });
    } catch (error) {
      setAsked({ kind: "failed", text: error instanceof Error ? error.message : String(error) });
    }
  };
  const open = async (address: string): Promise<void> => {
    const done = await desktop()?.connect(address, token);
    if (done?.ok === false) setAsked({ kind: "failed", text: done.text });
  };
  return (
    <form className="start-form" onSubmit={(event) => void ask(event)}>
      <header>
        <h2>A console elsewhere</h2>
      </header>
      <div className="start-body">
        <label htmlFor="start-url">Its address</label>
        <InputGroup
          id="start-url"
          className="mono"
          autoFocus
          placeholder="http://siem.example.com:8080"
          value={url}
          onValueChange={(text) => {
            setUrl(text);
            setAsked(undefined);
          }}
        />
        {desktop() === undefined ? null : (
          <>
            <label htmlFor="start-token">Its token</label>
            <InputGroup id="start-token" className="mono" type="password" value={token} onValueChange={setToken} />
          </>
        )}
        <div role="status" className="start-said">
          {asked === undefined ? (
            <p className="t3 sm">It is asked once whether a console answers there; nothing else is sent.</p>
          ) : asked.kind === "asking" ? (
            <p className="t3 sm">Asking…</p>
          ) : (
            <p className={`row ${said?.ok ? "" : "bad"}`}>
              <Icon name={said?.ok ? "check" : "x"} size={14} className={said?.ok ? "ok" : ""} />
              {safeText(asked.kind === "said" ? asked.answer.text : asked.text)}
            </p>
          )}
        </div>
        <h3>What happens next</h3>
        <ul className="start-next t2 sm">
          <li>
            Its own page opens and asks for a login: a code from <code>dsiem open</code> on its machine, or its token.
          </li>
          <li>Nothing is started here, and no data is copied.</li>
        </ul>
      </div>
      <div className="start-act">
        <span className="grow" />
        {said?.ok && desktop() === undefined ? (
          <AnchorButton intent="primary" size="small" href={said.url} target="_blank" rel="noreferrer">
            Open it
          </AnchorButton>
        ) : said?.ok ? (
          <Button intent="primary" size="small" onClick={() => void open(said.url)}>
            Open it
          </Button>
        ) : (
          <Button
            type="submit"
            intent="primary"
            size="small"
            disabled={url.trim() === ""}
            loading={asked?.kind === "asking"}
          >
            Ask it
          </Button>
        )}
      </div>
    </form>
  );
}
