/** Stations that may connect with a password, until when, and who allowed it; administrators give and end them here. */
import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import type { Dispensation } from "../api/manage-api.ts";
import { useNow } from "../display/ticking.tsx";
import { useNameOf } from "../people/use-people.ts";
import { PageTitle } from "../shell/page-title.tsx";
import { Notice } from "../shell/problem-view.tsx";
import { useServices } from "../shell/services.tsx";
import { Unread } from "../shell/unread.tsx";
import { isAdministrator, useMe } from "../shell/use-me.ts";
import { words } from "../strings/en.ts";
import { Choices } from "../table/choices.tsx";
import { matching } from "../table/columns.ts";
import { Listing } from "../table/listing.tsx";
import { columnsFor } from "./columns.tsx";
import styles from "./dispensations.module.css";
import { EndDialog } from "./end-dialog.tsx";
import { GiveDialog } from "./give-dialog.tsx";

const say = words.dispensations;
const AGAIN_MS = 15_000;

export function DispensationsPage() {
  const { api } = useServices();
  const queryFn = () => api.manage.dispensations();
  const rows = useQuery({ queryKey: ["dispensations"], queryFn, refetchInterval: AGAIN_MS });
  if (rows.data === undefined) return <Unread asked={rows} />;
  return <All rows={rows.data} />;
}

function All({ rows }: { rows: readonly Dispensation[] }) {
  const may = isAdministrator(useMe());
  const queries = useQueryClient();
  const search = useSearch({ from: "/frame/dispensations" });
  const navigate = useNavigate({ from: "/dispensations" });
  const [ending, setEnding] = useState<Dispensation>();
  const set = (change: object) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true });
  const changed = async () => {
    await queries.invalidateQueries({ queryKey: ["dispensations"] });
    // Stations show their own.
    void queries.invalidateQueries({ queryKey: ["stations"] });
  };
  return (
    <>
      <PageTitle
        title={say.title}
        end={
          may && (
            <Button size="sm" onClick={() => set({ give: "" })}>
              {say.give.button}
            </Button>
          )
        }
      />
      <p className={styles.lead}>
        {say.lead} {!may && say.readOnly}
      </p>
      {rows.length === 0 ? (
        <Notice title={say.empty}>{say.emptyHelp}</Notice>
      ) : (
        <Rows rows={rows} set={set} {...(may && { end: setEnding })} />
      )}
      {may && search.give !== undefined && (
        <GiveDialog
          station={search.give}
          rows={rows}
          changed={changed}
          close={() => set({ give: undefined })}
        />
      )}
      {ending !== undefined && (
        <EndDialog dispensation={ending} changed={changed} close={() => setEnding(undefined)} />
      )}
    </>
  );
}

type RowsProps = {
  rows: readonly Dispensation[];
  set: (change: object) => void;
  end?: (row: Dispensation) => void;
};

function Rows({ rows, set, end }: RowsProps) {
  const search = useSearch({ from: "/frame/dispensations" });
  const nameOf = useNameOf();
  const columns = columnsFor({ nameOf, nowMs: useNow(), end });
  const of = (profile: string | undefined) =>
    rows.filter(({ securityProfile }) => profile === undefined || String(securityProfile) === profile);
  const shown = matching(of(search.profile), search.find ?? "", ({ station, site, givenBy }) =>
    [station, site ?? say.direct, nameOf(givenBy)].join(" "),
  );
  return (
    <Listing
      label={say.title}
      search={search}
      set={set}
      hint={say.find}
      filter={
        <Choices
          label={say.filter.label}
          name="profile"
          chosen={search.profile}
          choices={[
            { value: undefined, text: say.filter.all, count: rows.length },
            { value: "1", text: say.filter.one, count: of("1").length },
            { value: "2", text: say.filter.two, count: of("2").length },
          ]}
        />
      }
      shown={shown}
      all={rows.length}
      columns={columns}
      fileName="dispensations"
      keyOf={({ station }) => station}
      table={{ linkOf: ({ station }) => ({ to: "/stations/$station", params: { station } }) }}
      noneFound={<Notice title={say.noneFound} />}
    />
  );
}
