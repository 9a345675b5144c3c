/** Which language is spoken. English comes with the page, every other one is fetched when chosen. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { en, type Messages } from './en.ts';

export const LANGUAGES = { en: 'English', de: 'Deutsch' } as const;
export type Language = keyof typeof LANGUAGES;

const catalogue = signal<Messages>(en);
/** The current catalogue; components that read it follow a change. */
export const messages: ReadonlySignal<Messages> = catalogue;

/** The first of `preferred` (BCP 47) that we speak, else English. */
export function pickLanguage(preferred: readonly string[]): Language {
  for (const tag of preferred) {
    const base = tag.toLowerCase().split('-')[0] as string;
    if (Object.hasOwn(LANGUAGES, base)) return base as Language;
  }
  return 'en';
}

export async function speak(language: Language): Promise<void> {
  catalogue.value = language === 'de' ? (await import('./de.ts')).de : en;
  document.documentElement.lang = language;
}
