/** The top of the page: theme, language, and who is signed in. */
import { api } from './api.js';
import { initials, tint } from './dom.js';
import { $, state } from './state.js';
import { locales, setLanguage, text } from './texts.js';

/** Takes theme and language of the last visit, else those of the browser. */
export function applyPreferences() {
  const saved = JSON.parse(localStorage.getItem('stand-in') ?? '{}');
  state.theme = saved.theme ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'default');
  setLanguage(saved.language ?? (navigator.language.startsWith('de') ? 'de' : 'en'));
  drawWords();
}

function savePreferences() {
  localStorage.setItem('stand-in', JSON.stringify({ theme: state.theme, language: locales().html }));
}

function drawWords() {
  document.documentElement.lang = locales().html;
  document.documentElement.dataset.theme = state.theme;
  $('theme').value = state.theme;
  $('language').value = locales().html;
  for (const node of document.querySelectorAll('[data-text]')) node.textContent = text(node.dataset.text);
  // The tab in its frame has a head and a main part of its own.
  for (const [id, key] of Object.entries({ list: 'conversations', main: 'stage', top: 'bar' }))
    $(id).setAttribute('aria-label', text(key));
}

/** Shows who is signed in. */
export function drawPerson() {
  const { person, app } = state.me;
  document.title = `${person.displayName} – Teams stand-in`;
  $('tenant-name').textContent = person.tenantName;
  $('persona-name').textContent = person.displayName;
  $('persona-role').textContent = person.role === null ? '' : text(person.role);
  $('persona-upn').textContent = person.userPrincipalName;
  $('persona-avatar').textContent = initials(person.displayName);
  $('persona-avatar').className = `avatar ${tint(person.displayName)}`;
  $('rail-app').textContent = app.name;
  $('mention').textContent = `@${app.name}`;
}

/** Makes the choices at the top work; `show` draws the place anew, `go` opens another one. */
export function wireSettings({ show, go, restorePlace }) {
  $('theme').addEventListener('change', async () => {
    state.theme = $('theme').value;
    savePreferences();
    drawWords();
    if (state.tab !== null) state.tab.setTheme(state.theme);
    else await show();
  });
  $('language').addEventListener('change', async () => {
    setLanguage($('language').value);
    savePreferences();
    drawWords();
    drawPerson();
    await show();
  });
  const menu = $('persona-menu');
  const toggle = (isOpen) => {
    menu.hidden = !isOpen;
    $('persona').setAttribute('aria-expanded', String(isOpen));
    if (isOpen) $('switch-person').focus();
  };
  $('persona').addEventListener('click', () => toggle(menu.hidden));
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || menu.hidden) return;
    toggle(false);
    $('persona').focus();
  });
  document.addEventListener('click', (event) => {
    if (!menu.hidden && !menu.contains(event.target) && !$('persona').contains(event.target)) toggle(false);
  });
  $('sign-out').addEventListener('click', () => api.signOut().then(() => location.assign('/sign-in')));
  for (const button of document.querySelectorAll('.rail button')) {
    button.addEventListener('click', () => go({ view: button.dataset.view }));
  }
  window.addEventListener('hashchange', async () => {
    restorePlace();
    await show();
  });
}
