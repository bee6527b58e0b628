import { text, trigger, UserRefusedError, users } from 'cdk-trellis/runtime';
import { lambdaContext, triggerEvent } from 'cdk-trellis/testing';
import { EVENT_USER_POOL } from '../../../lib/runtime/event-user-pool.js';

const preSignUp = trigger('preSignUp', { domain: text() }, async ({ request }, { domain }) => {
  const { email = '' } = request.userAttributes;
  if (email === 'broken') throw new Error('cannot read arn:aws:dynamodb:us-east-1:1:table/Secrets');
  if (!email.endsWith(`@${domain}`)) throw new UserRefusedError(`Only addresses of ${domain}`);
  return { autoConfirmUser: true };
});
const ask = (email: string) =>
  preSignUp.with({ domain: 'example.com' })(
    triggerEvent('preSignUp', { attributes: { email } }),
    lambdaContext(),
  );

describe('trigger', () => {
  it('returns the event with its response, and the values of Cognito for omitted parts', async () => {
    const event = triggerEvent('preSignUp', { attributes: { email: 'ada@example.com' } });
    const returned = await ask('ada@example.com');
    expect(returned).toEqual({
      ...event,
      response: { autoConfirmUser: true, autoVerifyEmail: false, autoVerifyPhone: false },
    });
  });

  it('shows the user why it rejects the action', async () => {
    await expect(ask('ada@other.org')).rejects.toThrow('Only addresses of example.com');
  });

  it('shows the user no environment variable that is missing, and logs it', async () => {
    const log = jest.spyOn(console, 'error').mockImplementation();
    await expect(
      preSignUp(triggerEvent('preSignUp', { attributes: { email: 'ada@example.com' } }), lambdaContext()),
    ).rejects.toThrow(/^Something went wrong, please try again$/);
    expect(log.mock.calls[0]?.[0]).toContain('has no binding for `domain`');
    log.mockRestore();
  });

  it('shows the user no detail of other errors, and logs them', async () => {
    const log = jest.spyOn(console, 'error').mockImplementation();
    await expect(ask('broken')).rejects.toThrow(/^Something went wrong, please try again$/);
    expect(JSON.parse(log.mock.calls[0]?.[0])).toMatchObject({
      message: 'The trigger failed',
      trigger: 'PreSignUp_SignUp',
      error: { message: 'cannot read arn:aws:dynamodb:us-east-1:1:table/Secrets' },
    });
    log.mockRestore();
  });

  it('may return nothing', async () => {
    const after = trigger('postConfirmation', {}, async () => {});
    const event = triggerEvent('postConfirmation');
    expect(await after.with({})(event)).toEqual(event);
  });

  it('knows its own pool from the event, and another one from its binding', async () => {
    const pools: string[] = [];
    const handler = trigger(
      'postAuthentication',
      { own: users.read, other: users.read },
      async (_event, all) => {
        pools.push(all.own.userPoolId, all.other.userPoolId);
        expect(all.own.client).toBe(all.other.client);
      },
    );
    const client = {} as never;
    const clients = { own: { userPoolId: EVENT_USER_POOL, client }, other: { userPoolId: 'other', client } };
    await handler.with(clients)(triggerEvent('postAuthentication', { userPoolId: 'pool' }));
    expect(pools).toEqual(['pool', 'other']);
  });
});
