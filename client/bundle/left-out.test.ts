import assert from 'node:assert/strict';
import { Auth, H3TransportTransport, HTTP, RoomInput } from './left-out.ts';

const construct = (constructed: unknown) => Reflect.construct(constructed as new () => object, []);

describe('what the page leaves out of the SDK', () => {
  it('FP33 carries the ticket from the client to its connection', () => {
    const http = new HTTP(null, { headers: { 'x-one': '1' } });
    const auth = new Auth(http);
    auth.token = 'ticket';
    assert.equal(auth.token, 'ticket');
    assert.equal(http.authToken, 'ticket');
    assert.deepEqual(http.options.headers, { 'x-one': '1' });
  });

  it('FP33 says so when something that is left out would be needed', () => {
    assert.throws(() => construct(H3TransportTransport), /WebTransport is left out/);
    assert.throws(() => construct(RoomInput), /client input is left out/);
    assert.throws(() => new HTTP(null, { headers: {} }).post(), /the matchmaker is left out/);
  });
});
