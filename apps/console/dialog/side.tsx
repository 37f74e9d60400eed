/** What is opened of a list, beside it: at the right edge, or over everything where there is no room. */
import { Drawer } from "@mantine/core";
import type { ReactNode } from "react";
import { words } from "../strings/en.ts";
import { useFocusBack } from "./focus.ts";
import styles from "./side.module.css";

type Props = {
  readonly title: ReactNode;
  /** In pixels, where there is room. */
  readonly width?: number;
  readonly close: () => void;
  /** A class for what is in it, in place of the usual distances. */
  readonly body?: string | undefined;
  readonly children: ReactNode;
};

export function Side({ title, width = 600, close, body, children }: Props) {
  useFocusBack();
  return (
    <Drawer
      opened
      onClose={close}
      position="right"
      size={width}
      title={<span className={styles.name}>{title}</span>}
      closeButtonProps={{ "aria-label": words.close }}
      transitionProps={{ duration: 0 }}
      classNames={{
        content: styles.content ?? "",
        header: styles.header ?? "",
        body: body ?? styles.body ?? "",
        overlay: styles.overlay ?? "",
        title: styles.title ?? "",
      }}
    >
      {children}
    </Drawer>
  );
}
