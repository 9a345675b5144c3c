/** The console's entry: the one place that meets the browser's globals. */
import { render } from 'preact';
import { config } from 'zod';
import { systemClock } from '../../core/clock.ts';
import { invariant } from '../../core/invariant.ts';
import { speakHost } from '../i18n/host-language.ts';
import { pickLanguage } from '../i18n/language.ts';
import { browserPage } from '../session/page.ts';
import { createStaffSession } from '../session/staff-session.ts';
import { safeStorage } from '../ui/browser-storage.ts';
import { chosenLanguage } from '../ui/preferences.ts';
import { App } from './app.tsx';
import { Desk } from './desk.ts';

// Compiled parsers need `eval`, which the content security policy forbids; even asking for it is reported.
config({ jitless: true });

const clock = systemClock();
const session = createStaffSession({
  slug: decodeURIComponent(location.pathname.split('/').at(-1) ?? ''),
  origin: location.origin,
  clock,
  random: Math.random,
  storage: safeStorage,
  fetch: window.fetch.bind(window),
  page: browserPage(window),
});
const invite = new URLSearchParams(location.hash.slice(1)).get('invite');
// The invitation is good once; it has no business in the history or in a shared screen.
if (invite !== null) history.replaceState(null, '', location.pathname + location.search);

const element = document.getElementById('page');
invariant(element !== null, 'the page has its element');
const start = () => render(<App desk={new Desk(session, clock)} invite={invite} />, element);
speakHost(pickLanguage(chosenLanguage.value === '' ? navigator.languages : [chosenLanguage.value])).then(start, start);
