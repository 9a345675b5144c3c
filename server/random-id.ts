/** Ids that nobody can guess: the one source of randomness for everything that is a secret or a name. */
import { randomFillSync } from 'node:crypto';

const ALPHABET = '0123456789abcdefghijklmnopqrstuvwxyz';
/** Bytes from here on would favour the first characters. */
const FAIR_BELOW = 256 - (256 % ALPHABET.length);
/** A call of the generator costs more than an id, so it fills many. */
const pool = Buffer.alloc(4_096);
let used = pool.length;

/** `length` characters of [0-9a-z], each with 5.17 bits. */
export function randomId(length: number): string {
  let id = '';
  while (id.length < length) {
    if (used === pool.length) {
      randomFillSync(pool);
      used = 0;
    }
    const byte = pool[used] as number;
    pool[used] = 0;
    used += 1;
    if (byte < FAIR_BELOW) id += ALPHABET[byte % ALPHABET.length];
  }
  return id;
}
