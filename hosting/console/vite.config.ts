import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** The console as static files: no inline script, nothing from elsewhere, names that change with their content. */
export default defineConfig({
  root: import.meta.dirname,
  plugins: [react()],
  build: {
    outDir: "../../dist/hosting/console",
    emptyOutDir: true,
    target: "es2023",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The Firestore listener, loaded only where jobs are shown, is larger than what is warned about.
    chunkSizeWarningLimit: 700,
  },
});
