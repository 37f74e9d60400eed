/** What everything controlled at a site may take together for a time, as a person set it: who, why, until when; and the way to set one. */
import { Button } from "@mantine/core";
import { useState } from "react";
import { Panel } from "../display/panel.tsx";
import { power, written } from "../display/quantity.ts";
import { useNow } from "../display/ticking.tsx";
import { At } from "../display/time.tsx";
import { useNameOf } from "../people/use-people.ts";
import { sentenceOf } from "../shell/problem-view.tsx";
import { isAdministrator, useMe } from "../shell/use-me.ts";
import { words } from "../strings/en.ts";
import { EndLimitDialog, LimitDialog } from "./limit-dialog.tsx";
import styles from "./limit-panel.module.css";
import { useLimit } from "./use-limit.ts";

const say = words.energy.limit;

export function LimitPanel({ site }: { site: string }) {
  const [asked, setAsked] = useState<"set" | "end">();
  const { data, error } = useLimit(site);
  const mayChange = isAdministrator(useMe());
  const nameOf = useNameOf();
  const nowMs = useNow();
  const limit = data != null && data.untilMs > nowMs ? data : undefined;
  const close = () => setAsked(undefined);
  return (
    <Panel title={say.panel}>
      <div className={styles.line}>
        {limit !== undefined ? (
          <p>
            <strong>{say.atMost(written(power(limit.limitW)))}</strong> {say.until}{" "}
            <At atMs={limit.untilMs} />
            <span className={styles.who}>
              {limit.reason}, <At atMs={limit.atMs} /> {words.energy.document.by(nameOf(limit.actor))}
            </span>
          </p>
        ) : (
          <p className={styles.none}>
            {data !== undefined ? say.none : error === null ? words.loading : sentenceOf(error)}
          </p>
        )}
        {mayChange && data !== undefined && (
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
        )}
      </div>
      {asked === "set" && <LimitDialog site={site} close={close} />}
      {asked === "end" && <EndLimitDialog site={site} close={close} />}
    </Panel>
  );
}
