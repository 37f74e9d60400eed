/** What a station gets wrong and what is made of it, whether it is held strictly, and what could not be read at all. */
import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import type { Deviation, StationDetail } from "../api/shapes.ts";
import { ConfirmDialog } from "../dialog/confirm.tsx";
import { Panel } from "../display/panel.tsx";
import { Age } from "../display/time.tsx";
import { Failed, Notice } from "../shell/problem-view.tsx";
import { useServices } from "../shell/services.tsx";
import { isAdministrator, useMe } from "../shell/use-me.ts";
import { words } from "../strings/en.ts";
import styles from "./repairs.module.css";
import type { PartProps } from "./use-seen.ts";

const say = words.stationPage.repairs;

export function Repairs({ detail }: PartProps) {
  const { deviations } = detail;
  return (
    <div className={styles.columns}>
      <Panel
        title={say.deviations}
        end={
          <Link
            to="/stations/$station"
            params={{ station: detail.id }}
            search={{ tab: "messages", verdict: "repaired" }}
          >
            {say.messages}
          </Link>
        }
      >
        {deviations.length === 0 ? (
          <Notice title={say.none}>{say.noneHelp}</Notice>
        ) : (
          <ul className={styles.list}>
            {deviations.map((deviation) => (
              <Rule key={deviation.rule} deviation={deviation} />
            ))}
          </ul>
        )}
      </Panel>
      <div className={styles.column}>
        <Panel title={say.handling}>
          <Manner detail={detail} />
        </Panel>
        <Panel title={say.setAside}>
          <SetAside station={detail.id} />
        </Panel>
      </div>
    </div>
  );
}

function Rule({
  deviation: { rule, does, count, firstAtMs, lastAtMs, lastExample },
}: {
  deviation: Deviation;
}) {
  return (
    <li className={styles.rule}>
      <div className={styles.head}>
        <strong>{rule}</strong>
        <span className={styles.dim}>
          {words.station.manner.times(count)}, {words.stations.last} <Age sinceMs={lastAtMs} /> {words.ago},{" "}
          {say.first} <Age sinceMs={firstAtMs} /> {words.ago}
        </span>
      </div>
      {does !== null && <p className={styles.does}>{does}</p>}
      {lastExample !== "" && <code className={styles.example}>{lastExample}</code>}
    </li>
  );
}

function Manner({ detail }: { detail: StationDetail }) {
  const { api } = useServices();
  const queries = useQueryClient();
  const me = useMe();
  const [asking, setAsking] = useState(false);
  const { id, handling, deviations } = detail;
  const { strict } = handling;
  const others = [
    handling.pinned === null ? undefined : words.station.manner.pinned(handling.pinned),
    handling.assumed === null ? undefined : words.station.manner.assumed(handling.assumed),
    handling.pinged ? undefined : words.station.manner.unpinged,
  ].filter((line) => line !== undefined);
  return (
    <div className={styles.manner}>
      <p>{strict ? say.strict : say.tolerant}</p>
      {others.map((line) => (
        <p key={line}>{line}</p>
      ))}
      {isAdministrator(me) ? (
        <div>
          <Button variant="default" size="sm" onClick={() => setAsking(true)}>
            {strict ? say.makeTolerant : say.makeStrict}
          </Button>
        </div>
      ) : (
        <p className={styles.dim}>{say.onlyAdministrator}</p>
      )}
      {asking && (
        <ConfirmDialog
          title={strict ? say.makeTolerantDo : say.makeStrictDo}
          effect={
            strict ? [say.tolerantEffect(id)] : [say.strictEffect(id, deviations.length), say.strictRisk]
          }
          action={strict ? say.makeTolerantDo : say.makeStrictDo}
          calm={strict}
          run={async () => {
            await api.ofStation.handle(id, { strict: !strict });
            await queries.invalidateQueries({ queryKey: ["station", id] });
          }}
          close={() => setAsking(false)}
        />
      )}
    </div>
  );
}

function SetAside({ station }: { station: string }) {
  const { api } = useServices();
  const rows = useQuery({
    queryKey: ["set-aside", station],
    queryFn: () => api.ofStation.setAside(station),
  });
  if (rows.data === undefined) {
    if (rows.error !== null) return <Failed error={rows.error} retry={() => void rows.refetch()} />;
    return <p className={styles.dim}>{words.loading}</p>;
  }
  if (rows.data.length === 0) return <p className={styles.dim}>{say.setAsideNone}</p>;
  return (
    <>
      <p className={styles.dim}>{say.setAsideHelp}</p>
      <ul className={styles.list}>
        {rows.data.map(({ action, receivedAtMs, code, reason, message }) => (
          <li key={`${receivedAtMs} ${message}`} className={styles.rule}>
            <div className={styles.head}>
              <strong>{action}</strong>
              <span className={styles.dim}>
                <Age sinceMs={receivedAtMs} /> {words.ago}
              </span>
            </div>
            <p className={styles.does}>
              {code}: {reason}
            </p>
            <code className={styles.example}>{message}</code>
          </li>
        ))}
      </ul>
    </>
  );
}
