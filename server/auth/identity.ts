/** Who is asking: a fan by cookie or bearer, a member of staff by bearer. */
import type { EventId, FanId, StaffId } from '../../schemas/ids.ts';
import { claimedKind, type Sealer } from './seal.ts';

const FAN_COOKIE = 'front_row_fan';
const FAN_COOKIE_S = 365 * 24 * 3_600;

/** What `Set-Cookie` says, for a token that `sealFan` made. `isSecure`: the browser came by https. */
export function fanCookie(token: string, isSecure: boolean): string {
  return `${FAN_COOKIE}=${token}; Max-Age=${FAN_COOKIE_S}; Path=/; HttpOnly; SameSite=Lax${isSecure ? '; Secure' : ''}`;
}

/** A fan as this browser is known; `sinceMs`: when the identity was made, in event time. */
export interface FanIdentity {
  readonly id: FanId;
  readonly sinceMs: number;
  /** The event that last let this fan in. */
  readonly seatedAt?: EventId | undefined;
}

export interface StaffIdentity {
  readonly id: StaffId;
  readonly eventId: EventId;
  readonly name: string;
  /** Event time at which the invitation ends, or null. */
  readonly untilMs: number | null;
}

type SealedFan = [FanId, number, EventId?];
type SealedStaff = [StaffId, EventId, string, number | null];

export function sealFan(sealer: Sealer, fan: FanIdentity): string {
  return sealer.seal('fan', JSON.stringify([fan.id, fan.sinceMs, ...(fan.seatedAt === undefined ? [] : [fan.seatedAt])]));
}

function openFan(sealer: Sealer, token: string): FanIdentity | undefined {
  const payload = sealer.open('fan', token);
  if (payload === undefined) return undefined;
  const [id, sinceMs, seatedAt] = JSON.parse(payload) as SealedFan;
  return { id, sinceMs, ...(seatedAt === undefined ? {} : { seatedAt }) };
}

export function sealStaff(sealer: Sealer, staff: StaffIdentity): string {
  return sealer.seal('staff', JSON.stringify([staff.id, staff.eventId, staff.name, staff.untilMs]));
}

function openStaff(sealer: Sealer, token: string): StaffIdentity | undefined {
  const payload = sealer.open('staff', token);
  if (payload === undefined) return undefined;
  const [id, eventId, name, untilMs] = JSON.parse(payload) as SealedStaff;
  return { id, eventId, name, untilMs };
}

/** The headers that carry an identity, as Node has them. */
export interface IdentityHeaders {
  readonly authorization?: string | undefined;
  readonly cookie?: string | undefined;
}

function bearerOf(headers: IdentityHeaders): string | undefined {
  return /^Bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1];
}

/** The known fan behind a request, the bearer first; undefined when there is none or it was tampered with. */
export function fanOf(sealer: Sealer, headers: IdentityHeaders): FanIdentity | undefined {
  for (const token of [bearerOf(headers), cookieOf(headers.cookie ?? '', FAN_COOKIE)]) {
    const fan = token === undefined ? undefined : openFan(sealer, token);
    if (fan) return fan;
  }
  return undefined;
}

/** 'none': the request does not speak as staff. 'refused': it does, with a token that we did not make. */
export function staffOf(sealer: Sealer, headers: IdentityHeaders): StaffIdentity | 'none' | 'refused' {
  const token = bearerOf(headers);
  if (token === undefined || claimedKind(token) !== 'staff') return 'none';
  return openStaff(sealer, token) ?? 'refused';
}

function cookieOf(header: string, name: string): string | undefined {
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
