/** One setting: what it is, what it is now, and in its place the form that changes it. */
import { Button } from "@mantine/core";
import type { Setting } from "../api/manage-api.ts";
import { useFocusAfter } from "../dialog/focus.ts";
import { exactTime, span } from "../display/instant.ts";
import { useNow } from "../display/ticking.tsx";
import { useNameOf } from "../people/use-people.ts";
import { words } from "../strings/en.ts";
import { SettingForm } from "./setting-form.tsx";
import styles from "./settings.module.css";
import { rangeText, titleOf, valueText } from "./view.ts";

const say = words.settings;

type Props = {
  readonly setting: Setting;
  readonly editing: boolean;
  readonly edit: (open: boolean) => void;
};

export function SettingRow({ setting, editing, edit }: Props) {
  const title = titleOf(setting.name);
  const button = useFocusAfter(editing);
  return (
    <li className={styles.row}>
      <div className={styles.what}>
        <h3 className={styles.title}>{title}</h3>
        <p className={styles.meaning}>{setting.meaning}</p>
        <p className={styles.facts}>
          <code>{setting.name}</code>
          {setting.unit !== "switch" && <span>{rangeText(setting)}</span>}
          <span>{say.byDefault(valueText(setting, setting.byDefault))}</span>
          <Changed setting={setting} />
        </p>
      </div>
      {editing ? (
        <SettingForm setting={setting} close={() => edit(false)} />
      ) : (
        <div className={styles.now}>
          <span className={setting.value === setting.byDefault ? styles.value : styles.own}>
            {valueText(setting, setting.value)}
          </span>
          <Button
            ref={button}
            variant="default"
            size="xs"
            aria-label={say.changeOf(title)}
            onClick={() => edit(true)}
          >
            {say.change}
          </Button>
        </div>
      )}
    </li>
  );
}

function Changed({ setting: { changedAtMs, changedBy } }: { setting: Setting }) {
  const nameOf = useNameOf();
  const nowMs = useNow();
  if (changedAtMs === null || changedBy === null) return null;
  return (
    <span title={exactTime(changedAtMs)}>
      {say.changed(nameOf(changedBy))} {say.changedAgo(span(nowMs - changedAtMs))}
    </span>
  );
}
