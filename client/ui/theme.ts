/** An event's brand as CSS custom properties, made safe to read. */
import type { Theme } from '../../schemas/http.ts';
import { luminance, mix, quietest, readable } from './contrast.ts';

export const STAGE_DARK: Theme = {
  accent: '#ff8a5c',
  background: '#0b0a0d',
  surface: '#16141a',
  text: '#f6f2ec',
  logo: '',
  backdrop: '',
  displayFont: '',
  bodyFont: '',
};

const DISPLAY_FONTS = "'Instrument Serif', 'Iowan Old Style', 'Palatino Linotype', Palatino, Georgia, serif";
const BODY_FONTS = "'Instrument Sans', system-ui, -apple-system, 'Segoe UI', Roboto, sans-serif";

/**
 * The properties a theme sets. Accent and text that could not be read on the event's own
 * grounds become black or white; what lies on the accent is chosen the same way.
 */
export function themeProperties(theme: Theme): Readonly<Record<string, string>> {
  const { background, surface, accent } = theme;
  const text = readable(theme.text, background, surface);
  const dark = luminance(background) < 0.2;
  return {
    '--bg': background,
    '--surface': surface,
    '--raised': mix(text, surface, 0.09),
    '--hairline': mix(text, surface, 0.16),
    '--edge': mix(text, surface, 0.46),
    '--text': text,
    '--muted': quietest(text, surface, background),
    '--accent': accent,
    '--accent-text': readable(accent, background, surface),
    '--on-accent': readable(dark ? background : '#ffffff', accent),
    '--name-light': dark ? '78%' : '30%',
    '--scheme': dark ? 'dark' : 'light',
    '--font-display': theme.displayFont === '' ? DISPLAY_FONTS : `${theme.displayFont}, ${DISPLAY_FONTS}`,
    '--font-body': theme.bodyFont === '' ? BODY_FONTS : `${theme.bodyFont}, ${BODY_FONTS}`,
  };
}

/** Sets the theme through CSSOM, which a policy without inline styles allows. */
export function applyTheme(theme: Theme, root: HTMLElement): void {
  for (const [name, value] of Object.entries(themeProperties(theme))) root.style.setProperty(name, value);
  root.style.colorScheme = themeProperties(theme)['--scheme'] as string;
  document.querySelector('meta[name="theme-color"]')?.setAttribute('content', theme.background);
}
