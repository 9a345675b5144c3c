/** Whether `frame[start … end − 1]` are these very bytes. */
export function isSame(bytes: Buffer, frame: Buffer, start: number, end: number): boolean {
  return bytes.length === end - start && bytes.compare(frame, start, end) === 0;
}
