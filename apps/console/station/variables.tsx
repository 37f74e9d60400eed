/** The device model of a station, 1.6 keys among it: searched, filtered, opened and changed. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { Variable } from "../api/station-shapes.ts";
import type { Plan } from "../commands/plan.ts";
import { versionOf } from "../commands/plan.ts";
import { Age } from "../display/time.tsx";
import { Failed, Notice } from "../shell/problem-view.tsx";
import { useServices } from "../shell/services.tsx";
import { words } from "../strings/en.ts";
import { Choices } from "../table/choices.tsx";
import { type Column, matching, readSorting } from "../table/columns.ts";
import { sortOf } from "../table/search.ts";
import { Table } from "../table/table.tsx";
import { TableBar } from "../table/table-bar.tsx";
import { Ask } from "./ask.tsx";
import { MayAct } from "./overview.tsx";
import { componentOf, isEditable, variableOf } from "./place-of.ts";
import { kindsOfVariable, type StationSearch, variableColumnIds } from "./search.ts";
import type { PartProps } from "./use-seen.ts";
import { accessOf, Value } from "./variable-marks.tsx";
import { VariableSide } from "./variable-side.tsx";
import styles from "./variables.module.css";

const say = words.stationPage.variables;

const columns: readonly Column<Variable>[] = [
  {
    id: "component",
    title: say.columns.component,
    share: 3,
    wide: true,
    cell: componentOf,
    value: componentOf,
  },
  {
    id: "variable",
    title: say.columns.variable,
    share: 4,
    cell: (row) => (
      <span className={styles.name}>
        <span className={styles.over}>{componentOf(row)}</span>
        <strong className={styles.variable}>{variableOf(row)}</strong>
      </span>
    ),
    value: variableOf,
  },
  {
    id: "value",
    title: say.columns.value,
    share: 3,
    cell: (row) => <Value of={row} />,
    value: ({ value }) => value,
  },
  { id: "access", title: say.columns.access, share: 1.4, wide: true, cell: accessOf, value: accessOf },
  {
    id: "read",
    title: say.columns.read,
    share: 1.4,
    wide: true,
    cell: ({ readAtMs }) => (
      <span className={styles.dim}>
        <Age sinceMs={readAtMs} /> {words.ago}
      </span>
    ),
    value: ({ readAtMs }) => readAtMs,
  },
];
const textOf = (row: Variable) => [componentOf(row), variableOf(row), row.key16, row.value].join(" ");

const isOf: Readonly<Record<(typeof kindsOfVariable)[number], (row: Variable) => boolean>> = {
  editable: isEditable,
  readonly: (row) => !isEditable(row),
  unread: ({ value }) => value === null,
};

export function Variables({ detail, seen }: PartProps) {
  const station = detail.id;
  const { api } = useServices();
  const queries = useQueryClient();
  const search = useSearch({ from: "/frame/stations/$station" });
  const navigate = useNavigate({ from: "/stations/$station" });
  const rows = useQuery({
    queryKey: ["variables", station],
    queryFn: () => api.ofStation.variables(station),
  });
  const again = () => void queries.invalidateQueries({ queryKey: ["variables", station] });
  const set = (change: object) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false });
  if (rows.data === undefined) {
    if (rows.error !== null) return <Failed error={rows.error} retry={() => void rows.refetch()} />;
    return (
      <p className={styles.dim} role="status">
        {words.loading}
      </p>
    );
  }
  const all = rows.data;
  const ask = (
    <MayAct>
      <ReadAll detail={detail} seen={seen} done={again} />
    </MayAct>
  );
  if (all.length === 0) {
    return (
      <Notice title={say.empty} action={ask}>
        {say.emptyHelp}
      </Notice>
    );
  }
  const opened = search.variable;
  return (
    <>
      <VariableTable station={station} all={all} search={search} set={set} />
      <div className={styles.end}>{ask}</div>
      {opened !== undefined && (
        <VariableSide
          key={opened}
          station={station}
          row={all.find(({ path }) => path === opened)}
          close={() => set({ variable: undefined })}
          changed={again}
        />
      )}
    </>
  );
}

type TableProps = {
  station: string;
  all: readonly Variable[];
  search: StationSearch;
  set: (change: object) => void;
};

function VariableTable({ station, all, search, set }: TableProps) {
  const { only, find = "" } = search;
  const counted = (kind: (typeof kindsOfVariable)[number]) => all.filter(isOf[kind]).length;
  const shown = matching(only === undefined ? all : all.filter(isOf[only]), find, textOf);
  return (
    <>
      <TableBar
        search={find}
        onSearch={(text) => set({ find: text === "" ? undefined : text })}
        hint={say.find}
        filter={
          <Choices
            label={say.only.label}
            name="only"
            chosen={only}
            choices={[
              { value: undefined, text: say.only.all, count: all.length },
              ...kindsOfVariable.map((kind) => ({ value: kind, text: say.only[kind], count: counted(kind) })),
            ]}
          />
        }
        shown={shown}
        all={all.length}
        columns={columns}
        fileName={`${station}-variables`}
      />
      {shown.length === 0 ? (
        <Notice title={say.noneFound}>{say.noneFoundHelp}</Notice>
      ) : (
        <Table
          label={say.title}
          rows={shown}
          columns={columns}
          keyOf={({ path }) => path}
          labelOf={(row) => `${componentOf(row)} ${variableOf(row)}`}
          linkOf={({ path }) => ({
            to: "/stations/$station",
            params: { station },
            search: (before: object) => ({ ...before, variable: path }) as never,
            resetScroll: false,
          })}
          sorting={readSorting(search.sort, variableColumnIds)}
          onSort={(sorting) => set({ sort: sortOf(sorting) })}
        />
      )}
    </>
  );
}

/** 1.6 §5.8 gives all keys to who names none; 2.x B07 sends a report. */
function ReadAll({ detail, seen, done }: PartProps & { done: () => void }) {
  const { chance } = useServices();
  const version = versionOf(seen.view.station);
  if (version === undefined) return <p className={styles.dim}>{say.neverConnected}</p>;
  const plan: Plan =
    version === "1.6"
      ? { action: "GetConfiguration", payload: {} }
      : { action: "GetBaseReport", payload: { requestId: chance(), reportBase: "FullInventory" } };
  return (
    <Ask
      station={detail.id}
      title={say.readAll}
      effect={say.readAllEffect(detail.id)}
      reason={say.readAllReason}
      plan={plan}
      done={done}
    />
  );
}
