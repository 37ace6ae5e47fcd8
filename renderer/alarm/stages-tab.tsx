import type { ReactNode } from "react";
import type { AlarmDetail } from "../../engine/contract/console/alarms.ts";
import { useSession } from "../state/session.ts";
import { Icon } from "../ui/icon.tsx";
import { backlogRoute, href } from "../ui/links.ts";
import { PreciseTime } from "../ui/precise-time.tsx";
import { clipText } from "../ui/safe-text.ts";
import { StageStepper, StepProgress } from "../ui/stage-stepper.tsx";
import { clockText } from "../ui/time.ts";
import { useTimeStyle } from "../ui/time-text.tsx";
import { Address } from "./address.tsx";
import { ArithmeticBar } from "./arithmetic-bar.tsx";
import { closingSentence, isImported, referenceMeaning, type StageCard, stageCards } from "./stages.ts";

/** The stages one below the other: what they matched, when, and what risk they gave. */
export function StagesTab({ alarm }: { alarm: AlarmDetail }) {
  const cards = stageCards(alarm);
  return (
    <div className="alarm-stages">
      <StageStepper
        steps={cards.map((card) => ({
          stage: card.stage,
          name: card.name,
          state: card.state,
          aside: <Aside card={card} />,
          children: <Card card={card} alarm={alarm} />,
        }))}
      />
      <Closing alarm={alarm} />
    </div>
  );
}

function Aside({ card }: { card: StageCard }) {
  const { zone } = useTimeStyle();
  const at = card.end === undefined ? "" : ` ${clockText(card.end, zone)}`;
  switch (card.state) {
    case "finished":
      return `finished${at}`;
    case "timeout":
      return `expired${at}`;
    case "current":
      return "collecting";
    case "waiting":
      return "waiting";
  }
}

function Card({ card, alarm }: { card: StageCard; alarm: AlarmDetail }) {
  const { riskMedium } = useSession();
  const values = { alarm_id: alarm.id, stage: card.stage, title: alarm.title, from: card.start, to: card.end };
  return (
    <>
      <StepProgress count={card.events} of={card.occurrence} share={card.share} pace={card.pace} />
      <dl className="stage-facts">
        <Fact label="From">
          <Resolved value={card.from}>
            <Address value={card.from} values={{ ...values, src: card.from }} />
          </Resolved>
        </Fact>
        <Fact label="To">
          <Resolved value={card.to}>
            <Address value={card.to} values={{ ...values, dst: card.to }} />
          </Resolved>
        </Fact>
        <Fact label="Port">
          <Plain value={card.ports} />
        </Fact>
        <Fact label="Protocol">
          <Plain value={card.protocol} />
        </Fact>
        <Fact label="Start">
          <PreciseTime at={card.start} seconds />
        </Fact>
        <Fact label="End">
          <PreciseTime at={card.end} seconds />
        </Fact>
      </dl>
      <ArithmeticBar arithmetic={card.arithmetic} medium={riskMedium} />
    </>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** A reference that nothing is bound to yet says what it waits for. */
function Resolved({ value, children }: { value: string; children: ReactNode }) {
  const meaning = referenceMeaning(value);
  return meaning === undefined ? (
    children
  ) : (
    <span className="reference" title={meaning}>
      {value}
    </span>
  );
}

const MOST_SHOWN = 40;

function Plain({ value }: { value: string }) {
  const { text, whole } = clipText(value, MOST_SHOWN);
  const reference = referenceMeaning(value);
  if (reference !== undefined) return <Resolved value={value}>{text}</Resolved>;
  return (
    <span className={value === "any" ? "t3 sm" : "mono"} title={whole}>
      {text}
    </span>
  );
}

function Closing({ alarm }: { alarm: AlarmDetail }) {
  const { zone } = useTimeStyle();
  const { text, at } = closingSentence(alarm);
  return (
    <p className="alarm-closing">
      <Icon name="info" size={14} className="t3" />
      <span>
        {text}
        {at === undefined ? "." : ` (${clockText(at, zone)}).`}{" "}
        {alarm.progress === "live" && alarm.node !== "" && !isImported(alarm) && (
          <a className="link" href={href(backlogRoute(alarm.node, alarm.id))}>
            Open its backlog
          </a>
        )}
      </span>
    </p>
  );
}
