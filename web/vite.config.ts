import { defineConfig } from "vite";

export default defineConfig({
  base: "/static/",
  build: {
    outDir: "../voice_worker/web/static",
    emptyOutDir: true,
    // Inlined assets would be data: URLs, which the page's security policy refuses for scripts.
    assetsInlineLimit: 0,
    rollupOptions: { input: "call.html" },
  },
  worker: { format: "es" },
});
