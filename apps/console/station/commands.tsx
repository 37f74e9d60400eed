/** Every command to a station with its life, who asked and why; and the form for the next one. */
import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import type { Command } from "../api/shapes.ts";
import { Life } from "../commands/command-history.tsx";
import { CommandPanel } from "../commands/command-panel.tsx";
import { Panel } from "../display/panel.tsx";
import { Failed, Notice } from "../shell/problem-view.tsx";
import { useServices } from "../shell/services.tsx";
import { words } from "../strings/en.ts";
import { Choices } from "../table/choices.tsx";
import styles from "./commands.module.css";
import { MayAct } from "./overview.tsx";
import { lives } from "./search.ts";
import type { PartProps } from "./use-seen.ts";

const say = words.stationPage.commands;
const A_PAGE = 50;
/** In the API's words; unknown is not done as far as anybody knows. */
const statesOf = { running: "requested,sent", failed: "refused,failed,expired,unknown" } as const;

export function Commands({ detail: { id: station }, seen }: PartProps) {
  const { life } = useSearch({ from: "/frame/stations/$station" });
  return (
    <div className={styles.columns}>
      <Panel title={say.give} className={styles.give}>
        <MayAct>
          <CommandPanel view={seen.view} />
        </MayAct>
      </Panel>
      <Panel
        title={say.history}
        end={
          <Choices
            label={say.filter.label}
            name="life"
            chosen={life}
            choices={[
              { value: undefined, text: say.filter.all },
              ...lives.map((value) => ({ value, text: say.filter[value] })),
            ]}
          />
        }
      >
        <History station={station} seq={seen.seq} life={life} />
      </Panel>
    </div>
  );
}

function History(props: { station: string; seq: number; life: keyof typeof statesOf | undefined }) {
  const { station, seq, life } = props;
  const { api } = useServices();
  const states = life === undefined ? {} : { states: statesOf[life] };
  const pages = useInfiniteQuery({
    queryKey: ["commands", station, "all", life, seq],
    queryFn: ({ pageParam: before }) =>
      api.ofStation.commands({
        station,
        ...states,
        most: A_PAGE,
        ...(before === undefined ? {} : { before }),
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last: Command[]) => (last.length < A_PAGE ? undefined : last.at(-1)?.id),
    placeholderData: (before) => before,
    // One that waits can end without a word from the station.
    refetchInterval: 5_000,
  });
  const names = useQuery({ queryKey: ["names"], queryFn: () => api.ofStation.names() });
  if (pages.data === undefined) {
    if (pages.error !== null) return <Failed error={pages.error} retry={() => void pages.refetch()} />;
    return <p role="status">{words.loading}</p>;
  }
  const all = pages.data.pages.flat();
  if (all.length === 0) {
    return life === undefined ? (
      <Notice title={say.none}>{say.noneHelp}</Notice>
    ) : (
      <Notice title={say.noneFound} />
    );
  }
  const nameOf = (id: string) => names.data?.find((person) => person.id === id)?.name ?? say.somebody;
  return (
    <>
      <ul className={styles.list} aria-label={say.history}>
        {all.map((command) => (
          <li key={command.id} className={styles.command}>
            <Life command={command} />
            <Details command={command} by={nameOf(command.actor)} />
          </li>
        ))}
      </ul>
      {pages.hasNextPage && (
        <Button
          variant="default"
          size="sm"
          className={styles.older ?? ""}
          disabled={pages.isFetchingNextPage}
          onClick={() => void pages.fetchNextPage()}
        >
          {pages.isFetchingNextPage ? words.loading : say.older}
        </Button>
      )}
    </>
  );
}

/** As it was sent and answered, for whoever wants the words themselves. */
function Details({ command, by }: { command: Command; by: string }) {
  return (
    <details className={styles.details}>
      <summary>
        {say.details} · {say.by(by)}
      </summary>
      <h4>{say.payload}</h4>
      <pre>{JSON.stringify(command.payload, null, 2)}</pre>
      {command.outcome !== null && (
        <>
          <h4>{say.outcome}</h4>
          <pre>{JSON.stringify(command.outcome, null, 2)}</pre>
        </>
      )}
    </details>
  );
}
