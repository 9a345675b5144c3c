/**
 * Looks at a request's MessagePack before Colyseus unpacks it: one value, whole, of what JSON has too, and no deeper than anything
 * that we take. Colyseus would print the stack of whatever does not unpack, and answer without a code.
 */

/** What we take is four deep at most; unpacking is recursive. */
const DEPTH_MAX = 16;

/** How long a value's own bytes are, and how many values it holds. */
interface Head {
  readonly bytes: number;
  readonly values: number;
}

/** Whether exactly one value of JSON's kinds lies from `offset` to the end. */
export function isOneValue(bytes: Uint8Array, offset: number): boolean {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records = new Map<number, number>();
  /** Values that are still to come, at each depth. */
  const open = [1];
  let at = offset;
  for (;;) {
    while (open.at(-1) === 0) open.pop();
    const depth = open.length;
    if (depth === 0) return at === bytes.byteLength;
    const head = depth > DEPTH_MAX ? undefined : headAt(view, at, records);
    if (head === undefined) return false;
    open[depth - 1] = (open[depth - 1] ?? 0) - 1;
    open.push(head.values);
    at += head.bytes;
    // Each value takes a byte at least: a length that promises more than is left is a lie.
    if (at + head.values > bytes.byteLength) return false;
  }
}

/** `records`: how many values the records hold that were defined so far. undefined: cut short, or nothing that JSON has. */
function headAt(view: DataView, at: number, records: Map<number, number>): Head | undefined {
  const left = view.byteLength - at;
  if (left < 1) return undefined;
  const code = view.getUint8(at);
  if (code < 0x40 || code >= 0xe0) return leaf(1);
  if (code < 0x80) return { bytes: 1, values: records.get(code & RECORD_ID) ?? 0 };
  if (code < 0x90) return { bytes: 1, values: 2 * (code & 0x0f) };
  if (code < 0xa0) return { bytes: 1, values: code & 0x0f };
  if (code < 0xc0) return leaf(1 + (code & 0x1f));
  if (code === FIXEXT_1) return left < 3 ? undefined : extensionAt(view, at, records);
  const fixed = FIXED_BYTES[code];
  if (fixed !== undefined) return fixed <= left ? leaf(fixed) : undefined;
  const width = LENGTH_BYTES[code];
  if (width === undefined || 1 + width > left) return undefined;
  const length = width === 1 ? view.getUint8(at + 1) : width === 2 ? view.getUint16(at + 1) : view.getUint32(at + 1);
  if (code <= 0xdb) return leaf(1 + width + length);
  return { bytes: 1 + width, values: code >= 0xde ? 2 * length : length };
}

function leaf(bytes: number): Head {
  return { bytes, values: 0 };
}

const FIXEXT_1 = 0xd4;
/** The SDK packs a field that is `undefined` as this extension, and an object as a record: its keys once, then its values. */
const EXT_UNDEFINED = 0;
const EXT_RECORD = 0x72;
const RECORD_ID = 0x3f;

function extensionAt(view: DataView, at: number, records: Map<number, number>): Head | undefined {
  const [type, data] = [view.getUint8(at + 1), view.getUint8(at + 2)];
  if (type === EXT_UNDEFINED) return leaf(3);
  if (type !== EXT_RECORD) return undefined;
  const keys = headAt(view, at + 3, records);
  const code = keys && view.getUint8(at + 3);
  const isArray = code !== undefined && ((code >= 0x90 && code < 0xa0) || code === 0xdc);
  if (keys === undefined || !isArray) return undefined;
  let end = at + 3 + keys.bytes;
  for (let key = 0; key < keys.values; key++) {
    const name = headAt(view, end, records);
    const kind = name && view.getUint8(end);
    if (name === undefined || kind === undefined || !isString(kind)) return undefined;
    end += name.bytes;
  }
  records.set(data & RECORD_ID, keys.values);
  return { bytes: end - at, values: keys.values };
}

function isString(code: number): boolean {
  return (code >= 0xa0 && code < 0xc0) || code === 0xd9 || code === 0xda;
}

/** nil, false, true; floats; unsigned and signed integers. */
const FIXED_BYTES: Readonly<Record<number, number>> = Object.fromEntries(
  [1, 0, 1, 1, 0, 0, 0, 0, 0, 0, 5, 9, 2, 3, 5, 9, 2, 3, 5, 9]
    .map((bytes, n) => [0xc0 + n, bytes] as const)
    .filter(([, bytes]) => bytes > 0),
);

/** Strings, then arrays, then maps: how long their length is. */
const LENGTH_BYTES: Readonly<Record<number, number>> = Object.fromEntries(
  [1, 2, 4, 2, 4, 2, 4].map((bytes, n) => [0xd9 + n, bytes] as const),
);
