import { localStorageColorSchemeManager } from "@mantine/core";

/** Light, dark, or as the system says: the one thing that the console stores beyond the tab; see the inventory. */
export const colorSchemeManager = localStorageColorSchemeManager({ key: "lethe.color-scheme" });
