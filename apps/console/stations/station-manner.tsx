/** What a station gets wrong and what is made of it, and where it is handled otherwise than usual. */
import { useQuery } from "@tanstack/react-query";
import type { Deviation, StationDetail } from "../api/shapes.ts";
import { Age } from "../display/time.tsx";
import { Failed } from "../shell/problem-view.tsx";
import { useServices } from "../shell/services.tsx";
import { words } from "../strings/en.ts";
import styles from "./station-manner.module.css";

/** `changedSeq` rises with each observation about this station's manner, and asks again. */
export function StationManner({ station, changedSeq }: { station: string; changedSeq: number }) {
  const { api } = useServices();
  const detail = useQuery({
    queryKey: ["station", station, changedSeq],
    queryFn: () => api.station(station),
    placeholderData: (before) => before,
  });
  if (detail.data === undefined) {
    if (detail.error !== null) return <Failed error={detail.error} retry={() => void detail.refetch()} />;
    return <p className={styles.dim}>{words.loading}</p>;
  }
  const { handling, deviations } = detail.data;
  return (
    <>
      {handlingSays(handling).map((line) => (
        <p key={line} className={styles.handling}>
          {line}
        </p>
      ))}
      {deviations.length === 0 ? (
        <p className={styles.dim}>{words.station.manner.none}</p>
      ) : (
        <ul className={styles.list}>
          {deviations.map((deviation) => (
            <Row key={deviation.rule} deviation={deviation} />
          ))}
        </ul>
      )}
    </>
  );
}

function Row({ deviation }: { deviation: Deviation }) {
  const { rule, does, count, lastAtMs, lastExample } = deviation;
  return (
    <li className={styles.deviation}>
      <div className={styles.head}>
        <strong className={styles.rule}>{rule}</strong>
        <span className={styles.dim}>
          {words.station.manner.times(count)}, {words.stations.last} <Age sinceMs={lastAtMs} /> {words.ago}
        </span>
      </div>
      {does !== null && <p className={styles.does}>{does}</p>}
      {lastExample !== "" && <code className={styles.example}>{lastExample}</code>}
    </li>
  );
}

/** Nothing, where it is handled as usual. */
function handlingSays({ strict, pinned, assumed, pinged }: StationDetail["handling"]): string[] {
  const say = words.station.manner;
  return [
    strict ? say.strict : undefined,
    pinned === null ? undefined : say.pinned(pinned),
    assumed === null ? undefined : say.assumed(assumed),
    pinged ? undefined : say.unpinged,
  ].filter((line) => line !== undefined);
}
