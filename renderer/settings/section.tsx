import type { ReactNode } from "react";

/** A part of the settings under its title; `id` is where the list beside it leads. */
export function Section({
  id,
  title,
  text,
  children,
}: {
  id: string;
  title: string;
  text?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className="settings-section" id={`settings-${id}`} aria-labelledby={`settings-${id}-title`}>
      <h2 id={`settings-${id}-title`} tabIndex={-1}>
        {title}
      </h2>
      {text === undefined ? null : <p className="t2">{text}</p>}
      {children}
    </section>
  );
}

/** One setting: its name, what it does, and its control. `controlId` ties the name to the control. */
export function Setting({
  name,
  text,
  controlId,
  children,
}: {
  name: string;
  text?: ReactNode;
  controlId?: string;
  children: ReactNode;
}) {
  return (
    <div className="setting">
      <div>
        {controlId === undefined ? <span className="med">{name}</span> : <label htmlFor={controlId}>{name}</label>}
        {text === undefined ? null : <p className="t3 sm">{text}</p>}
      </div>
      <div className="setting-control">{children}</div>
    </div>
  );
}
