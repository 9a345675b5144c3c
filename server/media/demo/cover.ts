/** Covers of the demo: a stage seen from the front row, in the song's two hues. */
import type { Song } from './songs.ts';

const RAYS = 7;
const HEADS = 11;

/** A square SVG; the same song always has the same cover. */
export function coverOf({ title, hues: [warm, cool], beatsPerMinute }: Song): string {
  const rays = Array.from({ length: RAYS }, (_, n) => {
    const x = 60 + (n * 480) / (RAYS - 1);
    const reach = 300 + ((n * 97 + beatsPerMinute * 13) % 260) - 130;
    const hue = n % 2 === 0 ? warm : cool;
    return `<path d="M${x} -20 L${reach - 70} 470 L${reach + 70} 470Z" fill="hsl(${hue} 95% 68%)" opacity="${0.16 + 0.05 * (n % 3)}"/>`;
  });
  const heads = Array.from({ length: HEADS }, (_, n) => {
    const x = (n * 600) / (HEADS - 1);
    const y = 540 - ((n * 53 + beatsPerMinute) % 46);
    const arm =
      n % 3 === 1
        ? `<path d="M${x + 22} ${y + 50} q26 -60 14 -132" fill="none" stroke="#0b0712" stroke-width="17" stroke-linecap="round"/>`
        : '';
    return `${arm}<circle cx="${x}" cy="${y}" r="29"/><rect x="${x - 46}" y="${y + 26}" width="92" height="140" rx="40"/>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 600 600" role="img" aria-label="${title}">
<defs>
<linearGradient id="sky" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="hsl(${cool} 62% 15%)"/><stop offset=".72" stop-color="hsl(${warm} 74% 42%)"/><stop offset="1" stop-color="hsl(${warm} 88% 66%)"/></linearGradient>
<radialGradient id="glow"><stop offset="0" stop-color="hsl(${warm} 100% 88%)"/><stop offset="1" stop-color="hsl(${warm} 100% 70%)" stop-opacity="0"/></radialGradient>
</defs>
<rect width="600" height="600" fill="url(#sky)"/>
<circle cx="300" cy="430" r="250" fill="url(#glow)" opacity=".8"/>
${rays.join('\n')}
<g fill="#0b0712"><rect y="568" width="600" height="32"/>${heads.join('\n')}</g>
<g fill="#fff" font-family="Georgia, 'Times New Roman', serif">
<text x="44" y="96" font-size="46" font-weight="700">${title}</text>
<text x="46" y="134" font-size="22" opacity=".82" letter-spacing="3">THE HOUSE BAND</text>
</g>
</svg>
`;
}
