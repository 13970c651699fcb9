/**
 * What every test of the tab imports first: the browser features that jsdom lacks, a quiet network before teams-js asks
 * for its list of hosts, and an orderly end of each test.
 */
import { cleanup, configure } from '@testing-library/react';
import { afterEach, vi } from 'vitest';

// The whole page in each failure would hide which claim failed. One look for a role takes seconds on a busy machine.
configure({
  getElementError: (message) => new Error(message?.split('\n')[0] ?? 'not found'),
  asyncUtilTimeout: 20_000,
});

function offsetParent(this: HTMLElement): Element | null {
  return this.parentElement;
}

class NoResize {
  observe(): void {}
  unobserve(): void {}
  disconnect(): void {}
}

vi.stubGlobal('fetch', () => Promise.reject(new TypeError('no network in this test')));
vi.stubGlobal('ResizeObserver', NoResize);
vi.stubGlobal('matchMedia', (media: string) => ({
  media,
  matches: false,
  addEventListener: () => undefined,
  removeEventListener: () => undefined,
}));

// Without a layout a list would believe that it has no height and draw nothing, and Fluent that nothing in a dialog can
// take the focus: it then hides the dialog itself from assistive technology, a quarter of a second later.
Object.defineProperties(HTMLElement.prototype, {
  offsetParent: { configurable: true, get: offsetParent },
  clientHeight: { configurable: true, get: () => 600 },
  clientWidth: { configurable: true, get: () => 1024 },
});
document.body.getBoundingClientRect = () => new DOMRect(0, 0, 1024, 600);
Element.prototype.scrollIntoView = () => undefined;
Element.prototype.scrollTo = () => undefined;

afterEach(async () => {
  cleanup();
  // Fluent's focus library ends a turn later; without this it would miss its document after the test.
  await new Promise((resolve) => setTimeout(resolve, 0));
});
