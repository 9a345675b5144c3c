/** The console's language: the browser's, if we speak it. */
import { type ReadonlySignal, signal } from '@preact/signals';
import { type HostMessages, hostEn } from './host-en.ts';
import { type Language, speak } from './language.ts';

const catalogue = signal<HostMessages>(hostEn);
export const hostMessages: ReadonlySignal<HostMessages> = catalogue;

export async function speakHost(language: Language): Promise<void> {
  const [host] = await Promise.all([
    language === 'de' ? import('./host-de.ts').then((de) => de.hostDe) : hostEn,
    speak(language),
  ]);
  catalogue.value = host;
}
