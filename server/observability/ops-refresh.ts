/**
 * What runs in the operator's browser: each time the server says how the house is, that is shown. Its source is served as it
 * stands here, so it uses nothing but the page.
 */
function refresh(): void {
  const main = document.querySelector('main');
  const verdict = document.querySelector('[role=status]');
  const stream = new EventSource('/ops/stream');
  stream.addEventListener('message', ({ data }: MessageEvent<string>) => {
    const said: unknown = JSON.parse(data);
    const { sentence, isWell, html } = said as { sentence: string; isWell: boolean; html: string };
    // Said again only when it changed: a screen reader reads it out.
    if (verdict !== null && verdict.textContent !== sentence) verdict.textContent = sentence;
    verdict?.classList.toggle('well', isWell);
    document.title = `${isWell ? 'Well' : 'NOT WELL'} · Front Row`;
    if (main !== null) main.innerHTML = html;
  });
}

export const OPS_SCRIPT = `(${refresh.toString()})();\n`;
