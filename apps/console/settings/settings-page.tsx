/** What an operator may tune: each setting with its meaning, value, default, range and who changed it last. */
import { TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import type { Setting } from "../api/manage-api.ts";
import { Panel } from "../display/panel.tsx";
import { PageTitle } from "../shell/page-title.tsx";
import { Notice } from "../shell/problem-view.tsx";
import { useServices } from "../shell/services.tsx";
import { Unread } from "../shell/unread.tsx";
import { isAdministrator, useMe } from "../shell/use-me.ts";
import { words } from "../strings/en.ts";
import { matching } from "../table/columns.ts";
import { SettingRow } from "./setting-row.tsx";
import styles from "./settings.module.css";
import { grouped, groups, titleOf } from "./view.ts";

const say = words.settings;

export function SettingsPage() {
  const me = useMe();
  const { api } = useServices();
  const queryFn = () => api.manage.settings();
  const settings = useQuery({ queryKey: ["settings"], queryFn, enabled: isAdministrator(me) });
  if (me !== undefined && !isAdministrator(me)) {
    return (
      <>
        <PageTitle title={say.title} />
        <Notice title={say.forbidden.title}>{say.forbidden.help(words.people.roleOf(me.role))}</Notice>
      </>
    );
  }
  if (settings.data === undefined) return <Unread asked={settings} />;
  return <All settings={settings.data} />;
}

function All({ settings }: { settings: readonly Setting[] }) {
  const search = useSearch({ from: "/frame/settings" });
  const navigate = useNavigate({ from: "/settings" });
  const set = (change: object) =>
    void navigate({ search: (before) => ({ ...before, ...change }), replace: true, resetScroll: false });
  const shown = matching(settings, search.find ?? "", ({ name, meaning }) =>
    [titleOf(name), name, meaning].join(" "),
  );
  const byGroup = grouped(shown);
  return (
    <>
      <PageTitle title={say.title} />
      <p className={styles.lead}>{say.lead}</p>
      <TextInput
        className={styles.search ?? ""}
        size="sm"
        type="search"
        aria-label={say.find}
        placeholder={say.find}
        value={search.find ?? ""}
        onChange={({ currentTarget: { value } }) => set({ find: value === "" ? undefined : value })}
      />
      {shown.length === 0 && <Notice title={say.noneFound} />}
      <div className={styles.groups}>
        {groups.map((group) => {
          const members = byGroup.get(group) ?? [];
          if (members.length === 0) return null;
          return (
            <Panel key={group} title={say.groups[group]}>
              <ul className={styles.list}>
                {members.map((setting) => (
                  <SettingRow
                    key={setting.name}
                    setting={setting}
                    editing={search.edit === setting.name}
                    edit={(open) => set({ edit: open ? setting.name : undefined })}
                  />
                ))}
              </ul>
            </Panel>
          );
        })}
      </div>
    </>
  );
}
