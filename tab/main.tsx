/** The tab's entry: one React root, everything else follows from the handshake with Teams. */
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { config } from 'zod';
import { App } from './app.tsx';
import { isConfiguring, parseRoute } from './route.ts';
import { loadAhead } from './shell/shell.tsx';

// Without this zod tries `new Function` once, which our content policy forbids and the browser reports as an error.
config({ jitless: true });

if (!isConfiguring(location.hash)) loadAhead(parseRoute(location.hash).page);
const root = document.getElementById('root');
if (root === null) throw new Error('the page has no #root');
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
