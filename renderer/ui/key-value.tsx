import type { ReactNode } from "react";

/** Facts of one thing, label by value. */
export function KeyValue({ items }: { items: readonly (readonly [label: string, value: ReactNode])[] }) {
  return (
    <dl className="key-value">
      {items.map(([label, value]) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
