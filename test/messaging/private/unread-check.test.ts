import { UNREAD_STATES } from '../../../lib/messaging/private/unread-check.js';
import { runCheck } from '../../support/check-states.js';

const check = (mapping: object) =>
  runCheck(UNREAD_STATES, (args) => {
    expect(args).toEqual({ Uuid: '${EventSource}' });
    return mapping;
  });

describe('the check whether a stream is read', () => {
  it.each([
    { State: 'Enabled', LastProcessingResult: 'OK' },
    { State: 'Enabled', LastProcessingResult: 'No records processed' },
    { State: 'Enabled' },
  ])('succeeds with %j', async (mapping) => {
    expect(await check(mapping)).toEqual({ status: 'SUCCEEDED' });
  });

  it.each([
    [{ State: 'Disabled', LastProcessingResult: 'OK' }, 'Disabled, the result of its last attempt is: OK'],
    [{ State: 'Deleting' }, 'Deleting, the result of its last attempt is: none'],
    [
      { State: 'Enabled', LastProcessingResult: 'PROBLEM: Cannot access stream' },
      'Enabled, the result of its last attempt is: PROBLEM: Cannot access stream',
    ],
  ])('fails with %j', async (mapping, cause) => {
    expect(await check(mapping)).toEqual({
      status: 'StreamNotRead',
      cause: `The event source mapping is ${cause}`,
    });
  });
});
