/**
 * How long an MP3 sounds, to the sample. `music-metadata` estimates constant bitrates from the size of the first frame, which is
 * off by 0.4 s in seven minutes; a setlist that walks on by itself needs the true end.
 */

const BITRATES_KBPS = {
  one: [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320],
  two: [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160],
} as const;
const RATES_HZ = [44_100, 48_000, 32_000] as const;

interface Frame {
  readonly bytes: number;
  readonly samples: number;
  readonly rateHz: number;
  /** Where the Xing or Info header would be, from the frame's start. */
  readonly xingAt: number;
}

/** Milliseconds of sound, encoder delay and padding not counted; null when these bytes are not MPEG Layer III. */
export function mp3DurationMs(file: Uint8Array): number | null {
  const bytes = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const first = firstFrame(bytes);
  if (first === null) return null;
  const head = headOf(bytes, first.at, first.frame);
  let samples = head.isAudio ? 0 : -first.frame.samples;
  for (let at = first.at; at + 4 <= bytes.byteLength; ) {
    const frame = frameAt(bytes, at);
    if (frame === null || frame.rateHz !== first.frame.rateHz) {
      at += 1; // a tag, or damage: look for the next frame
      continue;
    }
    if (at + frame.bytes <= bytes.byteLength) samples += frame.samples;
    at += frame.bytes;
  }
  return (Math.max(0, samples - head.trimmed) * 1_000) / first.frame.rateHz;
}

/** The first place where one frame follows another: a lone match may be a picture's bytes. */
function firstFrame(bytes: DataView): { readonly at: number; readonly frame: Frame } | null {
  for (let at = afterId3(bytes); at + 4 <= bytes.byteLength; at++) {
    const frame = frameAt(bytes, at);
    if (frame !== null && frameAt(bytes, at + frame.bytes)?.rateHz === frame.rateHz) return { at, frame };
  }
  return null;
}

function afterId3(bytes: DataView): number {
  if (bytes.byteLength < 10 || !isText(bytes, 0, 'ID3')) return 0;
  const size = [6, 7, 8, 9].reduce((sum, at) => (sum << 7) | (bytes.getUint8(at) & 0x7f), 0);
  const footer = (bytes.getUint8(5) & 0x10) === 0 ? 0 : 10;
  return 10 + size + footer;
}

function frameAt(bytes: DataView, at: number): Frame | null {
  if (at + 4 > bytes.byteLength) return null;
  const header = bytes.getUint32(at);
  const version = (header >>> 19) & 3; // 3: MPEG 1, 2: MPEG 2, 0: MPEG 2.5
  const layer = (header >>> 17) & 3; // 1: Layer III
  if (header >>> 21 !== 0x7ff || version === 1 || layer !== 1) return null;
  const one = version === 3;
  const kbps = BITRATES_KBPS[one ? 'one' : 'two'][(header >>> 12) & 15];
  const baseHz = RATES_HZ[(header >>> 10) & 3];
  if (!kbps || baseHz === undefined) return null;
  const rateHz = baseHz >> (one ? 0 : version === 2 ? 1 : 2);
  const mono = ((header >>> 6) & 3) === 3;
  const padding = (header >>> 9) & 1;
  const samples = one ? 1_152 : 576;
  const xingAt = 4 + (one ? (mono ? 17 : 32) : mono ? 9 : 17);
  return { bytes: Math.floor((samples * kbps * 125) / rateHz) + padding, samples, rateHz, xingAt };
}

/** What an encoder's header in the first frame says: that it is no audio, and how many samples are not the music's. */
function headOf(bytes: DataView, at: number, frame: Frame): { readonly isAudio: boolean; readonly trimmed: number } {
  const xing = at + frame.xingAt;
  if (isText(bytes, at + 36, 'VBRI')) return { isAudio: false, trimmed: 0 };
  if (!isText(bytes, xing, 'Xing') && !isText(bytes, xing, 'Info')) return { isAudio: true, trimmed: 0 };
  const flags = bytes.getUint32(xing + 4);
  const fields = [4, 4, 100, 4].reduce((sum, size, bit) => sum + ((flags >> bit) & 1 ? size : 0), 0);
  const lame = xing + 8 + fields;
  if (!isText(bytes, lame, 'LAME') && !isText(bytes, lame, 'Lavc') && !isText(bytes, lame, 'Lavf'))
    return { isAudio: false, trimmed: 0 };
  const packed = bytes.getUint32(lame + 20) & 0xff_ffff;
  return { isAudio: false, trimmed: (packed >>> 12) + (packed & 0xfff) };
}

function isText(bytes: DataView, at: number, text: string): boolean {
  return at + text.length <= bytes.byteLength && [...text].every((letter, n) => bytes.getUint8(at + n) === letter.charCodeAt(0));
}
