/** What stands beside the chat, one at a time. */
import { useRef } from 'preact/hooks';
import { hostMessages } from '../i18n/host-language.ts';
import { type PanelName, useDesk, useStage } from './desk.ts';
import { FanPanel } from './fan-panel.tsx';
import { LogPanel } from './log-panel.tsx';
import { PulsePanel } from './pulse-panel.tsx';
import { ReportsPanel } from './reports-panel.tsx';
import { RoomPanel } from './room-panel.tsx';
import { TeamPanel } from './team-panel.tsx';

const PANELS: Readonly<Record<PanelName, () => preact.JSX.Element>> = {
  room: RoomPanel,
  fan: FanPanel,
  reports: ReportsPanel,
  pulse: PulsePanel,
  team: TeamPanel,
  log: LogPanel,
};
const NAMES = Object.keys(PANELS) as PanelName[];

export function Panels() {
  const desk = useDesk();
  const words = hostMessages.value;
  const view = useStage();
  const tabs = useRef<HTMLDivElement>(null);
  const chosen = desk.panel.value;
  const Panel = PANELS[chosen];
  const reported = view.feed.filter((entry) => entry.reason !== '').length;

  const go = (by: number) => {
    const to = NAMES[(NAMES.indexOf(chosen) + by + NAMES.length) % NAMES.length] as PanelName;
    desk.panel.value = to;
    tabs.current?.querySelector<HTMLElement>(`#tab-${to}`)?.focus();
  };

  return (
    <section class="panels card" aria-label={words.panels}>
      <div
        ref={tabs}
        class="tabs"
        role="tablist"
        aria-label={words.panels}
        onKeyDown={(event) => {
          if (event.key === 'ArrowRight') go(1);
          if (event.key === 'ArrowLeft') go(-1);
        }}
      >
        {NAMES.map((name) => (
          <button
            key={name}
            type="button"
            role="tab"
            id={`tab-${name}`}
            class="tab"
            aria-selected={name === chosen}
            aria-controls="panel"
            tabIndex={name === chosen ? 0 : -1}
            onClick={() => {
              desk.panel.value = name;
            }}
          >
            {words.tabs[name]}
            {name === 'reports' && reported > 0 && <span class="count">{reported}</span>}
          </button>
        ))}
      </div>
      <div class="panel" id="panel" role="tabpanel" aria-labelledby={`tab-${chosen}`} tabIndex={0}>
        <Panel />
      </div>
    </section>
  );
}
