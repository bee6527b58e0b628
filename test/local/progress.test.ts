import { DeploymentProgress } from '../../lib/local/progress.js';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

const lines: string[] = [];
const bucket = {
  stack: 'App',
  completed: 1,
  resource: 'Files/Resource',
  resourceType: 'Custom::S3AutoDeleteObjects',
};

it('names a resource that takes more than 20 s, until it is done', () => {
  const progress = new DeploymentProgress((line) => lines.push(line));
  progress.show({ ...bucket, status: 'CREATE_IN_PROGRESS' });
  jest.advanceTimersByTime(19_000);
  expect(lines).toEqual([]);
  jest.advanceTimersByTime(21_000);
  const waiting = 'Waiting for App: Files/Resource (Custom::S3AutoDeleteObjects)';
  expect(lines).toEqual([waiting, waiting]);
  progress.show({ ...bucket, status: 'CREATE_COMPLETE' });
  jest.advanceTimersByTime(60_000);
  expect(lines).toHaveLength(2);
  progress.end([]);
});

it('waits for nothing after the end of a deployment', () => {
  lines.length = 0;
  const progress = new DeploymentProgress((line) => lines.push(line));
  progress.show({ ...bucket, status: 'CREATE_IN_PROGRESS' });
  progress.end([]);
  jest.advanceTimersByTime(60_000);
  expect(lines).toEqual([]);
});
