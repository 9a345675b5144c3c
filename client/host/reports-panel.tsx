/** Reported lines, the most reported first. */
import { hostMessages } from '../i18n/host-language.ts';
import { useStage } from './desk.ts';
import { HostLine } from './host-line.tsx';

export function ReportsPanel() {
  const words = hostMessages.value;
  const reports = useStage()
    .feed.filter((entry) => entry.reason !== '')
    .toSorted((a, b) => b.reports - a.reports || b.seq - a.seq);
  if (reports.length === 0) return <p class="hint">{words.noReports}</p>;
  return (
    <ol class="history">
      {reports.map((entry) => (
        <HostLine
          key={entry.seq}
          line={entry.line}
          section={entry.section}
          note={`${words.reportedBy(entry.reports)}: ${entry.reason}`}
        />
      ))}
    </ol>
  );
}
