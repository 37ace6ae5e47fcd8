import type { CheckName } from "../../../engine/contract/explain.ts";

/** The columns. The page takes the contract's types and not its values: this is checked to name them all. */
const ORDER: Readonly<Record<CheckName, number>> = {
  interest: 0,
  protocol: 1,
  from: 2,
  to: 3,
  ports: 4,
  references: 5,
  "custom data": 6,
  sticky: 7,
  order: 8,
  occurrence: 9,
  risk: 10,
};

function isCheckName(text: string): text is CheckName {
  return text in ORDER;
}

export const CHECK_NAMES_SHOWN: readonly CheckName[] = Object.keys(ORDER)
  .filter(isCheckName)
  .sort((a, b) => ORDER[a] - ORDER[b]);
