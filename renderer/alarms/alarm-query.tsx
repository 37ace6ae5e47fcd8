import type { Ref } from "react";
import { api } from "../client/api.ts";
import { QueryBar, type QueryBarHandle, type QueryFault } from "../ui/query-bar.tsx";

interface AlarmQueryProps {
  query: string;
  fault: QueryFault | undefined;
  onQuery: (query: string) => void;
  onLeave: () => void;
  handle: Ref<QueryBarHandle>;
}

/** The query of the list, read by the server before it is used. */
export function AlarmQuery(props: AlarmQueryProps) {
  const { fault } = props;
  return (
    <QueryBar
      {...props}
      label="Filter alarms"
      check={checkQuery}
      fault={fault?.column === undefined ? undefined : fault}
      example={'risk>=7 src:10.0.0.0/8 title~"brute"'}
    />
  );
}

async function checkQuery(q: string): Promise<QueryFault | undefined> {
  try {
    const { ok, error, column, length } = await api.post("POST /query/check", { body: { q, of: "alarms" } });
    if (ok) return undefined;
    return {
      text: error ?? "This can’t be read.",
      ...(column === undefined ? {} : { column }),
      ...(length === undefined ? {} : { length }),
    };
  } catch (reason) {
    return { text: reason instanceof Error ? reason.message : String(reason) };
  }
}
