/** Who else is on the stage, and how more get there. */
import { atLeast } from '../../core/moderation.ts';
import { Rank } from '../../schemas/chat.ts';
import { StaffId } from '../../schemas/ids.ts';
import { NAME_MAX_CHARS } from '../../schemas/limits.ts';
import { hostMessages } from '../i18n/host-language.ts';
import { background } from '../ui/background.ts';
import { formText, typedInto } from '../ui/form-text.ts';
import { ConfirmButton } from './confirm.tsx';
import { useDesk, useStage } from './desk.ts';

/** An invitation made here lasts for the evening and the morning after. */
const INVITE_FOR_MS = 24 * 3_600_000;

export function TeamPanel() {
  const desk = useDesk();
  const words = hostMessages.value;
  const { staff } = useStage();
  const me = desk.session.me.value?.id;
  return (
    <>
      <ul class="team">
        {staff.map((member) => {
          const staffId = StaffId.safeParse(member.id).data;
          return (
            <li key={member.id} class="team-member" data-away={!member.online}>
              <p>
                <b>{member.name}</b> {words.ranks[member.rank]}
                <small>{member.revoked ? words.revoked : member.online ? words.online : words.away}</small>
              </p>
              {!member.revoked && member.id !== me && staffId !== undefined && desk.may('revoke') && (
                <ConfirmButton
                  label={words.revoke}
                  title={words.revokeTitle(member.name)}
                  body={words.revokeBody}
                  confirm={words.revoke}
                  onConfirm={() => void desk.run('revoke', { staffId })}
                />
              )}
            </li>
          );
        })}
      </ul>
      {desk.may('invite') ? <InviteForm /> : <p class="hint">{words.hostOnly}</p>}
    </>
  );
}

function InviteForm() {
  const desk = useDesk();
  const words = hostMessages.value;
  const invitation = desk.invitation.value;
  const invite = async (form: HTMLFormElement) => {
    const typed = typedInto(form);
    const name = formText(form, 'name');
    const rank = Rank.parse(formText(form, 'rank'));
    const answer = await desk.run('invite', { name, rank, forMs: INVITE_FOR_MS });
    if (answer === undefined) return;
    desk.invitation.value = { name, url: answer.url };
    if (typedInto(form) === typed) form.reset();
  };
  const copy = async (url: string) => {
    try {
      await navigator.clipboard.writeText(url);
      desk.say(words.copied);
    } catch (error) {
      desk.refuse(String(error));
    }
  };
  const ranks = Rank.options.filter((rank) => atLeast(desk.rank, rank));
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        background(invite(event.currentTarget));
      }}
    >
      <h3>{words.invite}</h3>
      <label class="form-field">
        <span>{words.inviteName}</span>
        <input class="field" name="name" required maxLength={NAME_MAX_CHARS} autocomplete="off" />
      </label>
      <label class="form-field">
        <span>{words.inviteRank}</span>
        <select class="field" name="rank">
          {ranks.map((rank) => (
            <option key={rank} value={rank}>
              {words.ranks[rank]}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="button button-accent">
        {words.makeInvite}
      </button>
      {invitation !== null && (
        <div class="form-row">
          <label class="form-field">
            <span>{words.inviteLink(invitation.name)}</span>
            <input class="field" readOnly value={invitation.url} onFocus={(event) => event.currentTarget.select()} />
          </label>
          <button type="button" class="button" onClick={() => background(copy(invitation.url))}>
            {words.copy}
          </button>
        </div>
      )}
    </form>
  );
}
