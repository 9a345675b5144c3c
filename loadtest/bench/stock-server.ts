/** Colyseus as shipped, with a room that shows the same state and takes the same lines: what one would write in an afternoon. */
import { type Client, Room, Server } from '@colyseus/core';
import { WebSocketTransport } from '@colyseus/ws-transport';
import { systemClock } from '../../core/clock.ts';
import { LINE_RING_SLOTS, SECTION_SEATS } from '../../schemas/limits.ts';
import { LineState, SectionState } from '../../schemas/section-state.ts';

const clock = systemClock();

class StockSection extends Room<{ state: SectionState }> {
  override state = new SectionState();
  override maxClients = SECTION_SEATS;
  override patchRate = 100;
  #seq = 0;
  override messages = {
    chat: (client: Client, { text }: { text: string }) => {
      const seq = ++this.#seq;
      const line = new LineState();
      Object.assign(line, { seq, id: `lin_${seq}`, fanId: client.sessionId, name: 'Fan', text, atMs: clock.nowMs() });
      this.state.lines[seq % LINE_RING_SLOTS] = line;
      return { id: line.id };
    },
  };
  override onCreate(): void {
    for (let slot = 0; slot < LINE_RING_SLOTS; slot++) this.state.lines.push(new LineState());
  }
}

const server = new Server({ transport: new WebSocketTransport(), greet: false });
server.define('section', StockSection);
await server.listen(0, '127.0.0.1', 4_096);
process.send?.('ready');
