import { fileURLToPath } from 'node:url';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

export default defineConfig({
  // Where the gateway serves the bundle.
  base: '/dashboard/',
  plugins: [react()],
  resolve: {
    // The kernel's ids need Node's crypto. A browser needs of it only the money, and anything else fails the build.
    alias: { '@ao/kernel': fileURLToPath(new URL('../../libs/kernel/src/money.ts', import.meta.url)) },
  },
  build: {
    target: 'es2023',
    // The policy of the page forbids data: for everything but images; a file of its own is cached as well.
    assetsInlineLimit: 0,
    sourcemap: false,
  },
  server: {
    // `npm run dev`: the app from here, the API from a running gateway.
    proxy: { '/v1': 'http://127.0.0.1:3456' },
  },
});
