import { refersTo, withPlaceholders } from '../../lib/target/placeholders.js';

const missing = new Map([['Pool', 'AWS::Cognito::UserPool']]);
const fitted = (part: unknown) => withPlaceholders(part, missing);

describe('a reference to a resource that was left out', () => {
  it('becomes a placeholder', () => {
    expect(fitted({ Environment: [{ Ref: 'Pool' }] })).toEqual({ Environment: ['left-out-Pool'] });
  });

  it.each([[['Pool', 'Arn']], ['Pool.Arn']])('stays an ARN (%j)', (getAtt) => {
    expect(fitted({ 'Fn::GetAtt': getAtt })).toBe('arn:aws:cognito:us-east-1:000000000000:left-out/Pool');
  });

  it('becomes a placeholder inside a text', () => {
    const joined = { 'Fn::Join': ['', ['https://', { 'Fn::GetAtt': ['Pool', 'ProviderName'] }]] };
    expect(fitted(joined)).toEqual({ 'Fn::Join': ['', ['https://', 'left-out-Pool']] });
    expect(fitted({ 'Fn::Sub': '${Pool}/${Pool.Arn}/${Other}' })).toEqual({
      'Fn::Sub': 'left-out-Pool/arn:aws:cognito:us-east-1:000000000000:left-out/Pool/${Other}',
    });
  });

  it('is distinguished from a variable of that name', () => {
    const sub = { 'Fn::Sub': ['${Pool}-${Id}', { Pool: 'mine', Id: { Ref: 'Pool' } }] };
    expect(fitted(sub)).toEqual({ 'Fn::Sub': ['${Pool}-${Id}', { Pool: 'mine', Id: 'left-out-Pool' }] });
  });
});

it('references to existing resources stay', () => {
  const part = { a: [{ Ref: 'Table' }, { 'Fn::GetAtt': ['Table', 'Arn'] }, null, 1, true] };
  expect(fitted(part)).toEqual(part);
  expect(refersTo(part, missing)).toBe(false);
  expect(refersTo({ b: [part, { Ref: 'Pool' }] }, missing)).toBe(true);
});
