/** Colour arithmetic for the theme's contrast guard (WCAG 2.2). Colours are `#rrggbb`. */

/** What WCAG AA asks of text against its ground. */
export const TEXT_CONTRAST = 4.5;

type Rgb = readonly [red: number, green: number, blue: number];

function rgbOf(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) & 255, (value >> 8) & 255, value & 255];
}

function hexOf(rgb: Rgb): string {
  return `#${rgb.map((channel) => Math.round(channel).toString(16).padStart(2, '0')).join('')}`;
}

/** Relative luminance, 0 (black) to 1 (white). */
export function luminance(hex: string): number {
  const [red, green, blue] = rgbOf(hex).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** 1 (the same) to 21 (black on white). */
export function contrast(one: string, other: string): number {
  const [dark, light] = [luminance(one), luminance(other)].toSorted((a, b) => a - b) as [number, number];
  return (light + 0.05) / (dark + 0.05);
}

/** `share` of `one`, the rest of `other`. */
export function mix(one: string, other: string, share: number): string {
  const [a, b] = [rgbOf(one), rgbOf(other)];
  return hexOf(a.map((channel, at) => channel * share + (b[at] as number) * (1 - share)) as unknown as Rgb);
}

/** The lower of a colour's contrasts against several grounds. */
function worstContrast(color: string, grounds: readonly string[]): number {
  return Math.min(...grounds.map((ground) => contrast(color, ground)));
}

/** `preferred` if it can be read on every ground, else black or white, whichever reads better. */
export function readable(preferred: string, ...grounds: readonly string[]): string {
  if (worstContrast(preferred, grounds) >= TEXT_CONTRAST) return preferred;
  return worstContrast('#ffffff', grounds) >= worstContrast('#000000', grounds) ? '#ffffff' : '#000000';
}

/** The quietest mix of `text` into the first ground that still reads on all of them. */
export function quietest(text: string, ...grounds: readonly [string, ...string[]]): string {
  for (let share = 0.6; share < 1; share += 0.05) {
    const candidate = mix(text, grounds[0], share);
    if (worstContrast(candidate, grounds) >= TEXT_CONTRAST + 0.3) return candidate;
  }
  return readable(text, ...grounds);
}
