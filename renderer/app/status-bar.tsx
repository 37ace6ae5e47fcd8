import { useEffect, useState } from "react";
import { api } from "../client/api.ts";
import { downNames, useConnection } from "../state/connection.ts";
import { droppedOf, figuresOf } from "../state/figures.ts";
import { useSession, useSettings } from "../state/session.ts";
import { backlogsRoute, healthRoute, href } from "../ui/links.ts";
import { numberText } from "../ui/number-text.ts";
import { zoneName } from "../ui/time.ts";

const LOSSES_MS = 15_000;

/** Figures of the engine at the foot of every screen, each a link to what stands behind it. */
export function StatusBar() {
  const { version } = useSession();
  const { timeZone } = useSettings();
  const health = useConnection((state) => state.health);
  const status = useConnection((state) => state.status);
  const supervisor = useConnection((state) => state.supervisor);
  const figures = health === undefined ? undefined : figuresOf(health, downNames({ supervisor, health }));
  const dropped = useDropped();
  const isOpen = status.kind === "open";
  const allUp = figures === undefined || figures.up === figures.known;
  return (
    <footer className={`status${isOpen ? "" : " stale"}`}>
      <span className="lead">
        <span className={`dot ${isOpen && allUp ? "" : "bad"}`} aria-hidden="true" />
      </span>
      {figures === undefined ? null : (
        <>
          <a href={href(healthRoute())}>
            <b>{numberText(figures.eventsPerSecond)}</b> <i>events/s</i>
          </a>
          <a href={href(healthRoute())}>
            <i>Queue</i> <b>{numberText(figures.queue)}</b>
          </a>
          <a href={href(healthRoute())}>
            <i>Dropped</i> <b className={dropped > 0 ? "warn" : ""}>{numberText(dropped)}</b>
          </a>
          <a href={href(backlogsRoute())}>
            <i>Live backlogs</i> <b>{numberText(figures.liveBacklogs)}</b>
          </a>
        </>
      )}
      <span className="grow" />
      {figures === undefined ? null : (
        <span className={allUp ? "t3" : "bad"}>
          {figures.up} of {figures.known} {figures.known === 1 ? "service" : "services"} up
        </span>
      )}
      <span className="t3">{zoneName(timeZone)}</span>
      <span className="t3">{version}</span>
    </footer>
  );
}

function useDropped(): number {
  const [dropped, setDropped] = useState(0);
  useEffect(() => {
    const ask = () => {
      if (document.hidden) return;
      // Without an answer the last figure stays; the pill tells of the connection.
      api.get("GET /losses").then(
        (losses) => setDropped(droppedOf(losses)),
        () => undefined,
      );
    };
    ask();
    const timer = setInterval(ask, LOSSES_MS);
    return () => clearInterval(timer);
  }, []);
  return dropped;
}
