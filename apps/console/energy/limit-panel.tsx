/**
 * What everything controlled at a site may take together for a time, as a person set it: who, why, until when. Where nobody did, only the
 * way to set one.
 */
import { Button } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { EnergyLimit } from "../api/energy-shapes.ts";
import { Panel } from "../display/panel.tsx";
import { power, written } from "../display/quantity.ts";
import { useNow } from "../display/ticking.tsx";
import { At } from "../display/time.tsx";
import { useNameOf } from "../people/use-people.ts";
import { isAdministrator, useMe } from "../shell/use-me.ts";
import { words } from "../strings/en.ts";
import { EndLimitDialog, LimitDialog } from "./limit-dialog.tsx";
import styles from "./limit-panel.module.css";
import { useLimit } from "./use-limit.ts";

const say = words.energy.limit;

export function LimitPanel({ site }: { site: string }) {
  const [asked, setAsked] = useState<"set" | "end">();
  const { data } = useLimit(site);
  const mayChange = isAdministrator(useMe());
  const nowMs = useNow();
  if (data === undefined) return null;
  const limit = data !== null && data.untilMs > nowMs ? data : undefined;
  const close = () => setAsked(undefined);
  const ask = mayChange && (
    <div className={styles.actions}>
      <Button size="sm" variant="default" onClick={() => setAsked("set")}>
        {limit === undefined ? say.ask : say.change}
      </Button>
      {limit !== undefined && (
        <Button size="sm" variant="subtle" onClick={() => setAsked("end")}>
          {say.endAsk}
        </Button>
      )}
    </div>
  );
  return (
    <>
      {limit === undefined ? ask : <InForce limit={limit} ask={ask} />}
      {asked === "set" && <LimitDialog site={site} close={close} />}
      {asked === "end" && <EndLimitDialog site={site} close={close} />}
    </>
  );
}

function InForce({ limit, ask }: { limit: EnergyLimit; ask: ReactNode }) {
  const nameOf = useNameOf();
  const { actor, atMs, limitW, reason, untilMs } = limit;
  return (
    <Panel title={say.panel}>
      <div className={styles.line}>
        <p>
          <strong>{say.atMost(written(power(limitW)))}</strong> {say.until} <At atMs={untilMs} />
          <span className={styles.who}>
            {reason}, <At atMs={atMs} /> {words.energy.document.by(nameOf(actor))}
          </span>
        </p>
        {ask}
      </div>
    </Panel>
  );
}
