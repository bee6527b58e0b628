import { Duration } from 'aws-cdk-lib/core';
import { stuckStates } from '../../../lib/workflow/private/stuck-check.js';
import { runCheck } from '../../support/check-states.js';

/** The check begins at 12:00. */
const states = stuckStates(Duration.hours(1));

const open = (Name: string, time: string, more: object = {}) => ({
  ExecutionArn: `arn:execution:${Name}`,
  Name,
  Status: 'RUNNING',
  StartDate: `2026-11-30T${time}:00.000Z`,
  ...more,
});

describe('the check for stuck executions', () => {
  it.each([
    ['nothing is open', []],
    ['one is open for less than the time', [open('young', '11:01')]],
    ['one was redriven a moment ago', [open('again', '01:00', { RedriveDate: '2026-11-30T11:50:00.000Z' })]],
  ])('succeeds when %s', async (_, Executions) => {
    expect(await runCheck(states, () => ({ Executions }))).toEqual({ status: 'SUCCEEDED' });
  });

  it('fails with the names of those that are open for too long', async () => {
    const Executions = [open('young', '11:30'), open('old', '10:59'), open('older', '01:00')];
    expect(await runCheck(states, () => ({ Executions }))).toEqual({
      status: 'SagaStuck',
      cause: 'Open for longer than 1 hour: old, older',
    });
    const redriven = open('redriven', '01:00', { RedriveDate: '2026-11-30T10:00:00.000Z' });
    expect(await runCheck(states, () => ({ Executions: [redriven] }))).toMatchObject({ status: 'SagaStuck' });
  });

  it('reads all pages: the oldest executions come last', async () => {
    const calls: object[] = [];
    const pages = [
      { Executions: [open('young', '11:59')], NextToken: 'second' },
      { Executions: [], NextToken: 'third' },
      { Executions: [open('old', '09:00')] },
    ];
    const found = await runCheck(states, (args) => {
      calls.push(args);
      return pages[calls.length - 1];
    });
    expect(found).toEqual({ status: 'SagaStuck', cause: 'Open for longer than 1 hour: old' });
    const first = { StateMachineArn: '${Saga}', StatusFilter: 'RUNNING', MaxResults: 200 };
    expect(calls).toEqual([first, { ...first, NextToken: 'second' }, { ...first, NextToken: 'third' }]);
  });
});
