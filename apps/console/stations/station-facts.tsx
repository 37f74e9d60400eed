/** What a station is: as it introduced itself, and as the inventory has it. */
import type { ReactNode } from "react";
import type { Station } from "../api/shapes.ts";
import { exactTime } from "../display/instant.ts";
import { dash } from "../display/quantity.ts";
import { Age } from "../display/time.tsx";
import { words } from "../strings/en.ts";
import { named } from "../strings/en-codes.ts";
import styles from "./station-facts.module.css";

export function StationFacts({ station }: { station: Station }) {
  const names = words.station.facts;
  const model = [station.vendor, station.model].filter((part) => part !== null).join(" ");
  return (
    <dl className={styles.list}>
      <Fact name={names.model}>{model === "" ? dash : model}</Fact>
      <Fact name={names.firmware}>{station.firmware ?? dash}</Fact>
      <Fact name={names.version}>{station.version ?? dash}</Fact>
      <Fact name={names.securityProfile}>
        {station.securityProfile === null ? dash : words.station.securityProfile(station.securityProfile)}
      </Fact>
      {station.dispensation !== null && (
        <Fact name={names.dispensation}>
          {words.station.dispensation(station.dispensation.securityProfile)}{" "}
          {exactTime(station.dispensation.untilMs)}
        </Fact>
      )}
      <Fact name={names.serial}>{station.serial}</Fact>
      <Fact name={names.route}>{named(words.station.routes, station.route) ?? station.route}</Fact>
      <Fact name={names.booted}>
        <Ago atMs={station.bootedAtMs} />
      </Fact>
      <Fact name={names.seen}>
        <Ago atMs={station.seenAtMs} />
      </Fact>
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Ago({ atMs }: { atMs: number | null }) {
  if (atMs === null) return dash;
  return (
    <>
      <Age sinceMs={atMs} /> {words.ago}
    </>
  );
}
