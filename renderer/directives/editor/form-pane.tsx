import { Button, Checkbox } from "@blueprintjs/core";
import { Icon } from "../../ui/icon.tsx";
import { safeText } from "../../ui/safe-text.ts";
import { DIRECTIVE_FIELDS, orderAt, RULE_FIELDS } from "./fields.ts";
import { FieldInput } from "./form-field.tsx";
import { DIRECTIVE_FORM, type FormField, RULE_FORM } from "./form-fields.ts";
import { isFields, isOn } from "./form-values.ts";
import type { JsonPath } from "./json-node.ts";
import { schemaAt } from "./schema.ts";
import { withoutStage, withStageAfter, withStagesSwapped } from "./stages.ts";
import type { Knowledge } from "./suggestions.ts";
import { withValue } from "./text-edits.ts";
import type { Check } from "./use-check.ts";
import type { Edit } from "./use-edit.ts";

interface FormPaneProps {
  edit: Edit;
  check: Check;
  knowledge: Knowledge;
  readOnly: boolean;
}

/** The directive as a form. Each field changes its own place in the text; what the form doesn't know stays there. */
export function FormPane({ edit, check, knowledge, readOnly }: FormPaneProps) {
  const { directive } = edit;
  if (check.isBroken || !isFields(directive)) {
    return (
      <div className="form-pane">
        <p className="t2">
          The text can't be read right now. Mend under JSON what the list below says; the form follows.
        </p>
      </div>
    );
  }
  const set = (path: JsonPath, value: unknown) => edit.change(withValue(edit.text, path, value, orderAt(path)));
  const rules: readonly unknown[] = Array.isArray(directive.rules) ? directive.rules : [];
  const input = (field: FormField, path: JsonPath, fields: unknown) => (
    <FieldInput
      key={`${path.join(".")} ${field.name}`}
      {...{ field, fields, readOnly }}
      help={schemaAt(knowledge.schema, [...path, field.name])?.description}
      problem={problemOf(check, path.length === 0 ? undefined : stageOf(fields), field.name)}
      onChange={(value) => set([...path, field.name], value)}
    />
  );
  return (
    <div className="form-pane">
      <div className="form-grid">{DIRECTIVE_FORM.map((field) => input(field, [], directive))}</div>
      <Checkbox
        label="Events that match a stage already finished still count for it"
        checked={isOn(directive, "all_rules_always_active")}
        disabled={readOnly}
        onChange={({ currentTarget }) => set(["all_rules_always_active"], currentTarget.checked ? true : undefined)}
      />
      <OtherFields fields={directive} known={DIRECTIVE_FIELDS} />
      {rules.map((rule, place) => {
        const stage = stageOf(rule);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a rule is called by its place in the text.
          <fieldset key={place} className="form-stage">
            <legend>Stage {stage ?? "?"}</legend>
            {readOnly || stage === undefined ? null : <StageActions {...{ edit, stage }} last={rules.length} />}
            <div className="form-grid">
              {RULE_FORM.filter(({ of }) => of === undefined || (isFields(rule) && rule.type === of)).map((field) =>
                input(field, ["rules", place], rule),
              )}
            </div>
            <OtherFields fields={rule} known={RULE_FIELDS} />
          </fieldset>
        );
      })}
    </div>
  );
}

function StageActions({ edit, stage, last }: { edit: Edit; stage: number; last: number }) {
  return (
    <div className="stage-actions">
      <Button
        variant="minimal"
        size="small"
        icon={<Icon name="up" size={14} />}
        aria-label={`Move stage ${stage} up`}
        disabled={stage === 1}
        onClick={() => edit.change(withStagesSwapped(edit.text, stage - 1))}
      />
      <Button
        variant="minimal"
        size="small"
        icon={<Icon name="down" size={14} />}
        aria-label={`Move stage ${stage} down`}
        disabled={stage === last}
        onClick={() => edit.change(withStagesSwapped(edit.text, stage))}
      />
      <Button variant="minimal" size="small" onClick={() => edit.change(withStageAfter(edit.text, stage))}>
        Add a stage behind it
      </Button>
      <Button variant="minimal" size="small" onClick={() => edit.change(withoutStage(edit.text, stage))}>
        Remove stage {stage}
      </Button>
    </div>
  );
}

/** What the form has no field for is named, so that nobody thinks it was lost. */
function OtherFields({ fields, known }: { fields: unknown; known: readonly string[] }) {
  const other = isFields(fields) ? Object.keys(fields).filter((name) => !known.includes(name)) : [];
  if (other.length === 0) return null;
  return (
    <p className="t3 sm">
      Kept as they are: <span className="mono">{safeText(other.join(", "))}</span>
    </p>
  );
}

function stageOf(rule: unknown): number | undefined {
  return isFields(rule) && typeof rule.stage === "number" ? rule.stage : undefined;
}

function problemOf({ problems }: Check, stage: number | undefined, field: string): string | undefined {
  return problems.find(
    ({ problem, line }) =>
      line !== undefined && problem.field === field && problem.stage === stage && problem.severity !== "note",
  )?.problem.text;
}
