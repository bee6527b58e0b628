import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(__dirname, '..');

/** Openings of doc comments that are neither a noun nor a verb in the third person, and words of no field. */
const RULES: Readonly<Record<string, RegExp>> = {
  'opening of a doc comment (start with a noun or a verb in the third person)':
    /(?:\/\*\*|""")\s*\n?\s*\*?\s*(?:What|How|Whether|Where|So many|None|Nothing|Who|Whom|Whose|Why|All that|That|As|One|Those|Since|By)\b/g,
  'person without a name (name the caller, the user or the service)':
    /\b(?:[Nn]obody|[Ss]omebody|[Ww]hoever|[Ww]homever|[Aa]nybody)\b/g,
  'told, tells (reports, returns, logs, shows)': /\b(?:told|tells?|telling)\b/g,
  'said, says (specifies, sets, configures, states)': /\b(?:said|says?|saying)\b/g,
  'asked for (requested, required)': /\basked? for\b/g,
  'private idiom': /\b(?:is|are|was) none\b|\bin vain\b|\bof others\b|\bone's own\b|\bis no\b/g,
  'mistake (error)': /[mM]istake/g,
  'answer, reply (response, returns)':
    /(?<!challenge)[aA]nswer(?!Correct)|\b[rR]epl(?:y|ies)\b|[a-z]Repl(?:y|ies)(?!To)\b/g,
  'stands (is, appears)': /\bstands?\b(?! (?:for|in for|up)\b)/g,
  'MOST_X, LONGEST_X, LARGEST_X (MAX_X)': /\b(?:MOST|LONGEST|LARGEST|ENOUGH|PATIENCE)(?:_[A-Z_]+)?\b/g,
  'refuseX() (assertX, validateX)': /\brefuse[A-Z]\w*\(|\brefuse\(/g,
};

/** Folders besides the rooms of the library. */
const FOLDERS = [
  'bench',
  'bin',
  'contracts',
  'docs',
  'examples',
  'lambda',
  'layers',
  'stacks',
  'test',
  'web',
];

function sourcesBelow(folder: string): string[] {
  return (
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(tsx?|mjs|py|md)$/.test(name) && !/node_modules|cdk\.out|__pycache__/.test(name))
      .map((name) => join(folder, name))
      // Reports of the public API are generated: their words are those of lib.
      .filter((file) => file !== 'test/language.test.ts' && !file.startsWith('docs/api/'))
  );
}

/** Tables of props in docs/constructs, made from the doc comments in lib: their words are those of lib. */
const GENERATED = /^<!-- (?:props|fields): \w+ -->$[\s\S]*?^<!-- end -->$/gm;

const withoutWords = (text: string) => text.replace(/[^\n]/g, '');

/** Returns each violation as `file:line: rule: text`. */
function violationsIn(file: string): string[] {
  const text = readFileSync(join(root, file), 'utf8').replace(GENERATED, withoutWords);
  return Object.entries(RULES).flatMap(([rule, pattern]) =>
    [...text.matchAll(pattern)].map(({ index, 0: found }) => {
      const line = text.slice(0, index).split('\n').length;
      return `${file}:${line}: ${rule}: ${found.replace(/\s+/g, ' ')}`;
    }),
  );
}

const rooms = readdirSync(join(root, 'lib'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => `lib/${name}`);

it.each([...rooms, ...FOLDERS])('%s is written in the language of the field', (folder) => {
  expect(sourcesBelow(folder).flatMap(violationsIn)).toEqual([]);
});

it('finds what it looks for', () => {
  const samples = [
    '/** What a caller sees. */',
    '/**\n * Whether it runs. */',
    'nobody',
    'is told',
    'has said',
    'asked for',
    'in vain',
    'mistakes',
    'the answer',
    'stands there',
    'MOST_USERS',
    'refuseSize()',
  ];
  const patterns = Object.values(RULES);
  const missed = samples.filter((text) => !patterns.some((pattern) => text.match(pattern)));
  expect(missed).toEqual([]);
  expect('challengeAnswer, answerCorrect, ReplyToEmailAddress'.match(patterns[7]!)).toBeNull();
});
