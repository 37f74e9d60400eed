/** Who is signed in, and the way out. */
import { Menu, UnstyledButton } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import type { Me } from "../api/shapes.ts";
import { words } from "../strings/en.ts";
import styles from "./account-menu.module.css";
import { useServices } from "./services.tsx";

export function AccountMenu({ me }: { me: Me }) {
  const { api } = useServices();
  const queries = useQueryClient();
  const signOut = async () => {
    // Whatever the server says, this page forgets: a session that could not be closed there ends by its own time.
    await api.logout().catch(() => undefined);
    queries.clear();
    window.location.assign("/");
  };
  return (
    <Menu position="bottom-end" width={200} withinPortal={false} transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <UnstyledButton className={styles.button} aria-label={words.account.menu(me.name)}>
          <span className={styles.initials} data-initials={initials(me.name)} aria-hidden="true" />
          <span className={styles.name}>{me.name}</span>
        </UnstyledButton>
      </Menu.Target>
      <Menu.Dropdown className={styles.dropdown}>
        <Menu.Label className={styles.role}>
          {me.name} · {me.role}
        </Menu.Label>
        <Menu.Item className={styles.item} onClick={() => void signOut()}>
          {words.account.signOut}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

const initials = (name: string): string =>
  name
    .split(/\s+/)
    .map((word) => [...word][0] ?? "")
    .slice(0, 2)
    .join("")
    .toUpperCase();
