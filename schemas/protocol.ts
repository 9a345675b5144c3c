/**
 * The protocol's version. A page built for another version reloads itself.
 * A changed message needs a new version and a line of history here; `protocol.test.ts` compares the fingerprint with what
 * the schemas say, and its failure tells what to write.
 */
export const PROTOCOL_VERSION = 1;

export const PROTOCOL_HISTORY: readonly { readonly version: number; readonly what: string; readonly fingerprint: string }[] = [
  { version: 1, what: 'Tickets, sections, stage, notices and digests.', fingerprint: 'afae3b062a67c014' },
];
