/** The fan page's entry: the one place that meets the browser's globals. */
import { effect } from '@preact/signals';
import { render } from 'preact';
import { systemClock } from '../../core/clock.ts';
import { invariant } from '../../core/invariant.ts';
import { pickLanguage, speak } from '../i18n/language.ts';
import { canSteerByRate, createMediaElement } from '../playback/media-element.ts';
import { createPartyPlayer } from '../playback/player.ts';
import { browserPage } from '../session/page.ts';
import { createPartySession } from '../session/party-session.ts';
import { soundingView } from '../session/phases.ts';
import { safeStorage } from '../ui/browser-storage.ts';
import { chosenLanguage } from '../ui/preferences.ts';
import { App } from './app.tsx';
import { obeyMediaKeys, showOnLockScreen } from './lock-screen.ts';

const clock = systemClock();
const random = Math.random;
const page = browserPage(window);
const slug = decodeURIComponent(location.pathname.split('/').at(-1) ?? '');

const session = createPartySession({
  slug,
  origin: location.origin,
  clock,
  random,
  storage: safeStorage,
  fetch: window.fetch.bind(window),
  page,
});
const player = createPartyPlayer({
  timeline: () => soundingView(session),
  eventNowMs: () => session.clock.nowMs(),
  clock,
  random,
  storage: safeStorage,
  page,
  media: (onEvent) => createMediaElement(document, onEvent),
  steersByRate: canSteerByRate(navigator.userAgent),
  onErrorMs: (errorMs) => session.reportSyncError(errorMs),
});

if ('mediaSession' in navigator) {
  const { mediaSession } = navigator;
  effect(() => showOnLockScreen(session, player, mediaSession));
  obeyMediaKeys(player, mediaSession);
}

const element = document.getElementById('page');
invariant(element !== null, 'the page has its element');
const language = pickLanguage(chosenLanguage.value === '' ? navigator.languages : [chosenLanguage.value]);
const start = () => render(<App party={{ session, player, clock, random }} />, element);
// Words that cannot be fetched must not keep the music away: then English.
speak(language).then(start, start);
