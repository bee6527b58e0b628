import { Duration } from 'aws-cdk-lib/core';
import { longestPause } from '../../../lib/schedule/private/pause.js';

describe('the longest pause of a schedule', () => {
  it.each([
    ['rate(1 minute)', '15 minutes'],
    ['rate(30 minutes)', '1 hour'],
    ['rate(6 hours)', '12 hours'],
    ['rate(1 day)', '2 days'],
    ['cron(*/5 * * * ? *)', '2 hours'],
    ['cron(0 * * * ? *)', '2 hours'],
    ['cron(0 5 * * ? *)', '1 day 2 hours'],
    ['cron(0 5,17 * * ? *)', '14 hours'],
    ['cron(0 9-17 * * ? *)', '18 hours'],
    ['cron(0 */2 * * ? *)', '4 hours'],
    ['cron(0 0/6 * * ? *)', '8 hours'],
    ['cron(0 8-18/5,23 * * ? *)', '11 hours'],
    ['cron(0 22-2 * * ? *)', '1 day 2 hours'],
    ['cron(0 5 ? * MON-FRI *)', '3 days 2 hours'],
    ['cron(0 5 ? * 2-6 *)', '3 days 2 hours'],
    ['cron(0 5 ? * MON,WED,FRI *)', '3 days 2 hours'],
    ['cron(0 5 ? * FRI-MON *)', '4 days 2 hours'],
    ['cron(0 5 ? * TUE,SAT *)', '4 days 2 hours'],
  ])('%s is %s', (expression, pause) => {
    expect(longestPause(expression)?.toHumanString()).toBe(pause);
  });

  it('is longer by the window in which a run may start', () => {
    expect(longestPause('cron(0 5 * * ? *)', Duration.hours(12))?.toHumanString()).toBe('1 day 14 hours');
    expect(longestPause('rate(5 minutes)', Duration.hours(4))?.toHumanString()).toBe('4 hours 15 minutes');
  });

  it.each([
    'rate(4 days)',
    'cron(0 5 ? * MON *)',
    'cron(0 5 1 * ? *)',
    'cron(0 5 * 6 ? *)',
    'cron(0 5 ? * 2#1 *)',
    'cron(0 5 * * ? 2030)',
    'at(2030-01-01T00:00:00)',
  ])('%s is longer than can be looked back, or not known', (expression) => {
    expect(longestPause(expression)).toBeUndefined();
  });
});
