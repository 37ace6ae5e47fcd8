import { Button, PopoverNext } from "@blueprintjs/core";
import { useFocusInside } from "../focus-inside.ts";
import { Icon } from "../icon.tsx";
import { type GridColumn, withColumn, withMoved } from "./column.ts";
import type { LayoutControl } from "./use-column-layout.ts";

interface ChooserProps<Row> {
  columns: readonly GridColumn<Row>[];
  layout: LayoutControl;
}

/** Which columns a table shows, and in which order. */
export function ColumnChooser<Row>({ columns, layout }: ChooserProps<Row>) {
  return (
    <PopoverNext placement="bottom-end" content={<Choices columns={columns} layout={layout} />}>
      <Button variant="minimal" size="small" icon={<Icon name="columns" size={14} />} text="Columns" />
    </PopoverNext>
  );
}

function Choices<Row>({ columns, layout }: ChooserProps<Row>) {
  const { shown } = layout.layout;
  const first = useFocusInside<HTMLInputElement>();
  const hidden = columns.filter((column) => !shown.includes(column.id));
  const listed = [...shown.map((id) => columns.find((column) => column.id === id)), ...hidden].filter(
    (column) => column !== undefined,
  );
  return (
    <div className="column-choices">
      <ul aria-label="Columns">
        {listed.map((column, at) => {
          const isShown = shown.includes(column.id);
          return (
            <li key={column.id}>
              <label>
                <input
                  type="checkbox"
                  className="chk"
                  ref={at === 0 ? first : undefined}
                  checked={isShown}
                  onChange={() => layout.change(withColumn(columns, layout.layout, column.id, !isShown))}
                />
                {column.title}
              </label>
              {isShown ? (
                <>
                  <MoveButton
                    label={`Move ${column.title} left`}
                    icon="up"
                    onClick={() => layout.change(withMoved(layout.layout, column.id, -1))}
                  />
                  <MoveButton
                    label={`Move ${column.title} right`}
                    icon="down"
                    onClick={() => layout.change(withMoved(layout.layout, column.id, 1))}
                  />
                </>
              ) : null}
            </li>
          );
        })}
      </ul>
      <p className="t3">Those that find no room are left out.</p>
      <Button size="small" variant="minimal" text="As at first" onClick={layout.reset} />
    </div>
  );
}

function MoveButton({ label, icon, onClick }: { label: string; icon: "up" | "down"; onClick: () => void }) {
  return (
    <Button
      size="small"
      variant="minimal"
      icon={<Icon name={icon} size={14} />}
      aria-label={label}
      title={label}
      onClick={onClick}
    />
  );
}
