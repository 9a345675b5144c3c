/** Health at a glance: all well, or what is not; and the figures that say so. */

import { playheadOf } from '../../core/timeline.ts';
import type { HostMessages } from '../i18n/host-en.ts';
import { hostMessages } from '../i18n/host-language.ts';
import { Icon } from '../ui/icons.tsx';
import { useTicking } from '../ui/ticking.ts';
import { useDesk, useStage } from './desk.ts';
import { type Issue, issuesOf } from './health.ts';

export function StatusStrip() {
  const { session, clock } = useDesk();
  const words = hostMessages.value;
  const view = useStage();
  const event = session.event.value;
  const { crowd } = view;
  const sounding = useTicking(clock, 1_000, () => playheadOf(view, session.clock.nowMs()).status !== 'ended');
  const issues = issuesOf(session.phase.value.kind, view, sounding && view.setlist.length > 0);
  const [worst, ...others] = issues;
  const count = new Intl.NumberFormat(words.code);
  const ms = (value: number | null) => (value === null ? words.unknown : words.milliseconds(Math.round(value)));
  return (
    <header class="strip">
      <h1 class="strip-title">
        {event?.title} <small>{words.console}</small>
      </h1>
      <p class="strip-health" data-well={worst === undefined} role="status">
        <span class="strip-light" aria-hidden="true" />
        {worst === undefined ? words.allWell : [worst, ...others].map((issue) => issueText(words, issue)).join(' · ')}
      </p>
      <dl class="figures">
        <Figure name={words.fans} value={count.format(crowd.fans)} />
        <Figure name={words.sections} value={count.format(crowd.sections)} />
        <Figure name={words.joins} value={crowd.joinsPerS.toFixed(1)} />
        <Figure name={words.lines} value={crowd.linesPerS.toFixed(1)} />
        <Figure name={words.sync} value={ms(crowd.syncP50Ms)} />
        <Figure name={words.sync95} value={ms(crowd.syncP95Ms)} />
      </dl>
      <a class="button button-quiet" href={`/e/${event?.slug ?? ''}`} target="_blank" rel="noopener">
        <Icon name="people" />
        {words.openPage}
      </a>
    </header>
  );
}

function Figure({ name, value }: { readonly name: string; readonly value: string }) {
  return (
    <div class="figure">
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function issueText(words: HostMessages, issue: Issue): string {
  switch (issue.kind) {
    case 'reconnecting':
      return words.issues.reconnecting;
    case 'ended':
      return words.issues.ended;
    case 'silence':
      return words.issues.silence;
    case 'doors-closed':
      return words.issues.doorsClosed;
    case 'chat-closed':
      return words.issues.chatClosed;
    case 'crowded':
      return words.issues.crowded(issue.share);
    case 'drift':
      return words.issues.drift(issue.ms);
    case 'reports':
      return words.issues.reports(issue.count);
  }
}
